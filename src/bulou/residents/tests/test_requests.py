"""What residents ask for is a duty like any other: owned, due, met by an answer, excused when taken back."""

import pytest
from django.db import IntegrityError, transaction

from bulou.kernel import clock
from bulou.kernel.models import AuditLine, Event
from bulou.kernel.problems import BulouError
from bulou.obligations import engine
from bulou.obligations.models import Obligation
from bulou.obligations.reconcile import reconcile
from bulou.people.keys import phone_key
from bulou.people.models import Person
from bulou.places.models import Place, Post
from bulou.residents import actions, queries
from bulou.residents.models import About, Outcome, Request
from bulou.residents.tests.build import COUNTY, DOOR, NOW, TOWN, VILLAGE, places, resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def who():
    places()
    with clock.at(NOW):
        yield resident()


def ask(who, about=About.CORRECTION, words="电话号码少了一位", field="phone", value="19900007777"):
    return actions.ask(person=who, about=about, words=words, field=field, value=value, by="resident:1")


def duties():
    return [
        (one.window.kind.name, one.subject, one.post_id, one.met_at is not None, one.excuse)
        for one in Obligation.objects.select_related("window__kind").order_by("pk")
    ]


def refused(code, call):
    with pytest.raises(BulouError) as caught:
        call()
    assert caught.value.code == code


def test_asking_opens_a_duty_of_the_post_that_the_directive_names(who):
    village = Post.objects.create(role="village_cadre", place=VILLAGE)
    town = Post.objects.create(role="township_cadre", place=TOWN)
    made = [ask(who), ask(who, About.OBJECTION), ask(who, About.UNVISITED)]
    engine.tick(clock.now())
    assert duties() == [
        ("people.correction", made[0].pk, village.pk, False, ""),
        ("people.objection", made[1].pk, town.pk, False, ""),
        ("people.unvisited", made[2].pk, town.pk, False, ""),
    ]
    due = [one.due_at - one.opens_at for one in Obligation.objects.order_by("pk")]
    assert [span.total_seconds() / 3600 for span in due] == [72, 72, 24]
    assert [one.due_at for one in queries.of_scope(VILLAGE, only_open=True)] == [
        one.due_at for one in Obligation.objects.order_by("pk")
    ]
    assert reconcile() == []


def test_without_such_a_post_the_duty_is_nobodys_and_stands_in_the_books(who):
    made = ask(who)
    engine.tick(clock.now())
    assert duties() == [("people.correction", made.pk, None, False, "")]


def test_an_answer_meets_the_duty_and_an_accepted_correction_changes_the_register(who):
    made = ask(who)
    engine.tick(clock.now())
    before = Event.objects.filter(kind__name="people.updated").count()
    actions.answer(made, outcome=Outcome.ACCEPTED, words="已核对并更正", value="19900007777", by="user:2")
    engine.tick(clock.now())
    assert duties()[0][3] is True
    assert Person.objects.get(pk=who.pk).phone_key == phone_key("19900007777")
    assert Event.objects.filter(kind__name="people.updated").count() == before + 1
    (seen,) = queries.of_person(who)
    assert (seen.words, seen.answer, seen.outcome) == ("电话号码少了一位", "已核对并更正", "已采纳")
    refused("request-done", lambda: actions.answer(made, outcome="refused", words="再答一次", by="user:2"))
    assert reconcile() == []


def test_a_refusal_and_an_objection_leave_the_register_alone(who):
    key = Person.objects.get(pk=who.pk).phone_key
    actions.answer(ask(who), outcome=Outcome.REFUSED, words="与本人核对无误", value="1", by="user:2")
    actions.answer(
        ask(who, About.OBJECTION), outcome=Outcome.ACCEPTED, words="已请指挥部复核", value="1", by="user:2"
    )
    assert Person.objects.get(pk=who.pk).phone_key == key


def test_what_is_taken_back_is_excused(who):
    made = ask(who)
    engine.tick(clock.now())
    actions.take_back(made, by="resident:1")
    engine.tick(clock.now())
    assert duties()[0][4] == "taken_back"
    refused("request-done", lambda: actions.take_back(made, by="resident:1"))
    assert reconcile() == []


def test_the_words_are_sealed_and_in_no_event_or_audit_line(who):
    made = ask(who, words="甄漏的秘密话语")
    actions.answer(made, outcome=Outcome.REFUSED, words="答复的秘密话语", by="user:2")
    stored = repr(list(Event.objects.values())) + repr(list(AuditLine.objects.values()))
    stored += repr([bytes(one.sealed) for one in Request.objects.all()])
    assert "秘密话语" not in stored


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"words": "错"}, "request-words-missing"),
        ({"words": "字" * 1001}, "request-words-missing"),
        ({"field": "salary"}, "request-field"),
    ],
)
def test_what_cannot_be_asked_is_said(who, more, code):
    refused(code, lambda: ask(who, **more))
    assert not Request.objects.exists()


def test_no_more_than_five_wait_at_once(who):
    made = [ask(who) for _ in range(5)]
    refused("request-too-many", lambda: ask(who))
    actions.take_back(made[0], by="resident:1")
    assert ask(who).number == "SQ22-000006"


def test_an_answer_has_words_and_an_outcome(who):
    made = ask(who)
    refused("answer-words-missing", lambda: actions.answer(made, outcome="refused", words="不", by="user:2"))
    refused("answer-outcome-missing", lambda: actions.answer(made, outcome="", words="已经核对", by="user:2"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.update(outcome="refused")


def test_the_office_of_another_place_does_not_see_it(who):
    ask(who)
    assert Place.objects.filter(pk=COUNTY).exists()
    assert queries.of_scope(DOOR, only_open=True).count() == 1
    assert queries.of_scope("141022101", only_open=True).count() == 0
