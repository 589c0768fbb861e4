"""Identifiers made where the thing happens: UUID version 7 (RFC 9562)."""

from __future__ import annotations

import os
import uuid
from datetime import datetime

from bulou.kernel import clock
from bulou.kernel.fields import to_micros


def uuid7(moment: datetime | None = None) -> uuid.UUID:
    """A new UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    millis = to_micros(moment or clock.now()) // 1000
    tail = int.from_bytes(os.urandom(10), "big")
    value = (millis & (2**48 - 1)) << 80
    value |= 0x7 << 76 | (tail >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | (tail & (2**62 - 1))
    return uuid.UUID(int=value)


def is_uuid7(value: uuid.UUID) -> bool:
    """Whether an id is an RFC 9562 version 7 UUID."""
    return value.version == 7 and value.variant == uuid.RFC_4122


def uuid7_hexes(count: int) -> list[str]:
    """Many new UUIDv7 of this millisecond, as 32 hexadecimal digits each."""
    millis = f"{to_micros(clock.now()) // 1000 & (2**48 - 1):012x}7"
    tails = os.urandom(10 * count).hex()
    return [
        f"{millis}{tails[at : at + 3]}{'89ab'[int(tails[at + 3], 16) & 3]}{tails[at + 4 : at + 19]}"
        for at in range(0, 20 * count, 20)
    ]
