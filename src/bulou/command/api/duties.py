"""The lists behind the numbers of a balance, one duty with what was done about it, a lead in full."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router, Schema
from pydantic import Field

from bulou.command.api.followups import NO_SUCH_GAP
from bulou.command.api.frame import (
    PROBLEMS,
    Code,
    Cursor,
    Limit,
    Words,
    actor,
    keys_of,
    moment,
    operation,
    page,
    place_of,
    purpose,
    token_of,
    told,
)
from bulou.command.subjects import with_needs
from bulou.command.worklists import calls, duties, leads
from bulou.command.worklists.told import Entry, about
from bulou.facts.subjects import SUBJECTS
from bulou.obligations import evidence, positions
from bulou.obligations.followup_model import FollowUp
from bulou.obligations.kinds import KINDS
from bulou.obligations.models import Unknown
from bulou.people import lookups
from bulou.places import codes
from bulou.places.queries import labels
from bulou.rights.capabilities import Capability

SEES = Capability.SEE_PERSONS
Column = Literal["universe", "met", "late", "open", "overdue", "excused", "owned", "unowned", "unknown"]

router = Router(tags=["books"])


class DutyLine(Schema):
    """One row that a balance counts. `status` is its column of the equation, or `unknown`."""

    id: int
    kind: str
    subject: str
    place: str
    owner: str | None
    opens_at: str
    due_at: str | None
    met_at: str | None
    excused_at: str | None
    status: str
    level: int


class Duties(Schema):
    rows: list[DutyLine]
    next: str | None


class Step(Schema):
    """Something that was done about a duty."""

    title: str
    text: str
    happened_at: str
    by: str


class GapOne(Schema):
    """One duty, who follows it up (`handed_to` null: its owner), and what was done, the latest first."""

    id: int
    kind: str
    subject: str
    place: str
    owner: str | None
    opens_at: str
    due_at: str
    met_at: str | None
    excused_at: str | None
    level: int
    calls: int
    postponed_until: str | None
    handed_to: int | None
    steps: list[Step]


class UnknownLook(Schema):
    """Why the lead is to be seen in full (four signs at least)."""

    reason: Words = Field(max_length=300)


class LeadField(Schema):
    """One value that came in."""

    name: str
    value: str


class Lead(Schema):
    """What came in about somebody or something on no register."""

    fields: list[LeadField]


@router.get("/duties", response={200: Duties} | PROBLEMS, **operation("list_duties", SEES))
def list_duties(
    request: HttpRequest,
    place: str | None = Code,
    kind: str | None = None,
    column: Column = "universe",
    since: str | None = Query(None, alias="from"),
    until: str | None = Query(None, alias="to"),
    cursor: str | None = Cursor,
    limit: int = Limit,
) -> HttpResponse:
    """The rows of one column of a balance: what is undone first, those with needs before others."""
    asked = duties.Asked(
        place_of(request, place), kind or "", column, opened_from=moment(since), opened_to=moment(until)
    )
    keys = keys_of(cursor, *duties.KEY_TYPES)
    position = positions.Position(keys) if keys else None
    found = duties.duties(asked, limit=limit + 1, first=with_needs(), position=position)
    shown, after = page(found, limit, lambda one: one.key)
    owners = labels(one.post_id for one in shown if one.post_id)
    subjects = _subjects(shown)
    rows = [_line(one, subjects.get((one.kind, one.subject), str(one.subject)), owners) for one in shown]
    return JsonResponse({"rows": rows, "next": after})


@router.get("/gaps/{int:id}", response={200: GapOne} | PROBLEMS, **operation("read_gap", SEES))
def read_gap(request: HttpRequest, id: int) -> HttpResponse:
    """One duty of the scope with what was done about it."""
    if id >= 2**63 or not calls.in_scope(id, token_of(request).scope):
        raise NO_SUCH_GAP.error()
    of = evidence.duty(id)
    line, followed = of.line, FollowUp.objects.filter(pk=id).first()
    post, kind = line.post_id or 0, of.window.kind.name
    names = ("opens_at", "due_at", "met_at", "excused_at")
    shown = {
        "id": id,
        "kind": kind,
        "subject": _codes(kind, {line.subject}).get(line.subject, str(line.subject)),
        "place": line.place,
        "owner": labels([post]).get(post) if post else None,
        "level": line.level,
        "calls": followed.calls if followed else 0,
        "postponed_until": told(followed.postponed_until) if followed else None,
        "handed_to": followed.handed_to_id if followed else None,
        "steps": [_step(one) for one in about([id])],
    }
    return JsonResponse(shown | {name: told(getattr(line, name)) for name in names})


@router.post(
    "/unknowns/{int:id}/look",
    response={200: Lead} | PROBLEMS,
    **operation("look_at_unknown", SEES, Capability.UNMASK),
)
def look_at_unknown(request: HttpRequest, id: int, look: UnknownLook) -> HttpResponse:
    """What came in, in full. Recorded with its reason before it is shown."""
    within = codes.within("place", token_of(request).scope)
    lead = Unknown.objects.filter(within, pk=id).first() if id < 2**63 else None
    if lead is None:
        raise NO_SUCH_GAP.error()
    what_for = purpose(request)
    lookups.check_reason(look.reason)
    found = leads.look(lead, by=actor(request), reason=f"{look.reason.strip()}({what_for})")
    return JsonResponse({"fields": [{"name": name, "value": value} for name, value in found]})


def _subjects(shown: list[duties.Duty]) -> dict[tuple[str, int], str]:
    """The outside code of each subject."""
    of_kind: dict[str, set[int]] = {}
    for one in shown:
        if not one.evidence:
            of_kind.setdefault(one.kind, set()).add(one.subject)
    return {(kind, id): code for kind, ids in of_kind.items() for id, code in _codes(kind, ids).items()}


def _codes(kind: str, subjects: set[int]) -> dict[int, str]:
    known = SUBJECTS.get(KINDS[kind].subject_type)
    return dict(known.code_of(subjects)) if known else {}


def _line(one: duties.Duty, subject: str, owners: dict[int, str]) -> dict[str, Any]:
    names = ("id", "kind", "place", "status", "level")
    return {
        "subject": one.evidence or subject,
        "owner": owners.get(one.post_id or 0),
        **{name: getattr(one, name) for name in names},
        **{name: told(getattr(one, name)) for name in ("opens_at", "due_at", "met_at", "excused_at")},
    }


def _step(one: Entry) -> dict[str, Any]:
    return {"title": one.title, "text": one.text, "happened_at": told(one.happened_at), "by": one.actor}
