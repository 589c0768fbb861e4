from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.test import Client

from bulou.command.operation import health
from bulou.kernel import clock
from bulou.obligations.models import Tick


def ticked(ago):
    moment = datetime.now(UTC) - timedelta(seconds=ago)
    Tick.objects.update_or_create(pk=1, defaults={"for_instant": moment, "ended_at": moment})


def answer():
    response = Client().get("/healthz")
    return response.status_code, response.json()


@pytest.mark.django_db
def test_it_is_green_when_the_engine_ticked_just_now(django_assert_num_queries):
    ticked(1)
    with django_assert_num_queries(1):
        assert answer() == (200, {"status": "ok"})


@pytest.mark.django_db
@pytest.mark.parametrize("turns", [-3.5, 3.5, 1000])
def test_it_is_red_when_the_last_tick_is_old_or_in_the_future(turns):
    ticked(turns * settings.BULOU_TICK_SECONDS)
    assert answer() == (503, {"status": "unavailable", "part": "engine"})


@pytest.mark.django_db
def test_it_is_red_before_the_first_tick():
    assert answer() == (503, {"status": "unavailable", "part": "engine"})


@pytest.mark.django_db
def test_a_replayed_day_does_not_look_stale():
    ticked(1)
    with clock.at("2022-04-16T12:00+08:00"):
        assert answer() == (200, {"status": "ok"})


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_it_is_red_when_the_database_does_not_answer(monkeypatch, error):
    class Broken:
        def filter(self, **_):
            raise error("secret words")

    monkeypatch.setattr(health.Tick, "objects", Broken())
    assert answer() == (503, {"status": "unavailable", "part": "database"})


def test_it_only_answers_questions_and_is_never_cached():
    response = Client().post("/healthz")
    assert response.status_code == 405


@pytest.mark.django_db
def test_it_is_never_cached():
    assert "no-store" in Client().get("/healthz")["Cache-Control"]
