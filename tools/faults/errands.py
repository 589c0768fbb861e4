"""The errands on which Bulou is killed: three workbooks, events from files, events to the server."""

from __future__ import annotations

import random
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.faults import checks, children, papers
from tools.faults.children import Child, Transaction
from tools.faults.homes import Home
from tools.faults.papers import AT, Event, moment
from tools.faults.server import Server

WITHIN = 0.5
"""The share of kills that wait for the transaction that writes; the others come at any moment of the run."""


@dataclass
class Tally:
    """What one run showed."""

    errand: str
    phase: str = ""
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    half: int = 0
    books: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.half or self.books)


class Errand(ABC):
    """One piece of work that can be killed, looked at, and done again to its end."""

    name: str

    @abstractmethod
    def clean(self, folder: Path) -> float:
        """Do it once without a kill; the seconds it took."""

    @abstractmethod
    def killed(self, home: Home, folder: Path, seconds: float, draw: random.Random, tally: Tally) -> None:
        """Start it, kill it at a random moment of so many seconds; note the phase and what is amiss."""

    @abstractmethod
    def again(self, folder: Path, draw: random.Random, tally: Tally) -> None:
        """Do to the end what was killed, as its user would."""


@dataclass
class Import(Errand):
    """`bulou import KIND FILE`: all its good rows or nothing of a row."""

    kind: str
    file: Path
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    writing: Transaction | None = None

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"import {self.kind}"

    def start(self, folder: Path) -> Child:
        words = ["import", self.kind, str(self.file), "--at", moment(AT)]
        return children.command(words, folder / "answer")

    def clean(self, folder: Path) -> float:
        self.before = children.ask(checks.registers, folder / "state")
        started = time.monotonic()
        child = self.start(folder)
        children.finished(child)
        seconds = time.monotonic() - started
        self.writing = child.longest()
        self.after = children.ask(checks.registers, folder / "state")
        if self.before == self.after:
            raise RuntimeError(f"{self.file.name} changes nothing")
        return seconds

    def killed(self, home: Home, folder: Path, seconds: float, draw: random.Random, tally: Tally) -> None:
        child = self.start(folder)
        if self.writing and draw.random() < WITHIN:
            code = child.kill_within(self.writing, 1.2 * draw.random())
        else:
            code = child.kill_after(draw.random() * seconds)
        tally.phase = child.phase() if code is None else "ended"
        home.settle()
        acknowledged = child.answer() is not None
        tally.acknowledged += acknowledged
        found = children.ask(checks.registers, folder / "state")
        runs = children.ask(checks.runs_of(self.file), folder / "runs")
        stands = found == self.after
        tally.lost += acknowledged and not (stands and len(runs) == 1)
        tally.half += not stands and found != self.before
        tally.half += stands != bool(runs)

    def again(self, folder: Path, draw: random.Random, tally: Tally) -> None:
        children.finished(self.start(folder))
        if draw.random() < 0.3:
            answer = children.finished(self.start(folder))
            tally.doubled += answer["new"] + answer["updated"]


@dataclass
class Intake(Errand):
    """`bulou intake FILE`, one file after the other."""

    events: list[list[Event]]
    writing: Transaction | None = None
    name = "intake files"

    def start(self, folder: Path, number: int, batch: Sequence[Event]) -> Child:
        path = papers.save(folder / f"batch-{number}.json", batch)
        return children.command(["intake", str(path), "--at", moment(AT)], folder / "answer")

    def clean(self, folder: Path) -> float:
        started = time.monotonic()
        for number, batch in enumerate(self.events):
            child = self.start(folder, number, batch)
            children.finished(child)
        self.writing = child.longest()
        return time.monotonic() - started

    def all(self, folder: Path, order: Sequence[list[Event]]) -> list[dict[str, Any]]:
        """Hand in every batch; the answers."""
        found: list[dict[str, Any]] = []
        for number, batch in enumerate(order):
            found += children.finished(self.start(folder, number, batch))["results"]
        return found

    def killed(self, home: Home, folder: Path, seconds: float, draw: random.Random, tally: Tally) -> None:
        number = draw.randrange(len(self.events))
        answers = self.all(folder, self.events[:number])
        child = self.start(folder, number, self.events[number])
        if self.writing and draw.random() < WITHIN:
            code = child.kill_within(self.writing, 1.2 * draw.random())
        else:
            code = child.kill_after(draw.random() * seconds / len(self.events))
        home.settle()
        tally.phase = child.phase() if code is None else "ended"
        answers += (child.answer() or {"results": []})["results"]
        self.note(folder, answers, tally)

    def note(self, folder: Path, answers: Sequence[dict[str, Any]], tally: Tally) -> None:
        """Whether what was acknowledged is there, and each batch is there whole or not at all."""
        taken = [answer["id"] for answer in answers if answer["status"] in {"new", "identical"}]
        ids = [[event["id"] for event in batch] for batch in self.events]
        here = set(children.ask(checks.present([one for batch in ids for one in batch]), folder / "ids"))
        tally.acknowledged += len(taken)
        tally.lost += len(set(taken) - here)
        # The one about nobody known is refused and never there.
        parts = [len(here & set(batch)) / len(set(batch) - {ids[-1][-1]}) for batch in ids]
        tally.half += sum(part not in {0, 1} for part in parts)

    def again(self, folder: Path, draw: random.Random, tally: Tally) -> None:
        if draw.random() < 0.5:
            self.all(folder, papers.in_another_order(self.events, draw))
        self.all(folder, self.events)
        last = self.all(folder, self.events[:: max(1, len(self.events) - 1)])
        tally.doubled += sum(answer["status"] == "new" for answer in last)


@dataclass
class Serving(Intake):
    """Events to a real server, over HTTP with a token, while its own ticker runs."""

    token: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    name = "serve"

    def clean(self, folder: Path) -> float:
        with Server(self.environment, self.token, folder) as server:
            return children.timed(lambda: server.send(self.events))

    def killed(self, home: Home, folder: Path, seconds: float, draw: random.Random, tally: Tally) -> None:
        with Server(self.environment, self.token, folder, wait=draw.random() < 0.8) as server:
            answers, outstanding = server.send_until_killed(self.events, draw.random() * seconds)
        home.settle()
        every = sum(map(len, self.events))
        tally.phase = "within" if outstanding else "before" if not answers else "after"
        if len(answers) == every:
            tally.phase = "ended"
        self.note(folder, answers, tally)

    def again(self, folder: Path, draw: random.Random, tally: Tally) -> None:
        with Server(self.environment, self.token, folder) as server:
            if draw.random() < 0.5:
                server.send(papers.in_another_order(self.events, draw))
            server.send(self.events)
            last = server.send(self.events[:1])
        tally.doubled += sum(answer["status"] == "new" for answer in last)
