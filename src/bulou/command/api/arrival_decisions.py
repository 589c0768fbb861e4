"""What histories mean: the questions that wait, their evidence, deciding; the risk areas behind them."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import Field

from bulou.arrivals.areas import Area, record
from bulou.arrivals.deciding import decide, evidence
from bulou.arrivals.models import Exposure, Proposal, RiskArea
from bulou.command.api.frame import (
    PROBLEMS,
    Code,
    Cursor,
    Limit,
    Words,
    actor,
    keys_of,
    operation,
    page,
    place_of,
    purpose,
    token_of,
    told,
)
from bulou.command.api.idempotency import act, repeatable
from bulou.command.arrivals import areas, deciding, looks
from bulou.kernel import clock
from bulou.kernel.fields import from_micros, to_micros
from bulou.kernel.problems import problem
from bulou.rights.capabilities import Capability

NO_SUCH_QUESTION = problem(
    "no-such-question",
    _("本令牌的范围内没有等待办理的这一次定级:请核对,可能已有人办理。"),
    status=404,
)
DECIDES = (Capability.SEE_PERSONS, Capability.UNMASK, Capability.DECIDE_CASES)
RECORDS = (Capability.SEE_PERSONS, Capability.DRAFT_DIRECTIVES)
Level = Literal["high", "medium", "cases"]
"""`AreaLevel`"""

router = Router(tags=["arrivals"])


class QuestionLine(Schema):
    """A question that waits: what the history amounts to, and the rule that the directive has for it.

    `area` says where the person was: only once the evidence was looked at.
    """

    id: int
    journey: str
    place: str
    exposure: str
    before: str
    area: int | None
    made_at: str
    rule: str
    label: str
    looked_at: bool


class Questions(Schema):
    rows: list[QuestionLine]
    next: str | None


class EvidenceLook(Schema):
    reason: Words = Field(max_length=300)


class DecisionEvidence(Schema):
    """Where this person was and why it counts; the look is recorded."""

    evidence: str


class NewDecision(Schema):
    """What holds for one person: a rule of the directive, its ground, who decides, how to appeal.

    Another rule than the directive's needs `words`. `first_day`: where the decision names it.
    """

    rule: Words = Field(max_length=20)
    ground: Words = Field(max_length=200)
    decided_by: Words = Field(max_length=100)
    appeal: Words = Field(max_length=200)
    words: Words = Field("", max_length=300)
    first_day: date | None = None


class Decided(Schema):
    id: int
    journey: str
    decided_at: str


class AreaLine(Schema):
    """A risk area, from one day to another (both included); `people` has those it concerns in the scope."""

    id: int
    code: str
    name: str
    level: Level
    since: str
    until: str | None
    reaches_back_to: str
    source: str
    recorded_at: str
    people: int


class Areas(Schema):
    rows: list[AreaLine]
    next: str | None


class NewArea(Schema):
    """An area of a level with its source; sent again with another last day it is put right."""

    code: str = Field(pattern=r"^[0-9]{6,12}$")
    name: Words = Field(max_length=100)
    level: Level
    since: date
    until: date | None = None
    source: Words = Field(max_length=200)

    def area(self) -> Area:
        """What the room records."""
        return Area(self.code, self.name, self.level, self.since, self.until, self.source)


class NewAreas(Schema):
    areas: list[NewArea] = Field(min_length=1, max_length=1_000)


class Recorded(Schema):
    """The numbers of the areas that are new or changed."""

    changed: list[int]


class Shifts(Schema):
    """About how many people it would ask again, from which class to which. Nothing was recorded."""

    people: int
    shifts: list[dict[str, Any]]


@router.get(
    "/arrival-decisions", response={200: Questions} | PROBLEMS, **operation("list_questions", *DECIDES)
)
def list_questions(
    request: HttpRequest, place: str | None = Code, cursor: str | None = Cursor, limit: int = Limit
) -> HttpResponse:
    """The questions that nobody has decided, the longest waiting first."""
    purpose(request)
    found = deciding.listed(place_of(request, place))
    keys = keys_of(cursor, int, int)
    if keys:
        at, number = from_micros(int(keys[0])), int(keys[1])
        found = found.filter(made_at__gte=at).exclude(made_at=at, pk__lte=number)
    listed, after = page(list(found[: limit + 1]), limit, lambda one: (to_micros(one.made_at), one.pk))
    seen = looks.looked_at(listed, by=actor(request))
    rows = deciding.rows_of(listed, seen, above=token_of(request).scope)
    return JsonResponse({"rows": [_question(row) for row in rows], "next": after})


@router.post("/arrival-decisions/{int:id}/look", **act("look_at_evidence", DecisionEvidence, *DECIDES))
@repeatable
def look_at_evidence(request: HttpRequest, id: int, look: EvidenceLook) -> tuple[int, object]:
    """The evidence about one person. The reason is recorded; the person sees it."""
    one = _one(request, id)
    looks.record(one.journey, looks.VISITS, by=actor(request), reason=look.reason)
    return 200, {"evidence": evidence(one)}


@router.post("/arrival-decisions/{int:id}", **act("decide_question", Decided, *DECIDES))
@repeatable
def decide_question(request: HttpRequest, id: int, decision: NewDecision) -> tuple[int, object]:
    """Decide about one person whose evidence was looked at before."""
    one = _one(request, id)
    if not looks.looked_at([one], by=actor(request)):
        raise deciding.NOT_LOOKED_AT.error(number=one.journey.number)
    given = decision.model_dump() | {
        "first_day": decision.first_day.isoformat() if decision.first_day else ""
    }
    decided = decide(one, deciding.read(one, given), by=actor(request))
    return 200, {"id": id, "journey": one.journey.number, "decided_at": told(decided.decided_at)}


@router.get(
    "/risk-areas", response={200: Areas} | PROBLEMS, **operation("list_risk_areas", Capability.SEE_PERSONS)
)
def list_risk_areas(
    request: HttpRequest, past: bool = False, cursor: str | None = Cursor, limit: int = Limit
) -> HttpResponse:
    """The areas that hold today, or those that are over, by their numbers, the newest first."""
    found = areas.standing(clock.today(), past=past).order_by("-pk")
    keys = keys_of(cursor, int)
    if keys:
        found = found.filter(pk__lt=keys[0])
    listed = areas.with_counts(found, token_of(request).scope)
    shown, after = page(list(listed[: limit + 1]), limit, lambda one: (one.pk,))
    return JsonResponse({"rows": [_area(one) for one in shown], "next": after})


@router.post("/risk-areas", **act("record_risk_areas", Recorded, *RECORDS))
@repeatable
def record_risk_areas(request: HttpRequest, new: NewAreas) -> tuple[int, object]:
    """Record areas, or put right their last days; those concerned are asked about again."""
    areas.check_county(token_of(request))
    return 200, {"changed": record([one.area() for one in new.areas], by=actor(request))}


@router.post("/risk-areas/preview", **act("preview_risk_areas", Shifts, *RECORDS))
@repeatable
def preview_risk_areas(request: HttpRequest, new: NewAreas) -> tuple[int, object]:
    """About how many people areas would ask again; nothing is recorded."""
    areas.check_county(token_of(request))
    found = areas.preview(*(one.area() for one in new.areas), by=actor(request))
    shifts = [{"before": one.before, "after": one.after, "people": one.count} for one in found.shifts]
    return 200, {"people": found.count, "shifts": shifts}


def _one(request: HttpRequest, id: int) -> Proposal:
    """A question of the scope that waits. Raises `no-such-question`, `token-no-purpose`."""
    purpose(request)
    found = deciding.listed(token_of(request).scope).filter(pk=id).first() if id < 2**63 else None
    if found is None:
        raise NO_SUCH_QUESTION.error()
    return found


def _question(row: deciding.Waiting) -> dict[str, object]:
    one = row.proposal
    return {
        "id": one.pk,
        "journey": one.journey.number,
        "place": one.journey.place,
        "exposure": Exposure(one.exposure).name.lower(),
        "before": "" if one.before is None else Exposure(one.before).name.lower(),
        "area": one.area_id if row.looked_at else None,
        "made_at": told(one.made_at),
        "rule": row.rule.exposure,
        "label": row.rule.label,
        "looked_at": row.looked_at,
    }


def _area(one: RiskArea) -> dict[str, object]:
    return {
        "id": one.pk,
        "code": one.code,
        "name": one.name,
        "level": one.level,
        "since": one.since.isoformat(),
        "until": one.until.isoformat() if one.until else None,
        "reaches_back_to": one.reaches_back_to.isoformat(),
        "source": one.source,
        "recorded_at": told(one.recorded_at),
        "people": getattr(one, "people", 0),
    }
