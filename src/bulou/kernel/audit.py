"""The audit chain: who did what, when and why; a changed, removed or reordered line is found."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from bulou.kernel import clock
from bulou.kernel.database import atomic, lock_for_order
from bulou.kernel.fields import to_micros
from bulou.kernel.models import AuditLine

FIRST = "0" * 64
GRID_WIDTH = 17


def record(
    action: str,
    *,
    by: str,
    subject: str = "",
    place: str = "",
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> AuditLine:
    """Add one line to the chain, in the transaction of the act that it records.

    It names a grid and no door: the chain stays when what is known about a person behind a door is erased.
    """
    with atomic():
        lock_for_order("audit")
        line = AuditLine(
            at=clock.now(),
            actor=by,
            action=action,
            subject=subject,
            place=place[:GRID_WIDTH],
            reason=reason,
            detail=detail or {},
            previous=AuditLine.objects.order_by("-seq").values_list("hash", flat=True).first() or FIRST,
        )
        line.hash = hash_of(line)
        line.save(force_insert=True)
    return line


def hash_of(line: AuditLine) -> str:
    """SHA-256 over the line's content and the hash of the line before."""
    content = [
        line.previous,
        to_micros(line.at),
        line.actor,
        line.action,
        line.subject,
        line.place,
        line.reason,
        line.detail,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def broken_at() -> int | None:
    """The `seq` of the first line that does not follow from the one before, or None when all do."""
    previous = FIRST
    for line in AuditLine.objects.order_by("seq").iterator():
        if line.previous != previous or line.hash != hash_of(line):
            return line.seq
        previous = line.hash
    return None
