import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from bulou.command.operation import ticker
from bulou.obligations.models import Tick


class Counted:
    """A tick that counts its runs, fails when told to, and says when it has run."""

    def __init__(self, failing=False):
        self.runs, self.failing, self.ran = 0, failing, threading.Event()

    def __call__(self):
        self.runs += 1
        self.ran.set()
        if self.failing:
            raise RuntimeError("no disk")
        now = datetime.now(UTC)
        Tick.objects.update_or_create(pk=1, defaults={"for_instant": now, "ended_at": now})


def until(condition, seconds=5):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def test_it_ticks_at_the_start_and_again_and_stops(own_database):
    tick = Counted()
    running = ticker.Ticker(0.02, tick)
    running.start()
    assert until(lambda: tick.runs >= 3)
    running.stop()
    runs = tick.runs
    time.sleep(0.05)
    assert tick.runs == runs


def test_a_tick_that_fails_is_logged_and_tried_again(own_database, caplog):
    tick = Counted(failing=True)
    running = ticker.Ticker(0.02, tick)
    running.start()
    assert until(lambda: tick.runs >= 2)
    assert not Tick.objects.exists()
    tick.failing = False
    assert until(Tick.objects.exists)
    running.stop()
    assert "tick failed: RuntimeError" in caplog.text


def test_two_servers_do_not_tick_at_once(own_database):
    inside, go = threading.Event(), threading.Event()

    def slow():
        inside.set()
        go.wait(5)

    def turn():
        ticker.turn(slow, 60, first=True)
        connections.close_all()

    other = threading.Thread(target=turn)
    other.start()
    assert inside.wait(5)
    tick = Counted()
    assert ticker.turn(tick, 60, first=True) is False
    go.set()
    other.join()
    assert ticker.turn(tick, 60, first=True) is True
    assert tick.runs == 1


@pytest.mark.parametrize("ago, first, ticks", [(5, False, 0), (5, True, 1), (40, False, 1), (-40, False, 1)])
def test_a_turn_is_left_out_when_another_server_ticked_just_now(own_database, ago, first, ticks):
    moment = datetime.now(UTC) - timedelta(seconds=ago)
    Tick.objects.create(pk=1, for_instant=moment, ended_at=moment)
    tick = Counted()
    ticker.turn(tick, 60, first=first)
    assert tick.runs == ticks
