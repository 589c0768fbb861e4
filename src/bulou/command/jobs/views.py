"""How far a piece of long work is, and the list of all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bulou.command.actors import actor_titles
from bulou.command.asked import Page
from bulou.command.keeping import backups
from bulou.command.operation import health
from bulou.kernel import jobs as work
from bulou.kernel.models import Job, JobState
from bulou.obligations.models import Tick
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, actor, office

TITLES: dict[str, Any] = {
    "imports.check": _("检查上传的表"),
    "imports.bring-in": _("导入"),
    "imports.undo": _("撤销导入"),
    "imports.sweep": _("清理过期的上传"),
    "exports.write": _("导出"),
    "exports.sweep": _("清理过期的导出"),
    "worklists.bulk": _("批量处理缺口"),
    "people.index": _("编入查找"),
    "arrivals.stays": _("到期解除管控"),
    "sync.webhooks": _("通知别的系统"),
    "keeping.backup": _("定时备份"),
    "keys.lookups": _("接着更换查找密钥"),
    "keeping.purge": _("删除过期的个人信息"),
    "jobs.remove-old": _("清理旧的后台工作"),
}
BY_ITSELF = "job"
"""Who asked for work that runs again and again."""
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
    """`/jobs`: whether the house is well, and what waits, runs, failed or was done, the latest first."""
    show = request.GET.get("show", "")
    found = _shown(show).order_by("-created_at", "-id")
    page = Page.of(request, found.count())
    rows = [shown(one) for one in found[page.offset : page.offset + page.size]]
    titles = actor_titles(row["job"].by for row in rows)
    for row in rows:
        row["by"] = titles[row["job"].by]
    return render(request, "jobs/jobs.html", {"rows": rows, "page": page, "show": show, "house": _house()})


def _shown(show: str) -> QuerySet[Job]:
    """What people asked for; `auto`: what runs by itself; `failed`: what failed of both."""
    if show == "failed":
        return Job.objects.filter(state=JobState.FAILED)
    by_itself = Q(by=BY_ITSELF)
    return Job.objects.filter(by_itself if show == "auto" else ~by_itself)


def _house() -> dict[str, Any]:
    """What tells whether the server is well: the engine's last run, the last backup, the work that waits."""
    ticked = Tick.objects.filter(pk=1).values_list("ended_at", flat=True).first()
    due = Job.objects.filter(due_at__lte=work.machine_now())
    states = dict(due.values_list("state").annotate(n=Count("id")).order_by())
    return {
        "well": ticked is not None and health.is_fresh(ticked),
        "ticked": ticked,
        "backed_up": backups.last_made(),
        "waiting": states.get(JobState.QUEUED, 0),
        "running": states.get(JobState.RUNNING, 0),
        "failed": states.get(JobState.FAILED, 0),
    }
