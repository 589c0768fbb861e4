"""What the office itself keeps; each area has its own."""

from bulou.command.exports.models import Export
from bulou.command.worklists.models import SavedView

__all__ = ["Export", "SavedView"]
