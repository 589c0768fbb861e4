"""Identity as pages show it until somebody asks for it with a reason."""

from __future__ import annotations

STAR = "*"


def mask_name(name: str) -> str:
    """张三丰 → 张**: the first sign, the rest as stars."""
    return name[:1] + STAR * max(len(name) - 1, 0)


def mask_identity(number: str) -> str:
    """1410**********123X: the first and the last four signs."""
    if len(number) < 12:
        return STAR * len(number)
    return number[:4] + STAR * (len(number) - 8) + number[-4:]


def mask_phone(phone: str) -> str:
    """138****5678: the first three and the last four digits."""
    if len(phone) < 11:
        return STAR * len(phone)
    return phone[:3] + STAR * (len(phone) - 7) + phone[-4:]
