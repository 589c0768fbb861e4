"""Risk areas: recorded with their source, ended, never deleted. A change asks again whom it concerns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bulou.arrivals import exposure, ledger
from bulou.arrivals.models import AreaKey, AreaLevel, Exposure, RiskArea
from bulou.arrivals.registration import VISITED
from bulou.facts import arrivals as facts
from bulou.kernel import audit, clock, seal
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.obligations.orders import Orders

AREA_CODE = problem("area-code", _("风险地区应是 6、9 或 12 位的区划代码,现为“{code}”。"))
AREA_DAYS = problem("area-days", _("“{name}”的起止日期有误:{since} 至 {until}。"))
AREA_SOURCE = problem("area-source", _("“{name}”没有写明来源(公告、文号或系统):请补上。"))

EXPOSURE_OF = {
    AreaLevel.HIGH: Exposure.HIGH,
    AreaLevel.MEDIUM: Exposure.MEDIUM,
    AreaLevel.CASES: Exposure.CASES,
}
COUNTY, PREFECTURE = 6, 4
WIDTHS = (12, 9, COUNTY)


@dataclass(frozen=True)
class Area:
    """An area as a list names it; `until` is its last day, None while nobody knows it."""

    code: str
    name: str
    level: str
    since: date
    until: date | None
    source: str

    def check(self) -> None:
        """Raises `area-code`, `area-days`, `area-source`."""
        if len(self.code) not in WIDTHS or not (self.code.isascii() and self.code.isdecimal()):
            raise AREA_CODE.error(code=self.code)
        if self.until and self.until < self.since:
            raise AREA_DAYS.error(name=self.name, since=self.since, until=self.until)
        if not self.source.strip():
            raise AREA_SOURCE.error(name=self.name)


def record(areas: Sequence[Area], *, by: str) -> list[int]:
    """Record areas, or put right the last day of those known; who is concerned is asked about again.

    The numbers of the areas that are new or changed. Raises `area-code`, `area-days`, `area-source`.
    """
    for area in areas:
        area.check()
    with atomic():
        changed = [*_new(areas, by), *_put_right(areas)]
        if changed:
            _tell(changed, by)
    return [area.pk for area in changed]


def _key(area: Area | RiskArea) -> tuple[str, str, date]:
    return area.code, area.level, area.since


def _standing(areas: Sequence[Area]) -> dict[tuple[str, str, date], RiskArea]:
    found = RiskArea.objects.filter(code__in={area.code for area in areas})
    return {_key(area): area for area in found}


def _new(areas: Sequence[Area], by: str) -> list[RiskArea]:
    standing, now = _standing(areas), clock.now()
    look_back = timedelta(days=Orders().of(exposure.KIND, settings.BULOU_COUNTY).look_back)
    fresh = {_key(area): area for area in areas if _key(area) not in standing}
    made = RiskArea.objects.bulk_create(
        [
            RiskArea(
                code=area.code,
                name=area.name,
                level=area.level,
                since=area.since,
                until=area.until,
                reaches_back_to=area.since - look_back,
                source=area.source,
                recorded_at=now,
                recorded_by=by,
            )
            for area in fresh.values()
        ]
    )
    hash_one = seal.lookup_hasher(VISITED)
    AreaKey.objects.bulk_create(
        [
            AreaKey(area=area, key=hash_one(code), exposure=near)
            for area in made
            for code, near in reaches(area)
        ]
    )
    return made


def reaches(area: RiskArea) -> Iterator[tuple[str, Exposure]]:
    """The codes of an area itself, its county and its prefecture, and what a stay there amounts to."""
    own = EXPOSURE_OF[AreaLevel(area.level)]
    yield area.code, own
    if len(area.code) > COUNTY:
        yield area.code[:COUNTY], Exposure.SAME_COUNTY if own > Exposure.CASES else own
    yield area.code[:PREFECTURE], Exposure.SAME_PREFECTURE


def _put_right(areas: Sequence[Area]) -> list[RiskArea]:
    standing = _standing(areas)
    changed = []
    for area in areas:
        known = standing.get(_key(area))
        if known is not None and known.until != area.until:
            known.until = area.until
            changed.append(known)
    RiskArea.objects.bulk_update(changed, ["until"])
    return changed


def _tell(changed: Sequence[RiskArea], by: str) -> None:
    """One event for each area; the questions that it raises are marked with the last of them."""
    seq = ledger.next_seq() + len(changed) - 1
    exposure.ask_again([area.pk for area in changed], seq)
    ledger.append(
        [ledger.event_of(facts.AreaChanged(), area.pk, settings.BULOU_COUNTY, by=by) for area in changed]
    )
    for area in changed:
        audit.record(
            facts.AreaChanged.kind,
            by=by,
            subject=f"area:{area.code}",
            reason=area.source,
            detail={"level": area.level, "until": str(area.until or "")},
        )
