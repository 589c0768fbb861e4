"""Working off what `jobs` were asked for: claimed, run, tried again when one fails, repeated when planned."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, close_old_connections, connection, connections
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from bulou.kernel import jobs, outages
from bulou.kernel.jobs import (
    ACTIVE,
    Hold,
    LeaseLostError,
    Tell,
    enqueue,
    held,
    job,
    machine_now,
)
from bulou.kernel.models import Job, JobState
from bulou.kernel.problems import BulouError, ProblemKind, problem

log = logging.getLogger(__name__)

JOB_FAILED = problem(
    "job-failed",
    _("这项工作试了 {attempts} 次都没有做成,什么也没有改动:请把编号 {id} 告诉系统管理员。"),
    status=500,
)

BEAT = 1.0
"""Seconds between looks at what there is to tell; a lease is renewed when a third of it is gone."""

MOST_ATTEMPTS = 5

FIRST_DELAY = timedelta(seconds=5)

LONGEST_DELAY = timedelta(minutes=10)

OUTAGE_DELAY = timedelta(seconds=30)

IDLE = 0.5
"""Seconds between looks at an empty queue."""

PLANNED_EVERY = timedelta(seconds=30)

KEPT = timedelta(days=30)


def run_due(most: int | None = None) -> int:
    """Work off what is due, as far as `most` jobs; how many were worked off."""
    plan_repeated()
    count = 0
    while (most is None or count < most) and run_one():
        count += 1
    return count


def run_one() -> bool:
    """Work off one job. False when none is due."""
    hold = _claim()
    if hold is None:
        return False
    _work(hold)
    return True


def _due(now: datetime) -> Q:
    waiting = Q(state=JobState.QUEUED, due_at__lte=now)
    return (waiting | Q(state=JobState.RUNNING, leased_until__lt=now)) & Q(kind__in=list(jobs.KINDS))


def _claim() -> Hold | None:
    """Take the job that is due longest. Of two workers that see the same one only one gets it."""
    while True:
        now, lease = machine_now(), uuid.uuid4()
        found = Job.objects.filter(_due(now)).order_by("due_at", "id").first()
        if found is None:
            return None
        due = Job.objects.filter(_due(now), pk=found.pk)
        if found.attempts >= MOST_ATTEMPTS:
            due.update(**_ending(JobState.FAILED, JOB_FAILED.code, _params(found)))
        elif due.update(
            state=JobState.RUNNING,
            lease=lease,
            leased_until=now + jobs.LEASE,
            attempts=found.attempts + 1,
            started_at=found.started_at or now,
            problem="",
        ):
            found.attempts += 1
            return Hold(found, lease, now)


def _params(one: Job) -> dict[str, Any]:
    return {"params": {"attempts": one.attempts, "id": str(one.pk)}}


def _ending(state: JobState, code: str = "", result: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "state": state,
        "lease": None,
        "leased_until": None,
        "ended_at": machine_now(),
        "problem": code,
        "result": result or {},
    }


def _work(hold: Hold) -> None:
    """Run the handler and write down how it ended; what another worker has taken over is left to it."""
    handler = jobs.KINDS[hold.job.kind].handler
    token = held.set(hold)
    try:
        with _heartbeat(hold):
            result = handler(hold.job.args, hold.tell)
        done, total = hold.at
        hold.row.update(**_ending(JobState.DONE, result=result), progress=done, total=total)
    except LeaseLostError:
        log.warning("job %s %s was taken over by another worker", hold.job.kind, hold.job.pk)
    except BulouError as error:
        params = {name: str(value) for name, value in error.params.items()}
        hold.row.update(**_ending(JobState.FAILED, error.code, {"params": params}))
    except Exception as error:
        # A handler is code of any room; whatever it raises must not end the worker of all the others.
        log.exception("job %s %s failed", hold.job.kind, hold.job.pk)
        _put_back(hold, outages.kind_of(error))
    finally:
        held.reset(token)


def _put_back(hold: Hold, outage: ProblemKind | None) -> None:
    """Let a job that failed be tried again later, each time later than the last, or give it up.

    An outage is none of the job's doing: it uses up no attempt, and the job says what it waits for.
    """
    if outage:
        _queue(hold, OUTAGE_DELAY, attempts=hold.job.attempts - 1, problem=outage.code)
        return
    if hold.job.attempts >= MOST_ATTEMPTS:
        hold.row.update(**_ending(JobState.FAILED, JOB_FAILED.code, _params(hold.job)))
        return
    delay = min(FIRST_DELAY * 6 ** (hold.job.attempts - 1), LONGEST_DELAY)
    _queue(hold, delay)


def _queue(hold: Hold, delay: timedelta, **more: Any) -> None:
    hold.row.update(
        state=JobState.QUEUED, lease=None, leased_until=None, due_at=machine_now() + delay, **more
    )


@contextmanager
def _heartbeat(hold: Hold) -> Iterator[None]:
    """Renew the lease and write the progress beside the handler, on a connection of its own.

    Within a caller's transaction nobody else sees the job: there is nothing to renew.
    """
    if connection.in_atomic_block:
        yield
        return
    thread = threading.Thread(target=_beat, args=[hold], name="job-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        hold.ended.set()
        thread.join()


def _beat(hold: Hold) -> None:
    while not hold.ended.wait(BEAT):
        if hold.at == hold.told and machine_now() - hold.renewed_at < jobs.LEASE / 3:
            continue
        try:
            hold.renew()
        except LeaseLostError:
            break
        except (DatabaseError, InterfaceError) as error:
            # While the handler itself writes, SQLite lets nobody else write, and nobody else take the job.
            log.info("job %s: lease not renewed now: %s", hold.job.pk, type(error).__name__)
            connections.close_all()
    connections.close_all()


def plan_repeated() -> None:
    """Put in the next turn of each kind that repeats, where none waits or runs."""
    repeated = {name: kind.every for name, kind in jobs.KINDS.items() if kind.every}
    of_kinds = Job.objects.filter(kind__in=repeated)
    planned = set(of_kinds.filter(state__in=ACTIVE).values_list("kind", flat=True))
    missing = repeated.keys() - planned
    if not missing:
        return
    ended = dict(of_kinds.values_list("kind").annotate(last=Max("ended_at")))
    for name in sorted(missing):
        last, every = ended.get(name), repeated[name]
        enqueue(name, by="job", key="every", at=last + every if last and every else None)


def work_off(stop: threading.Event) -> None:
    """Work off jobs until told to stop; a database that is away is waited for."""
    planned_at: datetime | None = None
    while not stop.is_set():
        close_old_connections()
        try:
            if planned_at is None or machine_now() - planned_at > PLANNED_EVERY:
                plan_repeated()
                planned_at = machine_now()
            busy = run_one()
        except (DatabaseError, InterfaceError) as error:
            log.error("jobs wait for the database: %s", type(error).__name__)
            connections.close_all()
            busy = False
        if not busy:
            stop.wait(IDLE)
    connections.close_all()


@job("jobs.remove-old", every=timedelta(days=1))
def remove_old(_args: dict[str, Any], _tell: Tell) -> dict[str, Any]:
    """Delete what ended a month ago; what it did is in the audit chain of whoever did it."""
    gone, _each = Job.objects.filter(ended_at__lt=machine_now() - KEPT).delete()
    return {"removed": gone}
