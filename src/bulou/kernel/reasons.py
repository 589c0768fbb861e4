"""Somebody's own words beside a line of the audit chain: sealed, and erased when their time is over.

The chain is made over a commitment to the words, a digest with a salt of their own. Words and salt are
sealed together beside it: who erases both leaves a number from which nothing can be told or tried, and
every line still follows from the one before.
"""

from __future__ import annotations

import hashlib
import os
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.kernel import seal
from bulou.kernel.models import AuditLine
from bulou.kernel.retention import Rule, rule

SALT = 16
ERASED = _("已按期删除")


def commitment(words: str, salt: bytes) -> str:
    """What the chain holds of words: SHA-256 over the salt and them; "" of none."""
    return hashlib.sha256(salt + words.encode()).hexdigest() if words else ""


def sealed(words: str) -> tuple[str, bytes | None]:
    """The commitment to words, and what is sealed beside it; nothing of no words."""
    if not words:
        return "", None
    salt = os.urandom(SALT)
    return commitment(words, salt), seal.seal({"words": words, "salt": salt.hex()})


def fits(line: AuditLine) -> bool:
    """Whether the words beside a line are those that it was made with; true when they were erased.

    Raises `seal-broken`.
    """
    if not line.sealed:
        return True
    held = seal.unseal(line.sealed)
    return commitment(held["words"], bytes.fromhex(held["salt"])) == line.commitment


def told(line: AuditLine) -> str:
    """The words, or that they were erased; "" when there were none. Raises `seal-broken`."""
    return str(ERASED) if line.is_reason_erased else line.reason


def _told() -> QuerySet[Any, Any]:
    return AuditLine.objects.filter(sealed__isnull=False).annotate(ends=F("at"))


REASONS = rule(
    Rule(
        "audit.reason",
        _("审计链里各人写的理由"),
        AuditLine,
        180,
        _("半年内复核的人和居民可以查问;理由里可能写有姓名,不长期保存。谁、何时、办了什么长期保留"),
        _told,
        {"sealed": None},
        order=90,
    )
)
