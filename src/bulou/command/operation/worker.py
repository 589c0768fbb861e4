"""The worker: works off jobs in a thread of the server. Any number of them share the work."""

from __future__ import annotations

import threading

from bulou.kernel import job_worker


class Worker:
    """Works off jobs until it is stopped."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=job_worker.work_off, args=[self._stopped], name="worker", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience: float = 10) -> None:
        """Let a running job end, for so many seconds; one that is cut off is repeated after its lease."""
        self._stopped.set()
        self._thread.join(patience)
