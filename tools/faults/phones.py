"""Phones that go on sending until each of their events is acknowledged, and write down every answer."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from tools.faults.papers import Event

PATIENCE = 60.0
"""Seconds within which one request is answered."""
PAUSE = 0.05
"""Seconds before the same portion is sent again; a phone would wait longer."""


@dataclass
class Answered:
    """What came back: how often each answer, what was acknowledged, and when something was last refused."""

    said: Counter[str] = field(default_factory=Counter)
    acknowledged: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    refusals: int = 0
    taken_at: float = 0.0


class Phone(threading.Thread):
    """Sends portion after portion, each again and again until it is taken."""

    def __init__(self, port: int, token: str, portions: Sequence[list[Event]]) -> None:
        super().__init__(daemon=True)
        self.answered = Answered()
        self._port, self._portions = port, portions
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._stopped = threading.Event()

    def run(self) -> None:
        for portion in self._portions:
            while not self._stopped.is_set() and not self._taken(portion):
                time.sleep(PAUSE)

    def stop(self) -> None:
        self._stopped.set()
        self.join()

    @property
    def done(self) -> float:
        """The share of the events that is acknowledged or refused for good."""
        return len(self.answered.acknowledged) / sum(map(len, self._portions))

    def _taken(self, portion: list[Event]) -> bool:
        status, kind, retry, text = self._post(portion)
        if status == http.HTTPStatus.OK:
            self.answered.acknowledged += json.loads(text)["results"]
            self.answered.taken_at = time.monotonic()
            self.answered.said["200"] += 1
            return True
        self.answered.refusals += 1
        if status != http.HTTPStatus.SERVICE_UNAVAILABLE or kind != "application/problem+json" or not retry:
            self.answered.wrong.append(f"{status} {kind} {text[:200]!r}")
            return False
        self.answered.said[f"{status} {json.loads(text)['code']}"] += 1
        return False

    def _post(self, portion: list[Event]) -> tuple[int, str, str, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        try:
            with closing(connection):
                connection.request("POST", "/api/v1/events", json.dumps({"events": portion}), self._headers)
                answer = connection.getresponse()
                kind = answer.headers.get("Content-Type", "").partition(";")[0]
                return answer.status, kind, answer.headers.get("Retry-After", ""), answer.read()
        except (OSError, http.client.HTTPException) as error:
            return 0, type(error).__name__, "", b""
