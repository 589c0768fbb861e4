"""Boards that were worked out already, for as long as the books have not moved on.

The version is read anew for each request; whatever can change a board changes it: an event, an act in the
audit chain, a tick, evidence, an outline, and the minute, in which open becomes overdue and holdings end.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, TypeVar

from bulou.kernel.database import rows

Made = TypeVar("Made")
MOST = 256
"""So many boards are kept; the one that was not asked for longest goes first."""

Version = tuple[Any, ...]


def version(now: datetime) -> Version:
    """What a board depends on, with one statement."""
    found = rows(
        "SELECT (SELECT max(seq) FROM kernel_event), (SELECT max(seq) FROM kernel_auditline), "
        "(SELECT ended_at FROM obligations_tick WHERE id = 1), (SELECT max(at) FROM obligations_hour), "
        "(SELECT max(id) FROM obligations_unknown), "
        "(SELECT count(*) FROM obligations_unknown WHERE settled_at IS NULL), "
        "(SELECT max(imported_at) FROM places_shape)"
    )
    return (*found[0], f"{now:%Y%m%d%H%M}")


class Held:
    """A bounded store; what many ask for at once is made by one of them."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What is kept under the key, else what `make` gives."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            turn = self._making.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            try:
                made = make()
                with self._lock:
                    self._kept[key] = made
                    while len(self._kept) > MOST:
                        self._kept.popitem(last=False)
                return made
            finally:
                with self._lock:
                    self._making.pop(key, None)

    def forget(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._kept.clear()


boards = Held()
fragments = Held()
outlines = Held()


def forget() -> None:
    """Let go of everything that is held: a database whose numbers begin anew was put in place."""
    for held in (boards, fragments, outlines):
        held.forget()
