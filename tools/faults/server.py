"""A real `bulou serve` and a client that sends to it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from tools.faults.papers import AT, Event, moment

START_SECONDS = 180.0
LOG_LINES = 40
BULOU = Path(sys.executable).with_name("bulou")

Answers = list[dict[str, Any]]


class ServerFailedError(RuntimeError):
    """The server did not start, or answered something else than 200."""


class Server:
    """A server of one home, killed at the block's end. Without `wait` the block begins while it starts."""

    def __init__(self, environment: dict[str, str], token: str, folder: Path, *, wait: bool = True) -> None:
        self._environment = {**environment, "BULOU_CLOCK": moment(AT)}
        self._token, self._log, self._wait = token, folder / "server.log", wait
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    def __enter__(self) -> Server:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [BULOU, "serve", "--port", str(self.port)],
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if self._wait:
            self._become_ready()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        self.kill()

    def kill(self) -> None:
        """kill -9 to the server and its workers."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        # A worker holds the port until it, too, is gone.
        while self._answers():
            time.sleep(0.01)

    def _become_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise ServerFailedError(self._log.read_text(errors="replace")[-2000:])
            time.sleep(0.02)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def processes(self) -> set[int]:
        """The server and those that it started, which are to outlive every outage."""
        own = self._process.pid
        listed = Path(f"/proc/{own}/task/{own}/children").read_text().split()
        return {own, *map(int, listed)}

    def failures(self) -> list[str]:
        """The last lines of its log, where the failures are that it tells of."""
        return self._log.read_text(errors="replace").splitlines()[-LOG_LINES:]

    def send(self, batches: Sequence[list[Event]]) -> Answers:
        """Send every batch; the answers."""
        return [answer for batch in batches for answer in self._post(batch)]

    def send_until_killed(self, batches: Sequence[list[Event]], seconds: float) -> tuple[Answers, bool]:
        """Send batch after batch while the server is killed in so many seconds.

        The answers that came, and whether a request was on its way at the kill.
        """
        client = _Client(self, batches)
        client.start()
        client.begun.wait(START_SECONDS if self._wait else 0)
        time.sleep(seconds)
        outstanding = client.outstanding
        self.kill()
        client.stop()
        return client.answers, outstanding

    def _post(self, batch: list[Event]) -> Answers:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        with closing(connection):
            connection.request("POST", "/api/v1/events", json.dumps({"events": batch}), headers)
            response = connection.getresponse()
            text = response.read()
        if response.status != http.HTTPStatus.OK:
            raise ServerFailedError(f"{response.status} {text[:500]!r}")
        answers: Answers = json.loads(text)["results"]
        return answers


class _Client(threading.Thread):
    """Sends until all is sent or it is stopped; a connection that breaks is tried again."""

    def __init__(self, server: Server, batches: Sequence[list[Event]]) -> None:
        super().__init__(daemon=True)
        self.begun = threading.Event()
        self.answers: Answers = []
        self.outstanding = False
        self._stopped = threading.Event()
        self._server, self._batches = server, batches

    def run(self) -> None:
        for batch in self._batches:
            while not self._stopped.is_set() and not self._sent(batch):
                time.sleep(0.01)

    def _sent(self, batch: list[Event]) -> bool:
        try:
            if not self._server._answers():
                return False
            self.begun.set()
            self.outstanding = True
            self.answers += self._server._post(batch)
        except (OSError, http.client.HTTPException):
            return False
        self.outstanding = False
        return True

    def stop(self) -> None:
        self._stopped.set()
        self.join()
