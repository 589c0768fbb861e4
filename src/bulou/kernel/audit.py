"""The audit chain: who did what, when and why; a changed, removed or reordered line is found.

Lines from before words were kept apart were hashed over the words themselves. The upgrade left their hashes
as they were and put a line behind them that holds a root over their commitments, so that they stay provable
when their words are erased.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from bulou.kernel import clock, reasons
from bulou.kernel.database import atomic, lock_for_order
from bulou.kernel.fields import to_micros
from bulou.kernel.models import AuditLine
from bulou.kernel.problems import BulouError

FIRST = "0" * 64
KEPT_APART = "audit.words_kept_apart"
"""The line that the upgrade put behind those that were hashed over the words themselves."""
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
    committed, words = reasons.sealed(reason)
    with atomic():
        lock_for_order("audit")
        line = AuditLine(
            at=clock.now(),
            actor=by,
            action=action,
            subject=subject,
            place=place[:GRID_WIDTH],
            commitment=committed,
            sealed=words,
            detail=detail or {},
            previous=AuditLine.objects.order_by("-seq").values_list("hash", flat=True).first() or FIRST,
        )
        line.hash = hash_of(line)
        line.save(force_insert=True)
    return line


def hash_of(line: AuditLine, words: str | None = None) -> str:
    """SHA-256 over the line's content and the hash of the line before.

    `words` in the place of the commitment give the hash of lines that were made before the upgrade.
    """
    content = [
        line.previous,
        to_micros(line.at),
        line.actor,
        line.action,
        line.subject,
        line.place,
        line.commitment if words is None else words,
        line.detail,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def folded(root: str, line: AuditLine) -> str:
    """The root over the commitments of the lines so far and of one more."""
    return hashlib.sha256(f"{root}{hash_of(line)}".encode()).hexdigest()


def broken_at() -> int | None:
    """The `seq` of the first line that does not follow from the one before, or None when all do.

    Of old lines whose words were erased, only the line that holds their root can tell: that one is named.
    """
    previous, root = FIRST, FIRST
    kept_apart = AuditLine.objects.filter(action=KEPT_APART).order_by("seq").first()
    for line in AuditLine.objects.order_by("seq").iterator(chunk_size=2_000):
        is_old = kept_apart is not None and line.seq < kept_apart.seq
        if line.previous != previous or not _is_whole(line, is_old):
            return line.seq
        if is_old:
            root = folded(root, line)
        elif kept_apart is not None and line.seq == kept_apart.seq and line.detail["root"] != root:
            return line.seq
        previous = line.hash
    return None


def _is_whole(line: AuditLine, is_old: bool) -> bool:
    """Whether a line gives its hash. Words that cannot be opened are for the check of what is sealed."""
    if not is_old and line.hash != hash_of(line):
        return False
    try:
        fits = reasons.fits(line)
        return fits and (not is_old or line.is_reason_erased or line.hash == hash_of(line, line.reason))
    except BulouError:
        return True
