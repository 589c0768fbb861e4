"""Long work that survives a restart: leased, repeated when its worker dies, never done twice at once.

A handler is registered with `@job("kind")` and must be idempotent: a worker that dies after the effect and
before it could say so is followed by another. What it writes stands or falls with its lease when it calls
`hold_lease()` as the last statement of its transaction. Work that must be done again and again says `every`.
Who works it off: `job_worker`.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.kernel.models import Job, JobState
from bulou.kernel.problems import CATALOGUE, problem

NO_SUCH_JOB_KIND = problem("no-such-job-kind", _("没有“{kind}”这种后台工作。"), status=404)

LEASE = timedelta(seconds=60)
ACTIVE = (JobState.QUEUED, JobState.RUNNING)

Tell = Callable[[int, int], None]
Handler = Callable[[dict[str, Any], Tell], dict[str, Any] | None]


@dataclass(frozen=True)
class Kind:
    """What works a kind off, and how often it runs by itself."""

    handler: Handler
    every: timedelta | None


KINDS: dict[str, Kind] = {}


def job(kind: str, *, every: timedelta | None = None) -> Callable[[Handler], Handler]:
    """Register the handler of a kind; with `every` it runs so often by itself, with no arguments."""

    def register(handler: Handler) -> Handler:
        KINDS[kind] = Kind(handler, every)
        return handler

    return register


def enqueue(
    kind: str, args: dict[str, Any] | None = None, *, by: str, key: str = "", at: datetime | None = None
) -> Job:
    """Ask for work, in the caller's transaction. With a `key` the one that waits or runs already is given.

    Raises `no-such-job-kind`.
    """
    if kind not in KINDS:
        raise NO_SUCH_JOB_KIND.error(kind=kind)
    now = machine_now()
    asked = Job(kind=kind, key=key, args=args or {}, by=by, due_at=at or now, created_at=now)
    while True:
        Job.objects.bulk_create([asked], ignore_conflicts=bool(key))
        found = Job.objects.filter(kind=kind, key=key, state__in=ACTIVE) if key else _of(asked)
        if stands := found.first():
            return stands


def machine_now() -> datetime:
    """The machine's time, which goes on when Bulou's clock is stopped."""
    return datetime.now(UTC)


def _of(asked: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=asked.pk)


def sentence(one: Job) -> str:
    """Why a job failed, and what to do; empty when it has not."""
    kind = CATALOGUE.get(one.problem)
    return kind.say(**one.result.get("params", {})) if kind else one.problem


class LeaseLostError(Exception):
    """Another worker has the job now: whatever this one still does must not count."""


@dataclass
class Hold:
    """A job in the hands of this worker, and what is to be told about it."""

    job: Job
    lease: uuid.UUID
    renewed_at: datetime
    at: tuple[int, int] = (0, 0)
    told: tuple[int, int] = (0, 0)
    lost: bool = False
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def row(self) -> QuerySet[Job]:
        """The job's row while it is ours."""
        return Job.objects.filter(pk=self.job.pk, lease=self.lease, state=JobState.RUNNING)

    def tell(self, done: int, total: int) -> None:
        """Note how far the work is; the heartbeat writes it down. Raises LeaseLostError."""
        self.at = (done, total)
        if self.lost:
            raise LeaseLostError(self.job.pk)

    def renew(self) -> None:
        """Extend the lease and write the progress. Raises LeaseLostError."""
        now, (done, total) = machine_now(), self.at
        if not self.row.update(leased_until=now + LEASE, progress=done, total=total):
            self.lost = True
            raise LeaseLostError(self.job.pk)
        self.renewed_at, self.told = now, (done, total)


held: ContextVar[Hold | None] = ContextVar("current_job", default=None)
"""The job in the hands of this thread's worker."""


def current() -> Job | None:
    """The job that is being worked off here; its id makes what it does the same at every attempt."""
    hold = held.get()
    return hold.job if hold else None


def hold_lease() -> None:
    """Make the open transaction stand only while the job is still ours; outside a job nothing is asked.

    As the last statement before the commit: from here on the row is locked, so nobody can take the job
    over before what was written is there to be seen. Raises LeaseLostError.
    """
    hold = held.get()
    if hold:
        hold.renew()
