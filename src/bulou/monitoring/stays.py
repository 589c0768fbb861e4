"""Stays at home that another room decided and tells (`facts.stays`): each is carried out as a case.

What is told is the stay as it stands; telling it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from bulou.facts import monitoring as facts
from bulou.facts.stays import HomeStay, HomeStayOver, HomeStayReleased, HomeStayResumed
from bulou.kernel import audit, clock, seal
from bulou.kernel.events import NewEvent
from bulou.kernel.language import of_county
from bulou.monitoring import actions, ledger
from bulou.monitoring.admission import admit, overlapping
from bulou.monitoring.models import Case, CaseStay, CaseTest
from bulou.monitoring.obligations import FiveSeats
from bulou.obligations.orders import Orders
from bulou.people.models import Person
from bulou.places.queries import covering

ENDINGS = {
    HomeStayOver.LEFT: facts.EndReason.TRANSFERRED,
    HomeStayOver.HOSPITAL: facts.EndReason.HOSPITAL,
    HomeStayOver.DIED: facts.EndReason.DIED,
}


def hear(told: Sequence[NewEvent]) -> None:
    """Take up stays, in the order in which they were told."""
    for event in told:
        stay = HomeStay.model_validate(event.data)
        link = CaseStay.objects.filter(stay=stay.stay).select_related("case").first()
        if link is None and stay.over != HomeStayOver.VOID:
            link = _link(stay, event)
        if link is not None and link.own:
            _follow(link, stay, event)


def _link(stay: HomeStay, event: NewEvent) -> CaseStay:
    """The case that carries out a stay: that of the stay before it, one that stands already, a new one."""
    before = _case_before(stay)
    if before is not None and before.own:
        return _keep(stay, event, before.case, own=True)
    standing = overlapping(stay.person, stay.since, stay.until)
    if standing is not None:
        return _keep(stay, event, standing, own=False)
    return _keep(stay, event, _admit(stay, event), own=True)


def _case_before(stay: HomeStay) -> CaseStay | None:
    if stay.continues is None:
        return None
    return CaseStay.objects.filter(stay=stay.continues).select_related("case").first()


def _keep(stay: HomeStay, event: NewEvent, case: Case, *, own: bool) -> CaseStay:
    return CaseStay.objects.create(stay=stay.stay, case=case, journey=event.subject, own=own)


def _admit(stay: HomeStay, event: NewEvent) -> Case:
    orders = Orders()
    seats = {
        seat: posts[event.place]
        for seat in orders.of(FiveSeats.name, event.place).seats
        if event.place in (posts := covering(seat, [event.place], stay.since))
    }
    person = Person.objects.get(pk=stay.person)
    with of_county():
        evidence = _("旅居史见返乡行程 {reference}").format(reference=stay.reference)
    phone = seal.unseal(person.sealed).get("phone", "")
    return admit(
        person=stay.person,
        place=event.place,
        starts_at=stay.since,
        ends_at=stay.until,
        measure=stay.label,
        ground=stay.ground,
        evidence=evidence,
        decided_by=stay.decided_by,
        appeal=stay.appeal,
        seats=seats,
        reach={"phone": phone} if phone else {},
        by=event.actor,
    )


def _follow(link: CaseStay, stay: HomeStay, event: NewEvent) -> None:
    """Bring a case to what its stay says."""
    case = link.case
    _stop(link, case, stay, event) if stay.over else _run(link, case, stay, event)
    _set_tests(case, stay.tests, event)


def _run(link: CaseStay, case: Case, stay: HomeStay, event: NewEvent) -> None:
    if case.ended_at is not None and link.over:
        actions.resume(case=case, reason=stay.label, by=event.actor)
    CaseStay.objects.filter(pk=link.pk).update(over=False)
    case = actions.fresh(case)
    first = case.starts_at if stay.continues else stay.since
    ledger.append(actions.redate(case, first, stay.until, by=event.actor))
    said = {
        "measure": stay.label,
        "ground": stay.ground,
        "decided_by": stay.decided_by,
        "appeal": stay.appeal,
    }
    if any(getattr(case, name) != text for name, text in said.items()):
        Case.objects.filter(pk=case.pk).update(**said)
        audit.record(
            "monitoring.decided_anew",
            by=event.actor,
            subject=f"case:{case.number}",
            place=case.place,
            reason=stay.ground,
            detail={"measure": stay.label, "decided_by": stay.decided_by},
        )


def _stop(link: CaseStay, case: Case, stay: HomeStay, event: NewEvent) -> None:
    # Before the case ends: its end is no release of this stay.
    CaseStay.objects.filter(pk=link.pk).update(over=True)
    if case.ended_at is None and not _goes_on(link, stay):
        _end(case, stay, event)


def _goes_on(link: CaseStay, stay: HomeStay) -> bool:
    """Whether the case is carried on by, or was before this one, another stay."""
    others = CaseStay.objects.filter(case=link.case_id).exclude(pk=link.pk)
    if stay.over == HomeStayOver.VOID:
        return others.exists()
    return stay.over == HomeStayOver.CONTINUED or others.filter(over=False).exists()


def _end(case: Case, stay: HomeStay, event: NewEvent) -> None:
    if stay.over == HomeStayOver.VOID:
        ledger.append([actions.withdraw(case, by=event.actor)])
    elif stay.over == HomeStayOver.REPLACED:
        actions.lift(case=case, by=event.actor, at=stay.over_at)
    elif stay.over is not None:
        actions.end(case=case, reason=ENDINGS[stay.over], by=event.actor, at=stay.over_at)


def _set_tests(case: Case, days: Sequence[date], event: NewEvent) -> None:
    """Samples are owed on these days; the books hear of it when they are others."""
    wanted = {clock.start_of(day) for day in days}
    standing = set(CaseTest.objects.filter(case=case).values_list("day", flat=True))
    if wanted == standing:
        return
    CaseTest.objects.filter(case=case, day__in=standing - wanted).delete()
    CaseTest.objects.bulk_create([CaseTest(case=case, day=day) for day in sorted(wanted - standing)])
    ledger.append([ledger.event_of(case, facts.TestDaysChanged(), by=event.actor)])


def hear_released(told: Sequence[NewEvent]) -> None:
    """Tell whose stay it is that somebody was released from it."""
    _pass_on(told, HomeStayReleased)


def hear_resumed(told: Sequence[NewEvent]) -> None:
    """Tell whose stay it is that the release was a mistake."""
    _pass_on(told, HomeStayResumed)


def _pass_on(told: Sequence[NewEvent], fact: type[HomeStayReleased] | type[HomeStayResumed]) -> None:
    at = {event.subject: event for event in told}
    links = CaseStay.objects.filter(case__in=at, over=False).order_by("pk")
    ledger.append(
        [
            NewEvent(
                kind=fact.kind,
                subject=link.journey,
                place=at[link.case_id].place,
                actor=at[link.case_id].actor,
                happened_at=at[link.case_id].happened_at,
                data=fact(stay=link.stay).to_data(),
            )
            for link in links
        ]
    )
