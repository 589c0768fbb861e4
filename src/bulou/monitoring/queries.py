"""Questions about people under monitoring. Those about persons name their scope and purpose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.facts.base import FACTS
from bulou.kernel import clock
from bulou.kernel.events import kind_id
from bulou.kernel.models import Event
from bulou.kernel.problems import problem
from bulou.monitoring import actions, seats
from bulou.monitoring.models import Case, Seat
from bulou.obligations.models import Obligation
from bulou.people.queries import SCOPE_MISSING
from bulou.places import codes
from bulou.places.queries import Owner, owners

NO_SUCH_CASE = problem("no-such-case", _("在您的范围内没有编号为 {number} 的监测对象。"), status=404)


def cases(scope: str | None = None, purpose: str | None = None) -> QuerySet[Case, Case]:
    """Every case under a place, for a purpose, in the order of the numbers. Raises `scope-missing`."""
    if not scope or not purpose:
        raise SCOPE_MISSING.error()
    return Case.objects.filter(codes.within("place", scope)).select_related("person").order_by("number")


def active(scope: str, purpose: str, at: datetime | None = None) -> QuerySet[Case, Case]:
    """The cases whose restriction holds at an instant: begun, not ended, not lapsed."""
    moment = at or clock.now()
    return cases(scope, purpose).filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=moment), starts_at__lte=moment, ends_at__gt=moment
    )


def count_active(scope: str, at: datetime | None = None) -> int:
    """How many people are under monitoring under a place; a number, no persons."""
    return active(scope, "count", at).order_by().count()


def unreleased(scope: str, purpose: str, at: datetime | None = None) -> QuerySet[Case, Case]:
    """Cases whose restriction lapsed and whom nobody released: the people are free, the act is missing."""
    return cases(scope, purpose).filter(ended_at__isnull=True, ends_at__lte=at or clock.now())


def case(number: str, *, scope: str, purpose: str) -> Case:
    """One case of a scope. Raises `scope-missing`, `no-such-case` (also when it is elsewhere)."""
    found = cases(scope, purpose).filter(number=number).first()
    if found is None:
        raise NO_SUCH_CASE.error(number=number)
    return found


@dataclass(frozen=True)
class Restriction:
    """What is imposed on a person, on which ground, until when, and how to appeal.

    `state`: "coming", "running", "ended" by an act, or "lapsed" by its own end.
    """

    measure: str
    ground: str
    evidence: str
    decided_by: str
    appeal: str
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    end_reason: str
    state: str
    may_be_released_now: bool


def restriction(of: Case, at: datetime | None = None) -> Restriction:
    """The restriction of a case as it stands at an instant."""
    moment = at or clock.now()
    return Restriction(
        **{name: getattr(of, name) for name in Restriction.__dataclass_fields__ if hasattr(of, name)},
        state=state(of, moment),
        may_be_released_now=actions.can_release_now(case=of, at=moment),
    )


def state(of: Case, at: datetime) -> str:
    """Where a case stands at an instant; see `docs/case.md`."""
    if of.ended_at is not None and of.ended_at <= at:
        return "ended"
    if of.ends_at <= at:
        return "lapsed"
    return "running" if of.starts_at <= at else "coming"


@dataclass(frozen=True)
class SeatHolder:
    """A seat that the directive asks for or that is filled, and who holds its post now, if anybody."""

    seat: str
    title: str
    post: int | None
    owner: Owner | None


def seat_holders(of: Case, needed: Iterable[str], at: datetime | None = None) -> list[SeatHolder]:
    """The seats of a case in the order of the directive, empty ones too; others that are filled follow."""
    filled = {one.seat: one.post_id for one in seats.of_case(of, at)}
    holders = owners(filled.values(), at)
    order = list(dict.fromkeys((*needed, *filled)))
    return [
        SeatHolder(
            seat=name,
            title=str(Seat(name).label),
            post=filled.get(name),
            owner=holders.get(filled.get(name, 0)),
        )
        for name in order
    ]


def timeline(of: Case) -> QuerySet[Event, Event]:
    """Everything that the ledger has about a case, the latest first; corrected events stay."""
    kinds = [kind_id(name) for name, fact in FACTS.items() if fact.subject_type == "case"]
    return (
        Event.objects.filter(kind_id__in=kinds, subject=of.pk)
        .select_related("kind")
        .order_by("-happened_at", "-seq")
    )


def obligations(of: Case, subject_kinds: Iterable[str]) -> QuerySet[Obligation, Any]:
    """What is and was owed about a case, of these kinds, the latest first."""
    return (
        Obligation.objects.filter(window__kind__name__in=list(subject_kinds), subject=of.pk)
        .select_related("window__kind", "post")
        .order_by("-opens_at", "id")
    )
