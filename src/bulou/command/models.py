"""What the office itself keeps; each area has its own."""

from bulou.command.exports.models import Export

__all__ = ["Export"]
