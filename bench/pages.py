"""Server times of the office's pages: readers with time to think, while events arrive.

The server is the one that `bulou serve` starts, in its own processes; readers are threads of this one that
ask over HTTP, the writer is a third process. What is timed is from the request to the last byte of the
answer, so waiting for a thread of the server is in it. `BULOU_BENCH_PEOPLE`, `BULOU_BENCH_SECONDS` and
`BULOU_BENCH_READERS` make it smaller.
"""

from __future__ import annotations

import gzip
import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from random import Random
from statistics import quantiles
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import books, county
from bench.table import Bench, Line
from bulou.command.board import held
from bulou.kernel import clock
from bulou.monitoring.models import Case
from bulou.places import codes
from bulou.places.models import Place
from bulou.rights import mandates
from bulou.rights.models import Account

PEOPLE = int(os.environ.get("BULOU_BENCH_PEOPLE", books.PEOPLE))
SECONDS = float(os.environ.get("BULOU_BENCH_SECONDS", "120"))
READERS = int(os.environ.get("BULOU_BENCH_READERS", "50"))
THINK = 5.0
"""Seconds between two pages of one reader, on average."""
LIST, QUICK = 0.1, 0.05
"""Seconds within which 95 of 100 answers are to be given: boards and lists; a person, a search."""
MOST_QUERIES = 12
BACKEND = "django.contrib.auth.backends.ModelBackend"
TOKEN = "b" * 32
LOADED = re.compile(r'(?:src|href)="(/static/[^"#]+)')


@dataclass(frozen=True)
class Page:
    """What a reader asks for; `find` is looked for while it is typed."""

    name: str
    path: str
    goal: float
    find: str = ""


@dataclass(frozen=True)
class Cost:
    """Queries, and seconds of a processor."""

    queries: int
    cpu: float


@dataclass(frozen=True)
class Reader:
    """Somebody with a session, and the pages of their own scope."""

    session: str
    pages: tuple[Page, ...]


def main() -> Bench:
    """Fill a county, let readers read and events arrive, and say how long 50 and 95 of 100 answers took."""
    county.fill(PEOPLE)
    return measure()


def measure() -> Bench:
    """The measurement alone, on a county that is there."""
    os.environ["BULOU_CLOCK"] = books.now_of(0, 21).isoformat()
    os.environ["BULOU_SECOND_FACTOR"] = settings.BULOU_SECOND_FACTOR = "off"
    settings.ALLOWED_HOSTS = ["*"]
    load = f"load before {os.getloadavg()[1]:.1f} on {os.cpu_count()} processors"
    people = readers()
    costs = costs_of(people)
    with served() as port:
        warm_up(port, people)
        times = read_while_events_arrive(port, people)
        weight = weight_of_the_board(port, people[0])
    bench = Bench(f"pages, {READERS} readers, 200 events/s, {PEOPLE:,} people, {load}", connection.vendor)
    for page in {page.name: page for reader in people for page in reader.pages}.values():
        bench.add(_line(page, times[page.name], costs[page.name]))
    first, after = weight
    bench.add(
        Line("board, first visit, bytes", first, "150 kB", 150_000, 1.0, "gzip, with all that it loads")
    )
    bench.add(Line("board, after that, bytes", after, "20 kB", 20_000, 1.0, "gzip of the page alone"))
    bench.show()
    return bench


def _line(page: Page, found: list[float], cost: Cost) -> Line:
    cuts = quantiles(found, n=100) if len(found) > 1 else (found or [0.0]) * 99
    note = f"p50 {cuts[49] * 1000:.0f} ms, {len(found)} answers; {cost.queries} queries, "
    note += f"{cost.cpu * 1000:.0f} ms of a processor"
    if cost.queries > MOST_QUERIES:
        note += f" (more than {MOST_QUERIES} queries)"
    return Line(f"{page.name}, p95", cuts[94], f"{page.goal * 1000:.0f} ms", page.goal, 1.0, note)


def readers() -> list[Reader]:
    """One in ten reads for the county, three for a township, the others for a village or community."""
    towns = list(Place.objects.filter(level="township").order_by("code").values_list("code", flat=True))
    villages = list(Place.objects.filter(level="village").order_by("code").values_list("code", flat=True))
    made = []
    for n in range(READERS):
        if n % 10 == 0:
            role, scope = "county_office", books.COUNTY
        elif n % 10 < 4:
            role, scope = "township", towns[n % len(towns)]
        else:
            role, scope = "community", villages[n * 7 % len(villages)]
        made.append(Reader(_session(f"reader-{n}", role, scope), tuple(_pages(scope, towns[n % len(towns)]))))
    return made


