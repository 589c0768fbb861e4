"""Lists of risk areas into the register of areas; a changed one asks again whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bulou.arrivals import areas, exposure, ledger
from bulou.arrivals.models import AreaKey, Proposal, RiskArea
from bulou.arrivals.whereabouts import PARTS
from bulou.facts import arrivals as facts
from bulou.kernel.database import in_parts
from bulou.kernel.problems import BulouError, problem
from bulou.places import country, country_names
from bulou.sheets.checking import Batch
from bulou.sheets.columns import Counts
from bulou.sheets.context import Context
from bulou.sheets.kinds.rows import ROW_CONTRADICTS, ROW_REPEATED, row_place
from bulou.sheets.undo import Undoing, takes_back

AREA_UNKNOWN = problem("area-unknown", _("认不出“{area}”是哪里:请写全省、市、县(市、区),或者填区划代码。"))
AREA_SEVERAL = problem("area-several", _("“{area}”可能是{several}:请写全省、市、县(市、区)。"))
AREA_TOO_WIDE = problem(
    "area-too-wide", _("“{area}”是省或市,风险地区应写到县(市、区)或街道(乡镇):请分行列出。")
)
AREA_READ = problem("area-read", _("“{area}”按“{read}”登记:到过那里的人都会重新判断,请核对范围。"))
AREA_NAMELESS = problem("area-nameless", _("没有写地区:请填地区或区划代码。"))
CODE_DIFFERS = problem(
    "area-code-differs", _("区划代码 {code} 是“{read}”,与地区“{area}”不符:请核对,已按区划代码登记。")
)
Key = tuple[str, str, date]


class Listed(NamedTuple):
    """An area as a row has it, and where the row stands."""

    area: areas.Area
    batch: Batch
    at: int


def apply(batches: Iterable[Batch], context: Context) -> Counts:
    """Record what is new, put right the last days; the same list again changes nothing."""
    listed: dict[Key, Listed] = {}
    repeated = sum(_take(row, listed, context) for batch in batches for row in _rows(batch, context))
    standing = _standing(listed)
    recorded = areas.record([one.area for one in listed.values()], by=context.actor)
    fresh = [one for key, one in listed.items() if key not in standing]
    changed = [(one, standing[key]) for key, one in listed.items() if key in standing]
    changed = [(one, stood) for one, stood in changed if stood.until != one.area.until]
    _note(fresh, changed, context)
    old = {stood.pk for _one, stood in changed}
    context.made("risk_area", [pk for pk in recorded if pk not in old])
    unchanged = len(listed) - len(fresh) - len(changed) + repeated
    return Counts(new=len(fresh), updated=len(changed), unchanged=unchanged)


def _rows(batch: Batch, context: Context) -> Iterator[Listed]:
    for at, row in enumerate(batch.rows):
        values = dict(zip(context.kind.names, row, strict=True))
        try:
            area = _area(values, batch, at, context)
            area.check()
        except BulouError as error:
            column = "source" if error.kind is areas.AREA_SOURCE else "area"
            context.refuse(batch, at, column, error)
        else:
            yield Listed(area, batch, at)


def _area(values: dict[str, Any], batch: Batch, at: int, context: Context) -> areas.Area:
    """Raises what says that it names no area, or too wide a one."""
    parts = "".join(values[name] or "" for name in PARTS)
    named = f"{parts}{values['area'] or ''}"
    code, read = _division(named, values["code"] or "", batch, at, context)
    return areas.Area(
        code=code,
        name=(named or read)[:100],
        level=values["level"],
        since=values["since"],
        until=values["until"],
        source=values["source"] or "",
    )


def _division(named: str, code: str, batch: Batch, at: int, context: Context) -> tuple[str, str]:
    """The code and the name of the division that a row means; a number goes before a name."""
    if not named and not code:
        raise AREA_NAMELESS.error()
    meant = country.find(named) if named else country.NOTHING
    if code:
        known = country.find(code).division
        read = known.name if known else code
        if (
            known
            and meant.division
            and not meant.division.code.startswith(known.code[: country_names.COUNTY])
        ):
            context.ignored(batch, at, "code", CODE_DIFFERS.code, area=named, read=read)
        return code, read
    if meant.division is None or (meant.ambiguous and len(meant.division.code) < country_names.COUNTY):
        raise (AREA_SEVERAL if meant.ambiguous else AREA_UNKNOWN).error(area=named, several=meant.shown())
    if len(meant.division.code) < country_names.COUNTY:
        raise AREA_TOO_WIDE.error(area=named)
    if meant.division.name != named:
        context.repaired(batch, at, "area", AREA_READ.code, area=named, read=meant.division.name)
    return meant.division.code, meant.division.name


def _take(one: Listed, listed: dict[Key, Listed], context: Context) -> int:
    """Keep a row's area; 1 when it only repeats an earlier one. Two last days for one area contradict."""
    key = (one.area.code, one.area.level, one.area.since)
    first = listed.setdefault(key, one)
    if first is one:
        return 0
    where = row_place(first.batch.refs[first.at])
    if first.area.until != one.area.until:
        context.refuse(one.batch, one.at, "area", ROW_CONTRADICTS.error(first=where))
        return 0
    context.ignored(one.batch, one.at, "area", ROW_REPEATED.code, first=where)
    return 1


