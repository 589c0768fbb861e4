"""A worker to be killed: `python -m bulou.kernel.tests.worker`, with leases of a fraction of a second.

Each job `test.once` writes one line into the audit chain, slowly, so that a kill falls anywhere.
"""

from __future__ import annotations

import sys
import threading
import time
from datetime import timedelta

import django

STEP = 0.01


def main() -> None:
    django.setup()
    from bulou.kernel import job_worker, jobs

    jobs.LEASE, job_worker.BEAT, job_worker.IDLE, job_worker.MOST_ATTEMPTS = (
        timedelta(seconds=0.4),
        0.05,
        0.05,
        1000,
    )
    jobs.job("test.once")(once)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    job_worker.work_off(threading.Event())


def once(args: dict, tell) -> dict:
    from bulou.kernel import audit, jobs
    from bulou.kernel.database import atomic
    from bulou.kernel.models import AuditLine

    subject = str(jobs.current().pk)
    for step in range(5):
        tell(step, 5)
        time.sleep(STEP)
    with atomic():
        if not AuditLine.objects.filter(subject=subject).exists():
            audit.record("test.once", by="job", subject=subject)
            time.sleep(STEP)
        jobs.hold_lease()
    time.sleep(STEP)
    return {"n": args["n"]}


if __name__ == "__main__":
    main()