def _session(name: str, role: str, scope: str) -> str:
    since = books.START - 60 * clock.DAY
    user, new = User.objects.get_or_create(username=name, defaults={"password": "!"})
    if new:
        account = Account.objects.create(user=user, title=name, made_at=since)
        mandates.grant(account, role, scope, starts_at=since, by="bench")
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _pages(scope: str, town: str) -> Iterator[Page]:
    yield Page("board", "/", LIST)
    yield Page("board, live part", "/board/live", LIST)
    yield Page("gaps", "/gaps", LIST)
    yield Page("gaps, all days", "/gaps?day=all", LIST)
    yield Page("duties", "/duties", LIST)
    yield Page("duties, overdue", "/duties?status=overdue", LIST)
    if scope == books.COUNTY:
        yield Page("board of a township", f"/?place={town}", LIST)
        yield Page("gaps of a township", f"/gaps?place={town}", LIST)
        yield Page("duties of the county", "/duties", LIST)
        yield Page("gaps of the county, all days", "/gaps?day=all", LIST)
    case = Case.objects.filter(codes.within("place", scope)).select_related("person").first()
    if case is not None:
        yield Page("person", f"/people/{case.person.uid}", QUICK)
    yield Page("search, initials", "/search", QUICK, find="zw")
    yield Page("search, pinyin", "/search", QUICK, find="wenchang")
    yield Page("search, digits", "/search", QUICK, find="19900001234")


def costs_of(people: list[Reader]) -> dict[str, Cost]:
    """What each page costs by itself: queries (at most, of any reader), and the program's processor time.

    The time is that of this process, so a database in a process of its own is not in it; it hardly depends on
    what else the machine does. No board is held from before.
    """
    found: dict[str, Cost] = {}
    for reader in people[:10]:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = reader.session
        for page in reader.pages:
            least, queries = 60.0, 0
            for _turn in range(4):
                held.forget()
                with CaptureQueriesContext(connection) as asked:
                    started = time.thread_time()
                    _open(client, page)
                    least = min(least, time.thread_time() - started)
                queries = len(asked)
            known = found.get(page.name, Cost(0, 0.0))
            found[page.name] = Cost(max(known.queries, queries), max(known.cpu, least))
    return found


def _open(client: Client, page: Page) -> None:
    if page.find:
        client.post(page.path, {"q": page.find}, headers={"HX-Request": "true"})
    else:
        client.get(page.path)


@contextmanager
def served() -> Iterator[int]:
    """The server, from when it answers until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    connections.close_all()
    program = f"from bench.served import start; start({port})"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "bulou.config.settings"}
    server = subprocess.Popen([sys.executable, "-c", program], env=environment)
    try:
        until = time.monotonic() + 120
        while True:
            try:
                if _ask(port, "", Page("", "/healthz", 0))[0]:
                    break
            except OSError:
                if time.monotonic() > until or server.poll() is not None:
                    raise
                time.sleep(0.2)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _ask(port: int, session: str, page: Page) -> tuple[int, bytes]:
    """Status and body."""
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={TOKEN}"
    headers = {"Cookie": cookies, "Host": f"127.0.0.1:{port}"}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        if page.find:
            headers |= {"X-CSRFToken": TOKEN, "HX-Request": "true"}
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
            line.request("POST", page.path, urlencode({"q": page.find}), headers)
        else:
            line.request("GET", page.path, headers=headers)
        answer = line.getresponse()
        return answer.status, answer.read()


def warm_up(port: int, people: list[Reader]) -> None:
    """Each page some times, so that every process of the server has its templates compiled."""
    for reader in (people[0], people[1], people[4]):
        for page in reader.pages:
            for _turn in range(6):
                _ask(port, reader.session, page)


def read_while_events_arrive(port: int, people: list[Reader]) -> dict[str, list[float]]:
    """The seconds of each answer, by page."""
    times: dict[str, list[float]] = defaultdict(list)
    done = threading.Event()
    writer = subprocess.Popen([sys.executable, "-m", "bench.writer", str(PEOPLE), str(SECONDS + 2)])
    threads = [
        threading.Thread(target=_read, args=(port, reader, n, done, times)) for n, reader in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    time.sleep(SECONDS)
    done.set()
    for thread in threads:
        thread.join()
    if writer.wait(60):
        raise RuntimeError("the writer stopped")
    return times


def _read(
    port: int, reader: Reader, number: int, done: threading.Event, times: dict[str, list[float]]
) -> None:
    """One reader: opens pages at random until the bench is over."""
    rng = Random(number)
    while not done.wait(rng.uniform(0, 2 * THINK)):
        page = rng.choice(reader.pages)
        started = time.perf_counter()
        status, _body = _ask(port, reader.session, page)
        times[page.name].append(time.perf_counter() - started)
        if status != 200:
            raise RuntimeError(f"{page.path}: {status}")


def weight_of_the_board(port: int, reader: Reader) -> tuple[int, int]:
    """Bytes of the county's board as they travel: with all that it loads, and the page alone."""
    html = _ask(port, reader.session, Page("", "/", 0))[1]
    page = len(gzip.compress(html, 6))
    files = 0
    for address in set(LOADED.findall(html.decode())):
        with closing(http.client.HTTPConnection("127.0.0.1", port)) as line:
            line.request("GET", address, headers={"Accept-Encoding": "gzip"})
            files += len(line.getresponse().read())
    return page + files, page
