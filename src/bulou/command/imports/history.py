"""Who brought which file, when, what became of it, and whether it can be taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from bulou.command.actors import actor_titles
from bulou.command.asked import Page
from bulou.command.imports import work
from bulou.command.imports.grid import said
from bulou.command.imports.titles import title_of, title_of_name
from bulou.command.jobs.views import shown
from bulou.command.powers import Power
from bulou.kernel import clock, seal
from bulou.kernel.models import Job
from bulou.places import codes
from bulou.places.queries import name_paths
from bulou.sheets.columns import kinds
from bulou.sheets.models import ImportRun, Trace
from bulou.sheets.reading import Problem
from bulou.sheets.undo import WITHIN
from bulou.web.access import OfficeRequest, actor


def visible(request: OfficeRequest) -> QuerySet[ImportRun, ImportRun]:
    """The imports that an account may see, the latest first."""
    return runs_of(request.mandate, actor(request)).order_by("-started_at", "-id")


def runs_of(power: Power, by: str) -> QuerySet[ImportRun, ImportRun]:
    """The county's imports for who answers for the county, else one's own and those within one's area."""
    found = ImportRun.objects.order_by("-id")
    if power.is_of_county:
        return found
    return found.filter(Q(by=by) | codes.within("place", power.scope))


def find(request: OfficeRequest, id: UUID) -> ImportRun:
    """An import that one may see. Raises Http404."""
    found = visible(request).filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def of(request: OfficeRequest, *, latest: int) -> list[dict[str, Any]]:
    """The last imports."""
    return _rows(list(visible(request)[:latest]))


def _rows(runs: list[ImportRun]) -> list[dict[str, Any]]:
    actors = actor_titles(run.by for run in runs)
    paths = name_paths({run.place for run in runs if run.place})
    return [
        {
            "run": run,
            "kind": title_of_name(run.kind),
            "by": actors[run.by],
            "place": paths.get(run.place, ""),
            "may_undo": may_undo(run),
        }
        for run in runs
    ]


def may_undo(run: ImportRun) -> bool:
    """Whether an import can be taken back now."""
    return run.undone_at is None and clock.now() - run.started_at <= WITHIN


def page_of(request: OfficeRequest) -> dict[str, Any]:
    """The list, filtered by kind and state."""
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    found = visible(request)
    if kind:
        found = found.filter(kind=kind)
    if state == "refused":
        found = found.filter(refused__gt=0)
    elif state == "undone":
        found = found.filter(undone_at__isnull=False)
    page = Page.of(request, found.count())
    return {
        "rows": _rows(list(found[page.offset : page.offset + page.size])),
        "page": page,
        "kinds": [(one.name, title_of(one)) for one in kinds() if one.apply],
        "kind": kind,
        "state": state,
    }


def run_page(request: OfficeRequest, id: UUID) -> dict[str, Any]:
    """One import with the problems that were kept, and what an undo left as it is."""
    run = find(request, id)
    kept = Trace.objects.filter(run=run, model="kept").first()
    job = Job.objects.filter(kind=work.UNDO, key=str(run.pk)).order_by("created_at").last()
    problems = [Problem(*one) for one in seal.unseal(run.problems).get("problems", [])]
    page = Page.of(request, len(problems))
    return {
        **_rows([run])[0],
        "page": page,
        "problems": [
            {"sheet": found.sheet, "number": found.row, "said": said(found)}
            for found in problems[page.offset : page.offset + page.size]
        ],
        "kept": [what for what, _why in kept.made] if kept else [],
        "progress": shown(job) if job and run.undone_at is None else None,
        "under_way": work.is_active(job),
        "undone_by": actor_titles([run.undone_by])[run.undone_by] if run.undone_by else "",
    }
