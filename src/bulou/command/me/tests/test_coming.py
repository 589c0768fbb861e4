"""Somebody registers their own coming: nothing is asked before, nothing is given away after."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from bulou.arrivals.models import Journey, Source
from bulou.command.arrivals.tests import build
from bulou.command.arrivals.tests.test_registering import GIVEN
from bulou.command.me import coming
from bulou.command.tests.world import HOME, identity
from bulou.people.models import Person

pytestmark = pytest.mark.django_db
ADDRESS = "/me/coming"


@pytest.fixture(autouse=True)
def not_too_often(world, hands):
    cache.clear()


@pytest.fixture
def hands(world):
    return build.hands()


def send(**given):
    return Client().post(ADDRESS, GIVEN | given)


def said(page):
    """What a page says, without the form that changes the language."""
    return page.content.decode().partition("<main")[2]


def test_without_account_or_script_a_coming_is_registered_and_the_next_steps_said():
    page = send()
    assert page.status_code == 200
    journey = Journey.objects.get()
    assert (journey.place, Source.objects.get().origin, journey.registered_by) == (
        HOME,
        "resident",
        "resident:form",
    )
    assert "已收到您的报备" in page.content.decode()
    assert journey.number not in page.content.decode()


def test_sent_twice_it_is_one_source_of_one_journey():
    first, again = send(), send()
    assert said(first) == said(again)
    assert (Journey.objects.count(), Source.objects.count()) == (1, 1)


def test_the_answer_tells_nothing_of_who_is_known():
    """For somebody of the register, or registered by others, the page is the same as for a stranger."""
    stranger = said(send())
    journey = build.journey()
    known = Person.objects.get(pk=journey.person_id)
    assert known.place
    assert said(send(identity=identity(50), name="别的名字", phone="19900000050")) == stranger


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost():
    page = send(identity="14109919900101", arrives_at="", place="没有这个村")
    text = page.content.decode()
    assert page.status_code == 422
    assert (text.count('class="wrong"'), Journey.objects.count()) == (4, 0)
    assert "归某甲" in text
    assert "没有这个村" in text


def test_a_row_more_needs_no_script():
    page = Client().post(ADDRESS, GIVEN | {"do": "row"}).content.decode()
    assert page.count('name="visit_where"') == 4
    assert Journey.objects.count() == 0


def test_an_address_that_sends_too_much_is_shown_the_telephone(monkeypatch):
    monkeypatch.setattr(coming, "MOST_AN_HOUR", 2)
    answers = [send().status_code for _number in range(4)]
    assert answers == [200, 200, 429, 429]


def test_it_reads_in_english():
    client = Client()
    client.post("/language", {"language": "en", "next": ADDRESS})
    assert "Register before you come" in client.get(ADDRESS).content.decode()
