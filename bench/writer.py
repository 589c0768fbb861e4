"""Events that arrive while others read: a process of its own, whose books follow each small transaction."""

from __future__ import annotations

import os
import sys
import time

EVENTS_A_SECOND, BATCHES_A_SECOND = 200, 4


def main(people: int, seconds: float) -> None:
    """Reports of people who were silent, one after the other, so that the books really change."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bulou.config.settings")
    import django

    django.setup()
    from bench import books, county
    from bench.duty import Reported
    from bulou.kernel.database import atomic
    from bulou.kernel.events import NewEvent, append
    from bulou.obligations import engine

    silent = iter(n for n in range(people) if n % 1000 >= county.REPORTED * 1000)
    size, ends = EVENTS_A_SECOND // BATCHES_A_SECOND, time.monotonic() + seconds
    while time.monotonic() < ends:
        began = time.monotonic()
        batch = [
            NewEvent(
                kind=Reported.kind,
                subject=next(silent, n) + 1,
                place="",
                actor="bench",
                happened_at=books.now_of(0, 19),
            )
            for n in range(size)
        ]
        with atomic():
            before = engine.newest_event()
            append(batch)
            engine.settle({Reported.kind}, before)
        time.sleep(max(0, 1 / BATCHES_A_SECOND - (time.monotonic() - began)))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
