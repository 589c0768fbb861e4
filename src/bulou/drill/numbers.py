"""Numbers that look right and belong to nobody: identities, phones, credit codes, event ids."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

UNASSIGNED_DIVISION = "141099"
"""No county has this division code, so no number made here can be a real person's."""

FIRST_PHONE, PHONES, STAFF_PHONES = 19_900_000_000, 1_000_000, 900_000
"""The unassigned block of mobile numbers, its size, and where the phones of staff begin in it."""

MALE, FEMALE = "男", "女"

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def check_digit(first17: str) -> str:
    """The last character of an identity number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return "10X98765432"[sum(w * int(c) for w, c in zip(_WEIGHTS, first17, strict=True)) % 11]


def credit_code(serial: int) -> str:
    """A unified social credit code of the unassigned division (GB 32100-2015)."""
    body = f"11{UNASSIGNED_DIVISION}{serial:09d}"
    total = sum(_CREDIT_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + _CREDIT_ALPHABET[-total % 31]


class Numbers:
    """Hands out identity and phone numbers, each once; residents and staff have lanes of their own."""

    def __init__(self, *, staff: bool = False) -> None:
        self._first = 400 if staff else 0
        self._last = 499 if staff else 400
        self._serials: defaultdict[tuple[date, str], int] = defaultdict(int)
        self._phones = STAFF_PHONES if staff else 0
        self._last_phone = PHONES if staff else STAFF_PHONES

    def identity(self, born: date, sex: str) -> str:
        """An 18-digit number with a valid check digit; odd serials are men's."""
        self._serials[born, sex] += 1
        serial = self._first + self._serials[born, sex]
        if serial > self._last:
            raise ValueError(f"no identity numbers left for {born}")
        body = f"{UNASSIGNED_DIVISION}{born:%Y%m%d}{serial * 2 - (sex == MALE):03d}"
        return body + check_digit(body)

    def phone(self) -> str:
        """A mobile number of the unassigned block; neighbours in the list do not look alike."""
        if self._phones == self._last_phone:
            raise ValueError("no phone numbers left")
        self._phones += 1
        return str(FIRST_PHONE + self._phones * 7919 % PHONES)


def fraction(*key: object) -> float:
    """A number in [0, 1) that depends on the key alone: the same decision whenever it is asked."""
    return int.from_bytes(_digest(key)[:7]) / (1 << 56)


def uuid7(at: datetime, *key: object) -> str:
    """The UUIDv7 (RFC 9562) of an event: its time in milliseconds, the rest from the key."""
    millis = int(at.timestamp() * 1000)
    rest = int.from_bytes(_digest(key)[:10])
    value = millis << 80 | 7 << 76 | (rest >> 62 & 0xFFF) << 64 | 2 << 62 | rest & (1 << 62) - 1
    return str(UUID(int=value))


def _digest(key: tuple[object, ...]) -> bytes:
    return hashlib.blake2b("\x1f".join(map(str, key)).encode(), digest_size=16).digest()
