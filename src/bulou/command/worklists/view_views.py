"""Keeping and removing a view of a list."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bulou.command.worklists import saved
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, office


@require_POST
@office(Capability.SEE_PERSONS)
def keep(request: OfficeRequest) -> HttpResponse:
    """`/gaps/views`: keep the list's filters under a name."""
    page = request.POST.get("list", "gaps")
    if page not in saved.PAGES:
        raise Http404
    given = QueryDict(request.POST.get("query", ""))
    view = saved.keep(
        request.mandate,
        page=page,
        name=request.POST.get("name", ""),
        given={name: given.get(name, "") for name in given},
        shared=request.POST.get("shared") == "1",
    )
    messages.success(request, _("已保存视图“{name}”。").format(name=view.name))
    return HttpResponseRedirect(f"{reverse(page)}?{view.query}")


@require_POST
@office(Capability.SEE_PERSONS)
def remove(request: OfficeRequest, id: int) -> HttpResponse:
    """`/gaps/views/<id>/remove`: remove one's own view."""
    page = saved.remove(request.mandate, id)
    if not page:
        raise Http404
    return HttpResponseRedirect(reverse(page))
