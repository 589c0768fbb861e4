"""A signed order as lines that anybody can verify with the county's public key, without a connection."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import datetime

from bulou.kernel import clock, signed
from bulou.obligations.models import DirectiveDraft

HEAD = "BULOU-ORDER-1"
NONE = "-"


@dataclass(frozen=True, kw_only=True)
class OrderLines:
    """What the signature covers. `values` is the SHA-256 of the values as canonical JSON; times ISO 8601."""

    number: str
    title: str
    kind: str
    place: str
    valid_from: str
    valid_until: str
    ground: str
    values: str
    drafted_by: str
    signed_by: str
    signed_at: str


def lines_of(order: DirectiveDraft) -> OrderLines:
    """The lines of an order that is being or was signed."""
    return OrderLines(
        number=order.number,
        title=order.title,
        kind=order.kind.name,
        place=order.place,
        valid_from=_time(order.valid_from),
        valid_until=_time(order.valid_until),
        ground=order.ground or NONE,
        values="repeals" if order.repeals else values_digest(order.params),
        drafted_by=order.drafted_by,
        signed_by=order.decided_by,
        signed_at=_time(order.decided_at),
    )


def values_digest(params: dict[str, object]) -> str:
    """By this the values printed on the paper are compared with those that were signed."""
    text = json.dumps(params, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def signature(order: DirectiveDraft) -> str:
    """The county's signature over an order."""
    return signed.signature(HEAD, _texts(lines_of(order)))


def code_text(order: DirectiveDraft) -> str:
    """What the code on the paper holds: the lines and the signature that was made when it was signed."""
    return f"{signed.text_of(HEAD, _texts(lines_of(order)))}\n{order.signature}"


def verify(text: str, key: bytes) -> OrderLines:
    """The order in a code that was scanned. Raises `paper-unreadable`, `paper-not-genuine`."""
    found = signed.verify(text, HEAD, key)
    names = [field.name for field in fields(OrderLines)]
    if len(found) != len(names):
        raise signed.PAPER_UNREADABLE.error()
    return OrderLines(**dict(zip(names, found, strict=True)))


def _texts(lines: OrderLines) -> list[str]:
    return [getattr(lines, field.name) for field in fields(lines)]


def _time(moment: datetime | None) -> str:
    return clock.local(moment).isoformat() if moment else NONE
