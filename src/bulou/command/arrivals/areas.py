"""Risk areas on their pages: what is recorded, whom a change asks again before it is made, who changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.arrivals import areas
from bulou.arrivals.areas import Area
from bulou.arrivals.models import AreaLevel, Exposure, Proposal, RiskArea
from bulou.command.arrivals.origins import division_of
from bulou.command.powers import Power
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.places import codes

COUNTY_ONLY = problem("areas-of-county", _("风险地区的变动关系全县:由县疫情防控办登记。"), status=403)
LEVEL_UNKNOWN = problem("area-level", _("请选择风险等级。"))
SINCE_MISSING = problem("area-since", _("请写明从哪天起。"))
FIELDS = ("where", "level", "since", "until", "source")


@dataclass(frozen=True)
class Shift:
    """How many people go from one class to another."""

    before: str
    after: str
    count: int
    graver: bool


@dataclass(frozen=True)
class Preview:
    """What recording an area would ask again: nobody has been asked yet."""

    shifts: tuple[Shift, ...]

    @property
    def count(self) -> int:
        """About how many people."""
        return sum(one.count for one in self.shifts)


class _Undone(Exception):
    """Nothing of it is to stay."""


def standing(now: date, *, past: bool) -> QuerySet[RiskArea, RiskArea]:
    """The areas that hold on a day, or those that are over; the newest first."""
    over = Q(until__lt=now)
    return RiskArea.objects.filter(over if past else ~over).order_by("-since", "name", "pk")


def with_counts(found: QuerySet[RiskArea, RiskArea], scope: str) -> QuerySet[Any, Any]:
    """Areas, each with how many people of a place and below a question stands about because of it."""
    stands = Q(
        codes.within("proposal__journey__place", scope),
        proposal__superseded_at__isnull=True,
        proposal__journey__ended_at__isnull=True,
    )
    return found.annotate(people=Count("proposal", filter=stands))


def read(given: Mapping[str, str]) -> Area:
    """The area that a form says.

    Raises `origin-unknown`, `origin-several`, `area-level`, `area-since`, `area-code`, `area-days`,
    `area-source`.
    """
    if given.get("level", "") not in AreaLevel:
        raise LEVEL_UNKNOWN.error()
    since = _day(given.get("since", ""))
    if since is None:
        raise SINCE_MISSING.error()
    division = division_of(given.get("where", "").strip())
    return _checked(
        Area(
            code=division.code,
            name=division.name,
            level=given["level"],
            since=since,
            until=_day(given.get("until", "")),
            source=given.get("source", "").strip()[:200],
        )
    )


def ended(area: RiskArea, given: Mapping[str, str]) -> Area:
    """An area that is known, with its last day as a form says it. Raises `area-days`."""
    return _checked(
        Area(
            code=area.code,
            name=area.name,
            level=area.level,
            since=area.since,
            until=_day(given.get("until", "")),
            source=area.source,
        )
    )


def _checked(area: Area) -> Area:
    area.check()
    return area


def preview(*new: Area, by: str) -> Preview:
    """Whom areas would ask again: they are recorded, counted and undone in one transaction."""
    shifts: list[Shift] = []
    try:
        with atomic():
            newest = Proposal.objects.aggregate(newest=Max("pk"))["newest"] or 0
            areas.record(new, by=by)
            asked = Proposal.objects.filter(pk__gt=newest).order_by("-exposure", "before")
            shifts = [
                Shift(_class(before), _class(after), count, before is None or after > before)
                for after, before, count in asked.values_list("exposure", "before").annotate(n=Count("pk"))
            ]
            raise _Undone
    except _Undone:
        return Preview(tuple(shifts))


def _class(exposure: int | None) -> str:
    return "" if exposure is None else str(Exposure(exposure).label)


def changed(area: RiskArea, scope: str) -> QuerySet[Proposal, Proposal]:
    """The questions of a place and below that name an area, those that stand first, then the newest."""
    found = Proposal.objects.filter(codes.within("journey__place", scope), area=area)
    return found.exclude(journey__sealed=b"").select_related("journey__person").order_by("-made_at", "-pk")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def check_county(power: Power) -> None:
    """Raises `areas-of-county`."""
    if not power.is_of_county:
        raise COUNTY_ONLY.error()
