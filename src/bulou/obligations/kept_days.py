"""How long personal data are kept, ordered like everything else: drafted, then signed by another.

Each retention rule of the rooms is one value, counted in days. What no directive gives is the rule's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import make_dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, ClassVar

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from bulou.kernel import retention
from bulou.kernel.retention import Ordered, Rule
from bulou.obligations.directives import read_params
from bulou.obligations.kinds import Kind, WindowSpan
from bulou.obligations.models import Directive
from bulou.obligations.values import Values, value

LONGEST = 3_650
"""No directive keeps anything personal for longer: ten years."""

MEANING = _("{why}。过了这些天即由到期清理删除,备份里的也不再打得开。起始值 {days} 天。")


def field_of(rule: str) -> str:
    """The name of the value that gives a rule its days."""
    return rule.replace(".", "_")


@lru_cache
def _values(rules: tuple[str, ...]) -> type[Values]:
    columns = [_column(retention.RULES[name]) for name in rules]
    return make_dataclass("KeptDays", columns, bases=(Values,), frozen=True, kw_only=True)


def _column(one: Rule) -> tuple[str, Any, Any]:
    days = Annotated[int, Field(ge=one.least, le=LONGEST)]
    meaning = format_lazy(MEANING, why=one.why, days=one.days)
    return field_of(one.name), days, value(one.title, meaning, unit=_("天"), default=one.days)


class _EachRule:
    """The values of every rule that is known when it is asked: rooms above declare theirs later."""

    def __get__(self, _instance: object, _owner: type) -> type[Values]:
        return _values(tuple(one.name for one in retention.rules()))


class KeptDays(Kind):
    """How many days each retention rule keeps what it is about, for the whole county.

    The purge and the backups follow the directive in force on their day. A shorter time holds for what is
    there already, too; a backup that was made before keeps until the day that held when it was made.
    """

    name, title = "retention.days", _("个人信息的保存天数")
    owes, county_only = False, True
    Params: ClassVar[Any] = _EachRule()

    def windows(self, _params: Any, _since: datetime, _until: datetime) -> Iterator[WindowSpan]:
        return iter(())


def ordered(at: datetime) -> Ordered:
    """The days that the directive in force gives."""
    found = Directive.objects.filter(kind__name=KeptDays.name, valid_from__lte=at)
    standing = found.exclude(valid_until__lte=at).order_by("-valid_from").first()
    return as_ordered(standing) if standing is not None else Ordered({})


def as_ordered(directive: Directive) -> Ordered:
    """What a directive, saved or not, says to the purge."""
    given = read_params(directive, KeptDays())
    days = {one.name: int(getattr(given, field_of(one.name))) for one in retention.rules()}
    return Ordered(days, directive.pk, directive.number, directive.valid_from)


retention.follow(ordered)
