"""Two records that may be one person, side by side: where they differ is marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case as Switch
from django.db.models import QuerySet, Value, When
from django.utils.translation import gettext as _

from bulou.command.powers import Power
from bulou.command.registers.homes import Member, member
from bulou.kernel import clock
from bulou.monitoring.models import Case
from bulou.people import changes
from bulou.people.models import Duplicate, Person
from bulou.places import codes
from bulou.places.queries import name_paths


@dataclass(frozen=True)
class Line:
    """One field of both records."""

    title: str
    first: Any
    second: Any
    differs: bool
    where: str = ""
    """Which signs differ, where the values themselves are masked."""


@dataclass(frozen=True)
class Pair:
    """A pair as the page shows it. `mine`: both lie in the reader's scope, so it may be decided."""

    row: Duplicate
    first: Member
    second: Member
    lines: tuple[Line, ...]
    mine: bool


def pairs_of(scope: str, decision: str) -> QuerySet[Duplicate, Duplicate]:
    """Pairs of which one lives in a scope: those put off stand behind the others."""
    here = codes.within("first__place", scope) | codes.within("second__place", scope)
    found = Duplicate.objects.filter(here, decision=decision).select_related("first", "second")
    if decision == Duplicate.Decision.OPEN:
        later = Switch(When(put_off_until__gt=clock.now(), then=Value(1)), default=Value(0))
        return found.order_by(later, "found_at", "id")
    return found.order_by("-decided_at", "-id")


def side_by_side(row: Duplicate, power: Power) -> Pair:
    """Both records, masked, with what differs between them."""
    paths = name_paths({row.first.place, row.second.place}, separator=" ")
    cases: dict[int, list[str]] = {}
    both = Case.objects.filter(person__in=[row.first_id, row.second_id])
    for person, number in both.values_list("person_id", "number"):
        cases.setdefault(person, []).append(number)
    first, second = (member(one, tuple(cases.get(one.pk, ()))) for one in (row.first, row.second))
    mine = power.covers(row.first.place) and power.covers(row.second.place)
    lines = _lines(row.first, row.second, first, second, paths)
    return Pair(row, first, second, tuple(lines), mine)


def _lines(one: Person, two: Person, first: Member, second: Member, paths: dict[str, str]) -> list[Line]:
    a, b = changes.resident_of(one), changes.resident_of(two)
    return [
        _line(_("姓名"), first.name, second.name, a.name, b.name),
        _line(_("身份证号"), first.identity, second.identity, a.identity, b.identity),
        _line(_("手机号"), first.phone, second.phone, a.phone, b.phone),
        _line(_("住处"), paths[one.place], paths[two.place], one.place, two.place, signs=False),
        _line(_("与户主关系"), first.relation, second.relation, a.relation, b.relation, signs=False),
        _line(_("现居状态"), first.presence, second.presence, a.presence, b.presence, signs=False),
        _line(_("特殊需求"), "、".join(first.needs), "、".join(second.needs), a.needs, b.needs, signs=False),
        _line(_("疫苗剂次"), a.doses, b.doses, a.doses, b.doses, signs=False),
        _line(
            _("监测编号"),
            "、".join(first.cases),
            "、".join(second.cases),
            first.cases,
            second.cases,
            signs=False,
        ),
        Line(_("登记时间"), one.registered_at, two.registered_at, False),
    ]


def _line(title: str, first: Any, second: Any, a: Any, b: Any, *, signs: bool = True) -> Line:
    where = _signs(a, b) if signs and a and b and a != b else ""
    return Line(title, first, second, a != b, where)


def _signs(a: str, b: str) -> str:
    """Which signs of two masked values differ, so that a slip is seen without showing the values."""
    if len(a) != len(b):
        return _("长度不同:{a} 位和 {b} 位").format(a=len(a), b=len(b))
    found = [str(at) for at, (x, y) in enumerate(zip(a, b, strict=True), 1) if x != y]
    return _("第 {n} 位不同").format(n="、".join(found))