def _standing(listed: Iterable[Key]) -> dict[Key, RiskArea]:
    wanted, found = set(listed), {}
    for part in in_parts(sorted({code for code, _level, _since in wanted})):
        for area in RiskArea.objects.filter(code__in=part):
            found[area.code, area.level, area.since] = area
    return {key: area for key, area in found.items() if key in wanted}


def _note(fresh: list[Listed], changed: list[tuple[Listed, RiskArea]], context: Context) -> None:
    for one in fresh:
        context.changes.note_new(*one.batch.refs[one.at], one.area.name)
    for one, stood in changed:
        context.before("risk_area", stood.pk, {"until": stood.until and stood.until.isoformat()})
        fields = [("until", str(stood.until or ""), str(one.area.until or ""))]
        context.changes.note_changed(*one.batch.refs[one.at], one.area.name, fields)


@takes_back(15)
def risk_areas(undoing: Undoing) -> None:
    """Areas of the list never were, their last days are as before, and whom they concern is asked again.

    One on which something was decided stays.
    """
    made = set(undoing.made("risk_area"))
    decided = Proposal.objects.filter(area__in=made, decided_at__isnull=False)
    kept = set(decided.values_list("area_id", flat=True))
    undoing.keep("risk_area", kept)
    changed = [*_ended_as_before(undoing), *RiskArea.objects.filter(pk__in=made - kept)]
    _forget(made - kept)
    exposure.ask_again([area.pk for area in changed], ledger.next_seq())
    told = facts.AreaChanged()
    undoing.append([ledger.event_of(told, area.pk, settings.BULOU_COUNTY, by=undoing.by) for area in changed])
    undoing.taken_back += len(changed)


def _ended_as_before(undoing: Undoing) -> list[RiskArea]:
    before = undoing.before("risk_area")
    found = list(RiskArea.objects.filter(pk__in=list(before)))
    for area in found:
        text = before[str(area.pk)]["until"]
        area.until = date.fromisoformat(text) if text else None
    RiskArea.objects.bulk_update(found, ["until"])
    return found


def _forget(areas_: set[int]) -> None:
    """Delete areas; who was asked because of them is asked again without."""
    asked = set(
        Proposal.objects.filter(area__in=areas_, superseded_at__isnull=True).values_list(
            "journey_id", flat=True
        )
    )
    AreaKey.objects.filter(area__in=areas_).delete()
    exposure.ask(sorted(asked), ledger.next_seq())
    Proposal.objects.filter(area__in=areas_).update(area=None)
    RiskArea.objects.filter(pk__in=areas_).delete()
