"""The keyed hashes by which persons are found again, and what an identity number itself says."""

from __future__ import annotations

from bulou.kernel import seal

IDENTITY, NAME, PHONE, TWIN, ROW = "identity", "name", "phone", "twin", "row"
SEPARATOR = "\x1f"


def id_key(number: str) -> bytes:
    """The look-up key of an identity number (18 signs, capital X)."""
    return seal.lookup(IDENTITY, number)


def name_key(name: str) -> bytes:
    """The look-up key of a name."""
    return seal.lookup(NAME, name)


def phone_key(phone: str) -> bytes:
    """The look-up key of a phone number (digits only)."""
    return seal.lookup(PHONE, phone)


def twin_text(name: str, phone: str, number: str) -> str:
    """What two records of one person share when a digit of the number slipped: name, phone, birth date."""
    return f"{name}{SEPARATOR}{phone}{SEPARATOR}{number[6:14]}"


def sex_of(number: str) -> str:
    """ "m" or "f": the seventeenth digit is odd for men (GB 11643)."""
    return "m" if int(number[16]) % 2 else "f"


def birth_month_of(number: str) -> int:
    """The month of birth as YYYYMM."""
    return int(number[6:12])
