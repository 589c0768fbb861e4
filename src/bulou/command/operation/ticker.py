"""The ticker: runs the engine at the start and then every `BULOU_TICK_SECONDS`, for one server at a time.

A tick that fails is logged and tried again at the next turn; meanwhile `/healthz` turns red by itself,
because nothing renews the engine's last tick.
"""

from __future__ import annotations

import fcntl
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections, connections

from bulou.kernel.database import is_postgres, scalar
from bulou.obligations import engine
from bulou.obligations.models import Tick

log = logging.getLogger(__name__)

LOCK_FILE = "ticker.lock"
LOCK_NAME = "bulou.ticker"


class Ticker:
    """Ticks in a thread of its own until it is stopped."""

    def __init__(self, seconds: float, tick: Callable[[], object] = engine.tick) -> None:
        self._seconds = seconds
        self._tick = tick
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience: float = 10) -> None:
        """Let a running tick end, for so many seconds; what is cut off then is rolled back."""
        self._stopped.set()
        self._thread.join(patience)

    def _run(self) -> None:
        # One thread, so one database connection; an exception stays in its future and ends no loop.
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="tick") as pool:
            first = True
            while first or not self._stopped.wait(self._seconds):
                error = pool.submit(turn, self._tick, self._seconds, first=first).exception()
                if error is not None:
                    log.error("tick failed: %s", type(error).__name__, exc_info=error)
                first = False
            pool.submit(connections.close_all)


def turn(tick: Callable[[], object], seconds: float, *, first: bool = False) -> bool:
    """One turn: tick, unless another server is at it or did so just now. Whether it ticked."""
    close_old_connections()
    with lease() as ours:
        if not ours or (not first and _ticked_within(seconds / 2)):
            return False
        tick()
    return True


def _ticked_within(seconds: float) -> bool:
    ended_at = Tick.objects.filter(pk=1).values_list("ended_at", flat=True).first()
    return ended_at is not None and abs(datetime.now(UTC) - ended_at) < timedelta(seconds=seconds)


@contextmanager
def lease() -> Iterator[bool]:
    """Whether this process may tick now. Given back by the system itself when the process is killed."""
    with _postgres_lease() if is_postgres() else _file_lease(Path(settings.BULOU_HOME) / LOCK_FILE) as ours:
        yield ours


@contextmanager
def _postgres_lease() -> Iterator[bool]:
    ours = bool(scalar("SELECT pg_try_advisory_lock(hashtext(%s))", [LOCK_NAME]))
    try:
        yield ours
    finally:
        if ours:
            scalar("SELECT pg_advisory_unlock(hashtext(%s))", [LOCK_NAME])


@contextmanager
def _file_lease(path: Path) -> Iterator[bool]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
