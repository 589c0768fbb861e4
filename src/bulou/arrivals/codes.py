"""The id of a hand-over, worked out alike on both phones, with no signal.

The giver's phone shows a code of six digits (and a QR code that says the same). Whoever knows the journey and
the code knows the id; a code is of use for one journey only, so it needs to be no secret for longer than a
hand-over takes.
"""

from __future__ import annotations

import secrets
import uuid

DIGITS = 6
_NAMESPACE = uuid.UUID("6f2d0b3e-6d52-5c7e-9f0a-0f5b3e1f4a10")


def fresh_code() -> str:
    """Six digits for a giver to show."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def handover_id(journey: str, code: str) -> uuid.UUID:
    """The id of the hand-over of a journey (its number) with a code: UUID version 5 (RFC 9562)."""
    return uuid.uuid5(_NAMESPACE, f"{journey}:{code}")
