"""The seats of a case: who sits in them, whether all are filled, whether one post answers for too many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.facts import monitoring as facts
from bulou.kernel import clock
from bulou.kernel.database import atomic, in_parts
from bulou.kernel.events import NewEvent, kind_id
from bulou.kernel.fields import MICROSECOND
from bulou.kernel.models import Event
from bulou.kernel.moments import holds_at
from bulou.kernel.problems import problem
from bulou.monitoring import ledger
from bulou.monitoring.models import Case, CaseSeat, Seat
from bulou.monitoring.obligations import FiveSeats
from bulou.obligations.orders import Orders
from bulou.places.queries import held_at

NO_SUCH_SEAT = problem("no-such-seat", _("没有“{seat}”这个岗位:可选 {known}。"))
SEAT_OVERLOADED = problem(
    "seat-overloaded",
    _("该{seat}岗位已负责 {count} 名监测对象,超过 {most} 名:请考虑增派人员。"),
)


@dataclass(frozen=True)
class Load:
    """A post that answers for more people than it should."""

    seat: str
    post: int
    count: int
    most: int


def assign(*, case: Case, seat: str, post: int, by: str, at: datetime | None = None) -> CaseSeat:
    """A post takes a seat of a case from now on, the one before it leaves. The same again changes nothing.

    Raises `no-such-seat`.
    """
    if seat not in Seat.values:
        raise NO_SUCH_SEAT.error(seat=seat, known="、".join(str(label) for label in Seat.labels))
    # From the instant after: what opens at this very moment may have been opened already.
    moment = max((at or clock.now()) + MICROSECOND, case.starts_at)
    with atomic():
        running = CaseSeat.objects.filter(holds_at(moment), case=case, seat=seat).first()
        if running is not None and running.post_id == post:
            return running
        taken = _take(case, seat, post, moment, running)
        new = [ledger.event_of(case, facts.SeatAssigned(seat=seat, post=post), by=by, happened_at=moment)]
        ledger.append(new + completed([case], by=by, orders=Orders()))
    return taken


def _take(case: Case, seat: str, post: int, moment: datetime, running: CaseSeat | None) -> CaseSeat:
    """End the interval that runs and begin another; one that has only just begun gets the new post."""
    later = CaseSeat.objects.filter(case=case, seat=seat, starts_at__gt=moment)
    later.delete()
    if running is not None and running.starts_at == moment:
        running.post_id = post
        running.save(update_fields=["post"])
        return running
    if running is not None:
        running.ends_at = moment
        running.save(update_fields=["ends_at"])
    return CaseSeat.objects.create(case=case, seat=seat, post_id=post, starts_at=moment)


def completed(
    cases: Sequence[Case], *, by: str, orders: Orders, since: datetime | None = None
) -> list[NewEvent]:
    """The events that say which of these cases have every seat filled that the directive names.

    A seat is filled when somebody holds its post. Complete since the last of the seats was taken, and not
    before `since`; told once.
    """
    now = clock.now()
    told = {event.subject for event in standing([case.pk for case in cases])}
    filled = _filled([case.pk for case in cases if case.pk not in told], now)
    new = []
    for case in cases:
        needed = orders.of(FiveSeats.name, case.place).seats
        if case.pk in told or not set(needed) <= filled[case.pk].keys():
            continue
        taken = max(filled[case.pk][seat] for seat in needed)
        new.append(
            ledger.event_of(
                case,
                facts.SeatsCompleted(seats=needed),
                by=by,
                happened_at=min(max(taken, since or taken), now),
            )
        )
    return new


def withdrawn(told: Sequence[Event], *, by: str) -> list[NewEvent]:
    """The events that take back what was told of cases that never were or whose seats are not all filled."""
    orders, new = Orders(), []
    cases = Case.objects.in_bulk([event.subject for event in told])
    filled = _filled(list(cases), clock.now())
    for event in told:
        case = cases[event.subject]
        needed = orders.of(FiveSeats.name, case.place).seats
        if case.end_reason != facts.MISTAKEN and set(needed) <= filled[case.pk].keys():
            continue
        new.append(ledger.event_of(case, facts.SeatsWithdrawn(), by=by, corrects=event.id))
    return new


def standing(cases: Sequence[int], *, since: int = 0) -> list[Event]:
    """What was told of complete seats of these cases after a sequence number, and not taken back."""
    found: list[Event] = []
    void = Event.objects.filter(corrects=OuterRef("id"))
    for part in in_parts(cases):
        told = Event.objects.filter(
            ~Exists(void), kind_id=kind_id(facts.SeatsCompleted.kind), subject__in=part, seq__gt=since
        )
        found += told.order_by("seq")
    return found


def hear_held(events: Sequence[NewEvent]) -> None:
    """Posts were taken: the cases whose last seat that fills are complete from now on."""
    orders = Orders()
    for part in in_parts(sorted({event.subject for event in events})):
        running = CaseSeat.objects.filter(
            holds_at(orders.at), post_id__in=part, case__ends_at__gt=orders.at, case__ended_at__isnull=True
        )
        cases = list(Case.objects.filter(pk__in=running.values("case")).order_by("pk"))
        ledger.append(completed(cases, by=events[-1].actor, orders=orders, since=orders.at))


def _filled(cases: Sequence[int], now: datetime) -> dict[int, dict[str, datetime]]:
    """By case, its seats whose post somebody holds, and since when; seats to come count."""
    filled: dict[int, dict[str, datetime]] = defaultdict(dict)
    for part in in_parts(cases):
        found = CaseSeat.objects.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=now), case_id__in=part, post_id__in=held_at(now)
        )
        for case, seat, since in found.values_list("case_id", "seat", "starts_at"):
            filled[case][seat] = since
    return filled


def of_case(case: Case, at: datetime | None = None) -> QuerySet[CaseSeat, CaseSeat]:
    """The seats of a case as they are at an instant."""
    return CaseSeat.objects.filter(holds_at(at or clock.now()), case=case).order_by("id")


def overloaded(posts: Iterable[int], *, orders: Orders) -> list[Load]:
    """Which posts answer for more running cases than the directive of their place has in mind."""
    now = orders.at
    loads: list[Load] = []
    for part in in_parts(sorted(set(posts))):
        found = (
            CaseSeat.objects.filter(holds_at(now), post_id__in=part)
            .filter(case__ends_at__gt=now, case__ended_at__isnull=True)
            .values("seat", "post_id", "post__place")
            .annotate(count=Count("case_id", distinct=True))
            .order_by("post_id", "seat")
        )
        for row in found:
            most = FiveSeats.most_for(row["seat"], orders.of(FiveSeats.name, row["post__place"]))
            if row["count"] > most:
                loads.append(Load(row["seat"], row["post_id"], row["count"], most))
    return loads
