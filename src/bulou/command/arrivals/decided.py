"""What a journey's history means, what was decided about it, and how it is carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from bulou.arrivals.models import AreaLevel, Exposure, Proposal, StayOver, Where
from bulou.kernel import clock, seal

PART = ("parts__pk", "parts__where", "parts__starts_at", "parts__ends_at")
STAY = ("due_from", "begun_at", "over_at", "over_reason", "run")
COLUMNS = (
    *("pk", "exposure", "before", "made_at", "superseded_at", "decided_at", "sealed"),
    *("area__name", "area__level", "area__since", "area__source"),
    *PART,
    *(f"parts__stays__{name}" for name in STAY),
)


@dataclass(frozen=True)
class Run:
    """A part being carried out: when it has to begin, began, was over and why."""

    due_from: datetime | None
    begun_at: datetime | None
    over_at: datetime | None
    over_reason: str
    now: datetime

    @property
    def state(self) -> tuple[str, str, str]:
        """Colour, icon and words of where it stands."""
        if self.over_at is not None:
            served = self.over_reason in (StayOver.SERVED, StayOver.RELEASED)
            look = ("met", "circle-check") if served else ("excused", "circle-minus")
            return *look, str(StayOver(self.over_reason).label)
        if self.begun_at is not None:
            return "open", "clock", _("正在执行")
        if self.due_from is not None and self.due_from <= self.now:
            return "late", "clock-alert", _("应落实,还没有落实")
        return "open", "calendar-days", _("还没有到")


@dataclass
class PartShown:
    """One part of a decision: where, from which day to which, and how it was carried out."""

    where: str
    at_home: bool
    first: date
    last: date
    runs: list[Run] = field(default_factory=list)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass
class Question:
    """What the areas known at a moment mean, and the decision about it, if there is one."""

    id: int
    exposure: str
    before: str
    made_at: datetime
    superseded_at: datetime | None
    decided_at: datetime | None
    area: str
    decision: Mapping[str, Any]
    parts: list[PartShown] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        """Whether somebody has still to decide."""
        return self.decided_at is None and self.superseded_at is None

    @property
    def tests(self) -> str:
        """On which days samples are taken."""
        return "、".join(str(day) for day in self.decision.get("tests", ()))


def questions(journey: int, *, opened: bool, now: datetime) -> list[Question]:
    """The questions of a journey with their decisions, parts and stays: one query, the newest first.

    The evidence of a decision, and the area, which tells where the person was, are said only when what is
    sealed was `opened`.
    """
    rows = Proposal.objects.filter(journey=journey).order_by(
        "-made_at", "-pk", "parts__ordinal", "parts__stays__run"
    )
    found: dict[int, Question] = {}
    parts: dict[int, PartShown] = {}
    for row in rows.values(*COLUMNS):
        question = found.setdefault(row["pk"], _question(row, opened))
        if row["parts__pk"] is None:
            continue
        if row["parts__pk"] not in parts:
            parts[row["parts__pk"]] = _part(row)
            question.parts.append(parts[row["parts__pk"]])
        if row["parts__stays__run"] is not None:
            parts[row["parts__pk"]].runs.append(_run(row, now))
    return list(found.values())


def _question(row: Mapping[str, Any], opened: bool) -> Question:
    decision = dict(seal.unseal(row["sealed"])) if row["sealed"] else {}
    if not opened:
        decision.pop("evidence", None)
    before = row["before"]
    return Question(
        id=row["pk"],
        exposure=str(Exposure(row["exposure"]).label),
        before="" if before is None or before == row["exposure"] else str(Exposure(before).label),
        made_at=row["made_at"],
        superseded_at=row["superseded_at"],
        decided_at=row["decided_at"],
        area=_area(row) if opened and row["area__name"] else "",
        decision=decision,
    )


def _area(row: Mapping[str, Any]) -> str:
    return _("{name}自 {since} 起为{level}({source})").format(
        name=row["area__name"],
        since=row["area__since"],
        level=AreaLevel(row["area__level"]).label,
        source=row["area__source"],
    )


def _part(row: Mapping[str, Any]) -> PartShown:
    where = Where(row["parts__where"])
    return PartShown(
        where=str(where.label),
        at_home=where in (Where.HOME, Where.WATCH),
        first=clock.local(row["parts__starts_at"]).date(),
        last=clock.local(row["parts__ends_at"]).date() - clock.DAY,
    )


def _run(row: Mapping[str, Any], now: datetime) -> Run:
    due_from, begun_at, over_at, reason, _number = (row[f"parts__stays__{name}"] for name in STAY)
    return Run(due_from, begun_at, over_at, reason, now)
