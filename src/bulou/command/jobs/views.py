"""How far a piece of long work is, and the list of all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bulou.command.actors import actor_titles
from bulou.command.asked import Page
from bulou.kernel import jobs as work
from bulou.kernel.models import Job, JobState
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office

TITLES: dict[str, Any] = {
    "imports.check": _("检查上传的表"),
    "imports.bring-in": _("导入"),
    "imports.undo": _("撤销导入"),
    "imports.sweep": _("清理过期的上传"),
    "jobs.remove-old": _("清理旧的后台工作"),
}
STATES = {
    JobState.QUEUED: "waiting",
    JobState.RUNNING: "running",
    JobState.DONE: "done",
    JobState.FAILED: "failed",
}
"""What the progress component calls them."""


def shown(one: Job) -> dict[str, Any]:
    """A job as the progress component and the list show it."""
    return {
        "job": one,
        "title": TITLES.get(one.kind, one.kind),
        "state": STATES[JobState(one.state)],
        "says": work.sentence(one) if one.state == JobState.FAILED else "",
    }


@never_cache
@require_safe
@office()
def job(request: OfficeRequest, id: UUID) -> HttpResponse:
    """`/jobs/<id>`: how far it is. One's own, or anybody's for who keeps the house.

    The page that asked is loaded anew when the work has ended.
    """
    found = Job.objects.filter(pk=id).first()
    if found is None or not (found.by == actor(request) or request.mandate.may(Capability.KEEP_HOUSE)):
        raise Http404
    answer = render(request, "jobs/job.html", shown(found))
    if request.headers.get("HX-Request") and found.state not in work.ACTIVE:
        answer["HX-Refresh"] = "true"
    return answer


@never_cache
@require_safe
@office(Capability.KEEP_HOUSE)
def jobs(request: OfficeRequest) -> HttpResponse:
    """`/jobs`: what waits, runs, failed or was done, the latest first."""
    found = Job.objects.order_by("-created_at", "-id")
    page = Page.of(request, found.count())
    rows = [shown(one) for one in found[page.offset : page.offset + page.size]]
    titles = actor_titles(row["job"].by for row in rows)
    for row in rows:
        row["by"] = titles[row["job"].by]
    return render(request, "jobs/jobs.html", {"rows": rows, "page": page})
