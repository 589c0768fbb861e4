"""The doors that Bulou's users have: the command, and the HTTP API. The drill knows no others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from bulou.client import Client

if TYPE_CHECKING:
    from bulou.client.operations import Events

BATCH = 500
"""Events in one request, as the contract allows."""
DONE, INPUT_ERRORS = 0, 1
VALID_DAYS = "60"

Event = dict[str, object]


class CommandFailed(RuntimeError):
    """A command of Bulou that could not run: its words, exit code and what it said."""


@dataclass(frozen=True)
class Command:
    """The command `bulou` on one home; `--json` is added, the answer is parsed."""

    home: Path
    program: Sequence[str] = field(default_factory=lambda: [str(Path(sys.executable).with_name("bulou"))])

    def __call__(self, *words: str, at: datetime | None = None) -> Any:
        """Run a command. Exit code 1 (errors in the input, named in the answer) is an answer like any other.

        Raises CommandFailed for exit codes above 1.
        """
        when = ["--at", at.isoformat()] if at else []
        done = subprocess.run(
            [*self.program, *words, "--json", *when],
            env={**os.environ, "BULOU_HOME": str(self.home)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (DONE, INPUT_ERRORS):
            said = done.stderr.strip()[-2000:]
            raise CommandFailed(f"bulou {' '.join(words)}: exit code {done.returncode}: {said}")
        return json.loads(done.stdout)


class Feed(Protocol):
    """Takes events in, at a moment; says how many were new, identical and refused."""

    def __call__(self, events: list[Event], at: datetime) -> list[dict[str, Any]]: ...


@dataclass(frozen=True)
class CommandFeed:
    """Events through `bulou intake FILE.json`, which takes the same document as the API."""

    command: Command
    folder: Path

    def __call__(self, events: list[Event], at: datetime) -> list[dict[str, Any]]:
        """One result an event, in order."""
        answers = []
        for number, batch in enumerate(_batches(events)):
            path = self.folder / f"events-{at:%Y%m%dT%H%M}-{number}.json"
            path.write_text(json.dumps({"events": batch}, ensure_ascii=False), "utf-8")
            answers += results_of(self.command("intake", str(path), at=at))
        return answers


@dataclass(frozen=True)
class HttpFeed:
    """Events to a running server, gzipped, with a bearer token."""

    address: str
    token: str

    def __call__(self, events: list[Event], at: datetime) -> list[dict[str, Any]]:
        """One result an event, in order. Raises the client's RefusedError and UnreachableError."""
        with Client(self.address, self.token) as client:
            answers = [client.receive_events(cast("Events", {"events": batch})) for batch in _batches(events)]
        return [dict(result) for answer in answers for result in answer["results"]]


def over_http(bulou: Command, address: str, scope: str, role: str, at: datetime) -> HttpFeed:
    """A feed to a running server, with a token for the post of that role whose place is the whole scope.

    Raises LookupError when no such post is registered.
    """
    posts = bulou("posts", at=at)["rows"]
    post = next((row["id"] for row in posts if row["role"] == role and row["place"] == scope), None)
    if post is None:
        raise LookupError(f"no post {role} of {scope}: load the county first")
    answer = bulou("token", "--post", str(post), "--scope", scope, "--days", VALID_DAYS)
    return HttpFeed(address, answer["token"])


def results_of(answer: Any) -> list[dict[str, Any]]:
    """The results of an intake: a list, or the list under "results"."""
    results: list[dict[str, Any]] = answer["results"] if isinstance(answer, dict) else answer
    return results


def _batches(events: list[Event]) -> list[list[Event]]:
    rest = iter(events)
    return list(iter(lambda: list(islice(rest, BATCH)), []))
