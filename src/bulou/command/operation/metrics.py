"""`/metrics` for Prometheus: counts and ages, never a person, a place below the county or a value.

Counters of requests are added up over the server's workers through a folder (`PROMETHEUS_MULTIPROC_DIR`,
set by `bulou serve`); what the database knows is asked when somebody looks.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bulou.command.api.server import answer
from bulou.kernel.database import scalar
from bulou.kernel.models import Job, JobState
from bulou.kernel.problems import BulouError
from bulou.obligations import gaps
from bulou.obligations.models import Tick
from bulou.rights.capabilities import Capability
from bulou.sync import tokens
from bulou.web.access import public

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
MEMORY = Path("/dev/shm")  # noqa: S108  only its own folder in it, made anew, for its owner alone


class Books(Collector):
    """What the database knows of the whole county."""

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("bulou_events", "Events in the ledger.", value=_events())
        yield GaugeMetricFamily("bulou_tick_age_seconds", "Since the engine's last run.", value=_tick_age())
        yield _labelled("bulou_gaps", "What is missing now.", "gap", _gaps())
        yield _labelled("bulou_jobs", "Long work, by where it stands.", "state", _jobs())


def _events() -> int:
    return int(scalar("SELECT coalesce(max(seq), 0) FROM kernel_event") or 0)


def _tick_age() -> float:
    ended_at = Tick.objects.filter(pk=1).values_list("ended_at", flat=True).first()
    return (datetime.now(UTC) - ended_at).total_seconds() if ended_at else float("inf")


def _gaps() -> dict[str, int]:
    return {gap.value: count for gap, count in gaps.counts(settings.BULOU_COUNTY).items()}


def _jobs() -> dict[str, int]:
    counted = dict(Job.objects.order_by().values_list("state").annotate(n=Count("id")))
    return {state.value: counted.get(state, 0) for state in JobState}


def _labelled(name: str, words: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family


@public("for a monitor that shows a token with the capability keep-house", formats=("text",))
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics, for a token that may keep the house."""
    with override("en"):
        try:
            token = tokens.authenticate(request.headers.get("Authorization", ""))
            tokens.check_may(token, Capability.KEEP_HOUSE)
        except BulouError as error:
            return answer(error)
    registry = CollectorRegistry()
    registry.register(Books())
    return HttpResponse(_workers() + generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _workers() -> bytes:
    """The counters of all workers, or of this one where there is only one."""
    if FOLDER not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def shared_folder() -> dict[str, str]:
    """An empty folder for the workers' counters, as their environment names it.

    In memory where the system has a place for that: the counters are mapped files with holes, and a full
    disk would end the worker that writes into a hole (SIGBUS).
    """
    home = Path(settings.BULOU_HOME)
    name = hashlib.sha256(bytes(home)).hexdigest()[:16]
    folder = MEMORY / f"bulou-{name}" if MEMORY.is_dir() else home / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return {FOLDER: str(folder)}
