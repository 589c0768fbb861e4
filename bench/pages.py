"""Server times of the office's pages: readers with time to think, while events arrive.

Pages are answered in this process by Django's client, in threads, so what is timed is the server's own work
(and the waiting for it), not the network. `BULOU_BENCH_PEOPLE`, `BULOU_BENCH_SECONDS` and
`BULOU_BENCH_READERS` make it smaller.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from contextlib import closing
from datetime import timedelta
from random import Random
from statistics import quantiles
from time import perf_counter, sleep
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, connections
from django.test import Client

from bench import books
from bench.duty import Reported
from bench.table import Bench, Line
from bulou.kernel import clock
from bulou.kernel.database import atomic
from bulou.kernel.events import NewEvent, append
from bulou.obligations import engine
from bulou.rights import mandates
from bulou.rights.models import Account

PEOPLE = int(os.environ.get("BULOU_BENCH_PEOPLE", books.PEOPLE))
SECONDS = float(os.environ.get("BULOU_BENCH_SECONDS", "60"))
READERS = int(os.environ.get("BULOU_BENCH_READERS", "50"))
THINK = 5.0
"""Seconds between two pages of one reader, on average."""
EVENTS_A_SECOND, BATCHES_A_SECOND = 200, 4
GOAL = 0.1
"""Seconds within which 95 of 100 answers are to be given."""
PAGES = {
    "board": "/",
    "board, live part": "/board/live",
    "board of a township": "/?place=141022101",
    "gaps": "/gaps",
    "duties": "/duties?status=overdue",
}
"""Others add theirs."""


def main() -> Bench:
    """Fill a county, let readers read and events arrive, and say how long 50 and 95 of 100 answers took."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.BULOU_SECOND_FACTOR = "off"
    prepare()
    now = books.now_of(0, 21)
    os.environ["BULOU_CLOCK"] = now.isoformat()
    user = reader_session()
    warm_up(user)
    times = read_while_events_arrive(user)
    bench = Bench(
        f"pages, {READERS} readers, {EVENTS_A_SECOND} events/s, {PEOPLE:,} people", connection.vendor
    )
    for name, found in times.items():
        cuts = quantiles(found, n=100) if len(found) > 1 else found * 99
        note = f"p50 {cuts[49] * 1000:.1f} ms, {len(found)} answers"
        bench.add(Line(f"{name}, p95", cuts[94], "100 ms", GOAL, 1.0, note))
    bench.show()
    return bench


def prepare() -> None:
    """A county with one day in full, and the roll-ups of thirty."""
    books.only(books.KIND)
    books.fill_register(PEOPLE)
    books.fill_reports(range(PEOPLE * 9 // 10), 0)
    books.analyze()
    engine.tick(books.now_of(0, 20))
    for day in range(1, books.DAYS_OF_HISTORY):
        books.copy_roll_ups(-day)
    books.analyze()


def reader_session() -> User:
    """Somebody of the county's office."""
    user = User.objects.create(username="reader", password="!")
    account = Account.objects.create(user=user, title="reader", made_at=books.START - timedelta(days=1))
    mandates.grant(account, "county_office", books.COUNTY, starts_at=books.START - clock.DAY, by="bench")
    return user


def warm_up(user: User) -> None:
    """Templates are compiled by the first reader after a start, which is measured elsewhere."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for address in PAGES.values():
        client.get(address)


def read_while_events_arrive(user: User) -> dict[str, list[float]]:
    """The seconds of each answer, by page."""
    times: dict[str, list[float]] = defaultdict(list)
    done = threading.Event()
    readers = [threading.Thread(target=read, args=(user, n, done, times)) for n in range(READERS)]
    writer = threading.Thread(target=write, args=(done,))
    for thread in (*readers, writer):
        thread.start()
    sleep(SECONDS)
    done.set()
    for thread in (*readers, writer):
        thread.join()
    return times


def read(user: User, number: int, done: threading.Event, times: dict[str, list[float]]) -> None:
    """One reader: opens pages at random until the bench is over."""
    rng = Random(number)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    with closing(connections["default"]):
        while not done.wait(rng.uniform(0, 2 * THINK)):
            name, address = rng.choice(list(PAGES.items()))
            started = perf_counter()
            answer: Any = client.get(address)
            times[name].append(perf_counter() - started)
            if answer.status_code != 200:
                raise RuntimeError(f"{address}: {answer.status_code}")


def write(done: threading.Event) -> None:
    """Reports of people who were silent, in small transactions whose books follow at once."""
    person, size = PEOPLE * 9 // 10, EVENTS_A_SECOND // BATCHES_A_SECOND
    at = books.now_of(0, 20)
    with closing(connections["default"]):
        while not done.wait(1 / BATCHES_A_SECOND):
            batch = [
                NewEvent(
                    kind=Reported.kind,
                    subject=person % PEOPLE + n + 1,
                    place="",
                    actor="bench",
                    happened_at=at,
                )
                for n in range(size)
            ]
            person += size
            with atomic():
                before = engine.newest_event()
                append(batch)
                engine.settle({Reported.kind}, before)
