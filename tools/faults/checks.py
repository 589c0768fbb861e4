"""Questions about a home, each asked by a process of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

OF_BOOKS = ("obligations", "roll_ups", "escalations")


def registers() -> dict[str, str]:
    """The state of everything that an import writes itself."""
    from tools.faults import fingerprint

    return fingerprint.digests()


def final() -> dict[str, Any]:
    """The state at the end: digests, differences of the books, and where the audit chain breaks."""
    from bulou.kernel import audit
    from bulou.obligations.reconcile import reconcile
    from tools.faults import fingerprint

    return {
        "digests": fingerprint.digests(),
        "differences": [one.as_json() for one in reconcile()],
        "audit_broken_at": audit.broken_at(),
        "half": half_imports(),
    }


def half_imports() -> list[str]:
    """Events of imports that are in no list of imports, and imports whose rows are not all there."""
    from django.db.models import Count

    from bulou.kernel.models import Event
    from bulou.sheets.models import ImportRun

    runs = {f"import:{run.pk}": run for run in ImportRun.objects.all()}
    wrote = dict(
        Event.objects.filter(actor__startswith="import:").values_list("actor").annotate(n=Count("subject"))
    )
    orphans = [actor for actor in wrote if actor not in runs]
    silent = [
        run.kind for actor, run in runs.items() if run.kind in EACH_ROW and wrote.get(actor, 0) < run.new
    ]
    return orphans + silent


EACH_ROW = {"residents", "monitoring", "health_reports"}
"""Kinds of which each new row has an event at least."""


def runs_of(file: Path) -> Callable[[], list[str]]:
    """The imports of this very file that were recorded."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest()

    def ask() -> list[str]:
        from bulou.sheets.models import ImportRun

        return [str(pk) for pk in ImportRun.objects.filter(file_digest=digest).values_list("pk", flat=True)]

    return ask


def present(ids: Sequence[str]) -> Callable[[], list[str]]:
    """Which of these events are in the ledger."""

    def ask() -> list[str]:
        from bulou.kernel.models import Event

        return [str(id) for id in Event.objects.filter(id__in=ids).values_list("id", flat=True)]

    return ask


def rows(tables: Sequence[str]) -> Callable[[], dict[str, list[str]]]:
    """The rows of tables, to see what differs."""

    def ask() -> dict[str, list[str]]:
        from tools.faults import fingerprint

        return {table: fingerprint.rows(table) for table in tables}

    return ask
