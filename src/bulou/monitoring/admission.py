"""Admission to monitoring. Nobody is admitted without ground, evidence, term, decision and appeal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulou.facts import monitoring as facts
from bulou.kernel import audit, clock, seal
from bulou.kernel.database import atomic
from bulou.kernel.events import NewEvent
from bulou.kernel.problems import problem
from bulou.monitoring import ledger, seats
from bulou.monitoring.models import Case, CasePlace, CaseSeat, seal_evidence
from bulou.monitoring.numbers import next_numbers
from bulou.obligations.orders import Orders
from bulou.people.models import Person
from bulou.places.queries import place as place_of

RESTRICTION_INCOMPLETE = problem(
    "restriction-incomplete",
    _("不能登记:缺少{missing}。对人采取的措施必须有法律依据、针对本人的事由、起止时间、决定人和申诉途径。"),
)
TERM_OUT_OF_ORDER = problem("term-out-of-order", _("结束时间必须晚于开始时间:请核对起止时间。"))
ALREADY_MONITORED = problem(
    "already-monitored",
    _("此人在这段时间已在管控中(编号 {number}):请更正该记录的起止时间,不要重复登记。"),
    status=409,
)

NEEDED = {
    "measure": _("管控措施"),
    "ground": _("法律依据"),
    "evidence": _("针对本人的事由"),
    "decided_by": _("决定人"),
    "appeal": _("申诉途径"),
}
COLUMNS_ACROSS = 2_000
"""Rows of one INSERT; SQLite takes at most 32,766 parameters."""


@dataclass(frozen=True, kw_only=True)
class Admission:
    """What is decided about one person. `seats` are posts by seat; `reach` is sealed (address, phone…)."""

    person: int
    place: str
    starts_at: datetime
    ends_at: datetime
    measure: str
    ground: str
    evidence: str
    decided_by: str
    appeal: str
    seats: Mapping[str, int] = field(default_factory=dict)
    reach: Mapping[str, str] = field(default_factory=dict)
    row_key: bytes | None = None

    def check(self) -> None:
        """Raises `restriction-incomplete`, `term-out-of-order`."""
        missing = [str(title) for name, title in NEEDED.items() if not getattr(self, name).strip()]
        if missing:
            raise RESTRICTION_INCOMPLETE.error(missing="、".join(missing))
        if self.ends_at <= self.starts_at:
            raise TERM_OUT_OF_ORDER.error()


def admit(
    *,
    person: int,
    place: str,
    starts_at: datetime,
    ends_at: datetime,
    measure: str,
    ground: str,
    evidence: str,
    decided_by: str,
    appeal: str = "",
    seats: Mapping[str, int] | None = None,
    reach: Mapping[str, str] | None = None,
    by: str,
) -> Case:
    """Put a person under monitoring; `seats` answer from the start. Without `appeal`, the directive's text.

    Raises `restriction-incomplete`, `term-out-of-order`, `already-monitored`, `no-such-place`.
    """
    orders = Orders()
    admission = Admission(
        person=person,
        place=place_of(place).code,
        starts_at=starts_at,
        ends_at=ends_at,
        measure=measure,
        ground=ground,
        evidence=evidence,
        decided_by=decided_by,
        appeal=appeal or orders.of("monitoring.notice", place).appeal,
        seats=seats or {},
        reach=reach or {},
    )
    admission.check()
    with atomic():
        Person.objects.select_for_update().get(pk=person)
        check_not_monitored(person, starts_at, ends_at)
        (case,) = admit_many([admission], by=by, orders=orders)
        audit.record(
            "monitoring.admitted", by=by, subject=f"case:{case.number}", place=case.place, reason=ground
        )
    return Case.objects.get(pk=case.pk)


def overlapping(person: int, starts_at: datetime, ends_at: datetime) -> Case | None:
    """A case of the person whose monitoring runs within a term."""
    return (
        Case.objects.filter(person=person, starts_at__lt=ends_at, ends_at__gt=starts_at)
        .filter(Q(ended_at__isnull=True) | Q(ended_at__gt=starts_at))
        .order_by("starts_at")
        .first()
    )


def check_not_monitored(person: int, starts_at: datetime, ends_at: datetime) -> None:
    """Raises `already-monitored`."""
    found = overlapping(person, starts_at, ends_at)
    if found is not None:
        raise ALREADY_MONITORED.error(number=found.number)


def admit_many(admissions: Sequence[Admission], *, by: str, orders: Orders) -> list[Case]:
    """Admit many whose admissions were checked, in the caller's transaction, with a few statements."""
    now = clock.now()
    with atomic():
        numbers = next_numbers(len(admissions), now)
        cases = Case.objects.bulk_create(
            [_case(one, number, now) for one, number in zip(admissions, numbers, strict=True)],
            batch_size=COLUMNS_ACROSS,
        )
        CasePlace.objects.bulk_create(
            [CasePlace(case=case, place=case.place, starts_at=case.starts_at) for case in cases],
            batch_size=COLUMNS_ACROSS,
        )
        new = [_admitted(case, by) for case in cases]
        new += _seat(cases, admissions, by)
        ledger.append(new + seats.completed(cases, by=by, orders=orders))
    return cases


def _case(one: Admission, number: str, now: datetime) -> Case:
    return Case(
        number=number,
        person_id=one.person,
        place=one.place,
        measure=one.measure,
        ground=one.ground,
        evidence_sealed=seal_evidence(one.evidence),
        decided_by=one.decided_by,
        appeal=one.appeal,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        admitted_at=now,
        sealed=seal.seal(dict(one.reach)) if one.reach else None,
        row_key=one.row_key,
    )


def _admitted(case: Case, by: str) -> NewEvent:
    return ledger.event_of(case, facts.Admitted(start=case.starts_at, end=case.ends_at), by=by)


def _seat(cases: Sequence[Case], admissions: Sequence[Admission], by: str) -> list[NewEvent]:
    """Fill the seats from the start of each case; their events."""
    new, rows = [], []
    for case, one in zip(cases, admissions, strict=True):
        for seat, post in one.seats.items():
            rows.append(CaseSeat(case=case, seat=seat, post_id=post, starts_at=case.starts_at))
            new.append(ledger.event_of(case, facts.SeatAssigned(seat=seat, post=post), by=by))
    CaseSeat.objects.bulk_create(rows, batch_size=COLUMNS_ACROSS)
    return new
