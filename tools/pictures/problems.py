"""What goes wrong, and has no name in the URL conf."""

from __future__ import annotations

from collections.abc import Iterator

from tools.pictures.house import client
from tools.pictures.shots import Shot

FAILURE, STALE = "/-failure-", "/-stale-"
MANY = {f"field{n}": "" for n in range(1001)}
TRIES = 8
WRONG = {"username": "nobody-at-all", "password": "wrong"}


def shots() -> Iterator[Shot]:
    """The error pages and the lock-out."""
    yield Shot("400", path="/login", who="", body=MANY)
    yield Shot("403", path="/rights", who="grid")
    yield Shot("404", path="/nowhere", who="county")
    yield Shot("404", "nobody", path="/nowhere", who="")
    yield Shot("500", path=FAILURE, who="")
    yield Shot("csrf", path=STALE, who="county")
    for _try in range(TRIES + 1):
        client("").post("/login", WRONG)
    yield Shot("locked", path="/login", who="", body=WRONG)
