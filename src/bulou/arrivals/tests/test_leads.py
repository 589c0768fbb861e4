"""Leads: taken in once, bound to journeys, answered in time; who is not found stays somebody's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from bulou.arrivals import lead_answers, lead_rows, leads
from bulou.arrivals.lead_retention import LEADS
from bulou.arrivals.leads import NewLead
from bulou.arrivals.models import Journey, Lead, Outcome
from bulou.arrivals.reconcile_leads import leads as differences
from bulou.arrivals.registration import Stop, register
from bulou.arrivals.tests import build
from bulou.arrivals.tests.build import identity, minutes, registration
from bulou.kernel import clock, events, seal
from bulou.kernel.models import AuditLine
from bulou.kernel.problems import BulouError
from bulou.kernel.retention import erase
from bulou.obligations import engine
from bulou.obligations.models import Obligation
from bulou.obligations.reconcile import reconcile
from bulou.people.actions import register as register_person
from bulou.people.book import resident
from bulou.places.models import Place
from bulou.sheets import undo
from bulou.sheets.checking import Batch
from bulou.sheets.columns import Counts, kind_named
from bulou.sheets.context import Context
from bulou.sheets.models import ImportRun

pytestmark = pytest.mark.django_db

WORDS = "电话核实,本人已在家"


@pytest.fixture(autouse=True)
def posts() -> Iterator[build.Posts]:
    found = build.county()
    for code, name in (("141022", "翼城县"), ("141022100", "唐兴镇"), (build.VILLAGE, "文昌社区")):
        Place.objects.filter(code=code).update(name=name, plain=name)
    with clock.at(minutes(0)):
        yield found


def lead(number: int = 1, **values: Any) -> NewLead:
    given = {
        "name": f"王某{number}",
        "identity": identity(number),
        "phone": f"1990000{number:04}",
        "issued_by": "市疫情防控办",
        "details": {"from": "上海市浦东新区"},
        "stops": [Stop("310115", "上海市浦东新区", date(2022, 3, 26), date(2022, 4, 9))],
    }
    return NewLead(**{**given, **values})


def take_in(*many: NewLead) -> list[Lead]:
    return leads.receive(many, by="user:1")


def known(number: int = 1) -> None:
    """Somebody of the village whom the register has."""
    one = registration(number)
    who = resident(place=build.VILLAGE, name=one.name, identity=one.identity, phone=one.phone)
    register_person(who, by="test")


def test_whoever_the_register_knows_has_a_journey_by_the_lead_and_its_desk_has_to_find(posts):
    known()
    (one,) = take_in(lead())
    assert (one.number, one.place, one.desk_id) == ("XC22-000001", build.VILLAGE, posts.desk.pk)
    assert one.journey is not None
    assert one.journey.sources.get().origin == "lead"
    assert one.journey.visits.count() == 1


def test_whoever_nobody_knows_is_a_lead_only():
    (one,) = take_in(lead())
    assert (one.journey, one.place) == (None, "141022")
    assert not Journey.objects.exists()


def test_the_same_lead_again_is_the_same_one():
    take_in(lead())
    assert take_in(lead()) == []
    assert len(take_in(lead(issued_by="省疫情防控办"))) == 1


def test_a_journey_registered_later_is_bound_to_the_lead_that_names_its_person():
    (by_number,) = take_in(lead(1))
    (by_phone,) = take_in(lead(2, identity=""))
    (other,) = take_in(lead(3, identity="", phone="19900009999"))
    made = {n: register(registration(n), by="user:2") for n in (1, 2, 3)}
    for one in (by_number, by_phone, other):
        one.refresh_from_db()
    assert [one.journey_id for one in (by_number, by_phone, other)] == [made[1].pk, made[2].pk, None]
    assert by_number.answered_at is None


def test_a_lead_without_a_number_is_bound_to_a_journey_that_runs():
    journey = register(registration(2), by="user:2")
    (one,) = take_in(lead(2, identity=""))
    one.refresh_from_db()
    assert one.journey_id == journey.pk


def test_an_answer_in_time_is_kept_sealed_and_the_lead_is_settled():
    known()
    (one,) = take_in(lead())
    one = lead_answers.answer(lead=one, outcome=Outcome.FOUND, words=WORDS, by="user:2")
    assert (one.outcome, one.settled_at) == ("found", minutes(0))
    assert seal.unseal(one.sealed)["answers"][0]["words"] == WORDS
    assert AuditLine.objects.get(action="arrivals.lead_answered").subject == "lead:XC22-000001"
    assert not leads.open_in("141022").exists()


def test_who_is_not_found_stays_open_with_an_owner_until_the_search_is_settled():
    (one,) = take_in(lead())
    one = lead_answers.answer(lead=one, outcome=Outcome.NOT_FOUND, words="电话空号,邻居不识", by="user:2")
    assert (one.settled_at, list(leads.open_in("141022"))) == (None, [one])
    one = lead_answers.answer(lead=one, outcome=Outcome.ELSEWHERE, words="人在太原,已转告", by="user:2")
    assert (one.answered_at, one.outcome) == (minutes(0), "elsewhere")
    assert one.settled_at is not None


def refused(action: Any) -> str:
    with pytest.raises(BulouError) as found:
        action()
    return found.value.kind.code


def test_answers_that_cannot_be_are_refused():
    (one,) = take_in(lead())
    given = {"lead": one, "by": "user:2"}
    assert (
        refused(lambda: lead_answers.answer(outcome="found", words=WORDS, **given)) == "lead-without-journey"
    )
    assert (
        refused(lambda: lead_answers.answer(outcome="elsewhere", words="无", **given)) == "lead-words-missing"
    )
    lead_answers.answer(outcome="not_ours", words="身份证是外县的", **given)
    assert refused(lambda: lead_answers.answer(outcome="found", words=WORDS, **given)) == "lead-settled"
    (other,) = take_in(lead(2))
    lead_answers.withdraw(lead=other, words="下发单位撤回", by="user:2")
    assert refused(lambda: lead_answers.answer(lead=other, outcome="elsewhere", words=WORDS, by="x")) == (
        "lead-withdrawn"
    )


def test_what_is_owed_of_leads_and_whether_they_are_what_the_ledger_says():
    (found, missing, taken_back, open_) = take_in(*(lead(n) for n in (1, 2, 3, 4)))
    lead_answers.answer(lead=found, outcome="elsewhere", words=WORDS, by="user:2")
    lead_answers.answer(lead=missing, outcome="not_found", words="没有找到", by="user:2")
    lead_answers.withdraw(lead=taken_back, words="下发单位撤回", by="user:2")
    with clock.at(minutes(60)):
        engine.tick(clock.now())
        states = {
            one.subject: (one.met_at is not None, one.excuse)
            for one in Obligation.objects.filter(window__kind__name="arrivals.lead")
        }
        assert states == {found.pk: (True, ""), missing.pk: (True, ""), open_.pk: (False, "")}
        search = Obligation.objects.filter(window__kind__name="arrivals.lead_search")
        assert [one.subject for one in search] == [missing.pk]
        assert list(differences()) == []
        assert list(reconcile()) == []


def test_a_lead_is_due_when_its_list_says():
    deadline = minutes(90)
    (one, other) = take_in(lead(1, deadline=deadline), lead(2))
    with clock.at(minutes(1)):
        engine.tick(clock.now())
    due = dict(Obligation.objects.filter(window__kind__name="arrivals.lead").values_list("subject", "due_at"))
    assert due == {one.pk: deadline, other.pk: minutes(720)}


def test_thirty_days_after_it_is_settled_nothing_is_left_of_whom_a_lead_named():
    (settled, _other) = take_in(lead(1), lead(2))
    lead_answers.answer(lead=settled, outcome="elsewhere", words=WORDS, by="user:2")
    later = minutes(0) + timedelta(days=31)
    due = list(LEADS.due(later).values_list("pk", flat=True))
    assert due == [settled.pk]
    erase(LEADS, due)
    settled.refresh_from_db()
    assert (bytes(settled.sealed), settled.id_key, settled.name_key, settled.phone_key) == (
        b"",
        None,
        None,
        None,
    )
    assert not LEADS.due(later).exists()
    assert list(differences()) == []


def row(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "name": f"王某{'甲乙丙丁'[number % 4]}",
        "identity": identity(number),
        "phone": f"1990000{number:04}",
        "from": "上海市浦东新区",
        "arrives": (date(2022, 4, 8), None, ""),
        "hours": 24,
        "issued_by": "市疫情防控办",
        **changes,
    }


def bring_in(*rows: dict[str, Any]) -> tuple[Context, Counts]:
    kind = kind_named("leads")
    context = Context(kind, "user:1")
    batch = Batch(
        rows=[tuple(one.get(name) for name in kind.names) for one in rows],
        refs=[("协查", number) for number, _one in enumerate(rows, 3)],
        headers={"协查": tuple(column.title for column in kind.columns)},
    )
    first = events.newest_seq()
    counts = lead_rows.apply([batch], context)
    ImportRun.objects.create(
        id=context.run,
        kind="leads",
        by="user:1",
        started_at=clock.now(),
        first_seq=first,
        last_seq=events.newest_seq(),
    )
    context.keep_traces()
    return context, counts


def told(context: Context) -> list[str]:
    return [problem.code for problem in context.problems]


def test_a_list_of_leads_comes_in_once_with_its_hours():
    known()
    rows = (row(1), row(2, identity="", phone=""), row(1))
    context, counts = bring_in(*rows)
    assert (counts, told(context)) == (Counts(new=2, unchanged=1), ["row-repeated", "lead-unreachable"])
    assert {one.deadline for one in Lead.objects.all()} == {minutes(0) + timedelta(hours=24)}
    context, counts = bring_in(*rows)
    assert counts == Counts(unchanged=3)
    assert Lead.objects.count() == 2


def test_a_deadline_that_is_over_is_told_and_a_day_ends_at_midnight():
    over = row(1, hours=None, deadline=(date(2022, 4, 8), None, ""))
    context, _counts = bring_in(over, row(2, hours=None, deadline=(date(2022, 4, 10), None, "")))
    assert told(context) == ["lead-overdue"]
    assert Lead.objects.order_by("pk").last().deadline == clock.end_of(date(2022, 4, 10))


def test_an_undo_withdraws_what_nobody_answered_and_it_can_come_again():
    known()
    context, _counts = bring_in(row(1), row(2))
    answered = Lead.objects.order_by("pk").last()
    lead_answers.answer(lead=answered, outcome="elsewhere", words=WORDS, by="user:2")
    undoing = undo.undo(context.run, by="user:1")
    assert f"lead:{answered.pk}" in [kept.what for kept in undoing.kept]
    assert not Journey.objects.filter(ended_at__isnull=True).exists()
    assert bring_in(row(1))[1] == Counts(new=1)
    assert list(differences()) == []


def test_many_leads_take_no_more_statements_than_a_few(django_assert_max_num_queries):
    for number in range(1, 61):
        known(number)
    bring_in(*[row(number) for number in range(1, 4)])
    with django_assert_max_num_queries(130):
        bring_in(*[row(number) for number in range(4, 61)])
    assert Lead.objects.filter(journey__isnull=False).count() == 60
