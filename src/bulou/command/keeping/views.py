"""Keeping as the privacy officer and the system administrator read it: reading only, acts are commands."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from bulou.command.keeping import doctor, papers
from bulou.command.keeping.state import due_rules, state
from bulou.kernel import clock, purging, retention
from bulou.kernel.models import AuditLine
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, office

READERS = (Capability.AUDIT, Capability.KEEP_HOUSE)


@never_cache
@require_GET
@office(any_of=READERS)
def keeping(request: OfficeRequest) -> HttpResponse:
    """`/keeping`: what falls due when, the last purge, backup and rehearsal, and what is wrong with them."""
    _of_county(request)
    now, found = clock.now(), state()
    order = retention.ordered(now)
    lines = due_rules(order.rules(), now)
    checks = [said for part in (doctor.backup_age, doctor.rehearsal_age, doctor.key_copy) for said in part()]
    context = {
        "checks": checks,
        "wrong": sum(not well for _name, well, _says in checks),
        "rules": lines,
        "order": order,
        "due": sum(one.due for one in lines),
        "soon": sum(one.soon for one in lines),
        "state": found,
        "age": now - found.backup.at if found.backup else None,
        "purges_by_itself": settings.BULOU_PURGE,
        "folder": bool(settings.BULOU_BACKUP_FOLDER),
        "every": round(settings.BULOU_BACKUP_HOURS),
        "keep": settings.BULOU_BACKUP_KEEP,
        "days": settings.BULOU_BACKUP_DAYS,
    }
    return render(request, "keeping/keeping.html", context)


@never_cache
@require_GET
@office(any_of=READERS, formats=("html", "pdf"))
def proof(request: OfficeRequest, seq: int) -> HttpResponse:
    """`/keeping/purges/<seq>`: the proof of a purge on paper, from its line in the audit chain."""
    _of_county(request)
    line = AuditLine.objects.filter(pk=seq, action=purging.PURGED).first()
    if line is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="purge-{seq}.pdf"'}
    return HttpResponse(papers.proof(line.detail), content_type="application/pdf", headers=headers)


def _of_county(request: OfficeRequest) -> None:
    """Backups and purges are of the whole county. Raises Http404 for a narrower mandate."""
    if not request.mandate.is_of_county:
        raise Http404
