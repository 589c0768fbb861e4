"""The rounds of an outage: serve, take the ground away, give it back, look at everything."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from tools.faults import checks, children, papers, worker
from tools.faults.errands import Serving
from tools.faults.homes import home
from tools.faults.outages import LONGEST_OUTAGE, LONGEST_RETURN, PORTION, REFUSALS, Ground, Round
from tools.faults.phones import Phone
from tools.faults.server import Server


def run(folder: Path, address: str, ground: Ground, options: argparse.Namespace) -> Iterator[Round]:
    """Prepare a home once, then round after round."""
    work = folder / "work"
    work.mkdir()
    place = home(ground.home, address)
    os.environ.update(place.environment)
    children.warm_up()
    made = worker.prepare(place, work, ["server"])
    (serving,) = (errand for errand in made.errands if isinstance(errand, Serving))
    draw = random.Random(options.seed)
    for _ in range(options.rounds):
        yield _round(made, serving, ground, options.outage, draw)


def _round(
    made: worker.Prepared, serving: Serving, ground: Ground, outage: str, draw: random.Random
) -> Round:
    found = Round(outage)
    made.home.put_back()
    ground.settle()
    portions = papers.batches([event for batch in serving.events for event in batch], PORTION)
    with Server(serving.environment, serving.token, made.folder) as server:
        _until(lambda: _health(server) == "ok", LONGEST_RETURN)
        processes = server.processes()
        phone = Phone(server.port, serving.token, portions)
        phone.start()
        _until(lambda: phone.done > draw.random() * 0.6, LONGEST_RETURN)
        ground.take(outage, draw)
        _look(server, phone, found)
        ground.give_back(outage)
        given = time.monotonic()
        _until(lambda: phone.done >= 1, LONGEST_RETURN)
        _until(lambda: _health(server) == "ok", LONGEST_RETURN)
        found.back = time.monotonic() - given
        phone.stop()
        if _health(server) != "ok" or phone.done < 1:
            found.wrong.append("it did not go on by itself")
        if server.processes() != processes:
            found.wrong.append("a process of the server ended")
        again = Phone(server.port, serving.token, portions)
        again.start()
        again.join()
    _compare(made, serving, phone, again, found)
    if found.wrong:
        found.wrong += server.failures()
    return found


def _look(server: Server, phone: Phone, found: Round) -> None:
    """Wait for refusals, and ask for what a person and a monitor would ask for meanwhile."""
    start, until = phone.answered.refusals, time.monotonic() + LONGEST_OUTAGE
    while time.monotonic() < until and phone.done < 1:
        found.health.add(_health(server))
        found.pages.add(_ask(server, "/login")[0])
        if phone.answered.refusals - start >= REFUSALS:
            break
        time.sleep(0.05)


def _compare(made: worker.Prepared, serving: Serving, phone: Phone, again: Phone, found: Round) -> None:
    answered = phone.answered
    found.said, found.acknowledged = answered.said, len(answered.acknowledged)
    found.wrong += answered.wrong + again.answered.wrong
    found.wrong += [f"page answered {status}" for status in found.pages if status not in (200, 503)]
    made.home.settle()
    taken = {one["id"] for one in answered.acknowledged if one["status"] in {"new", "identical"}}
    here = set(children.ask(checks.present(sorted(taken)), made.folder / "ids"))
    found.lost = len(taken - here)
    found.doubled = sum(one["status"] == "new" for one in again.answered.acknowledged)
    end = worker.conclude(made.folder)
    found.half = len(end["half"])
    found.wrong += [f"{one['kind']} {one['what']}" for one in end["differences"]]
    if end["audit_broken_at"] is not None:
        found.wrong.append(f"audit chain broken at {end['audit_broken_at']}")
    found.wrong += worker.differing(made, serving, end["digests"])


def _until(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)


def _health(server: Server) -> str:
    status, text = _ask(server, "/healthz")
    if status == http.HTTPStatus.OK:
        return "ok"
    return str(json.loads(text).get("part", status)) if text.startswith(b"{") else str(status)


def _ask(server: Server, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        with closing(connection):
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as error:
        return 0, type(error).__name__.encode()
