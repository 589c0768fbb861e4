"""Webhooks of a token, and jobs that run for it."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import Field

from bulou.command.api.frame import PROBLEMS, Bearer, actor, token_of
from bulou.command.api.idempotency import REPEATABLE, repeatable
from bulou.kernel import clock, jobs
from bulou.kernel.models import Job
from bulou.kernel.problems import problem
from bulou.rights.capabilities import Capability
from bulou.sync import webhooks
from bulou.sync.models import Webhook

NO_SUCH_JOB = problem("api-no-such-job", _("没有编号为 {id} 的后台工作。"), status=404)

router = Router(tags=["programs"])


class NewWebhook(Schema):
    """Where to send, and which kinds of event (all that are in `docs/events.md` when left out)."""

    url: str = Field(max_length=300)
    kinds: list[str] = Field(default_factory=list, max_length=50)


class WebhookLine(Schema):
    """A webhook; `seq` is the last event that was taken, `last_status` 0 when nobody answered."""

    id: int
    url: str
    kinds: list[str]
    seq: int
    failures: int
    last_status: int | None
    ended: bool


class MadeWebhook(WebhookLine):
    """The secret is shown this once; `Bulou-Signature` is made with it."""

    secret: str


class Webhooks(Schema):
    rows: list[WebhookLine]


class JobLine(Schema):
    """Long work: how far it is, and what came of it."""

    id: UUID
    kind: str
    state: Literal["queued", "running", "done", "failed"]
    progress: int
    total: int
    problem: str
    detail: str
    result: dict[str, Any]


HOOKS: dict[str, Any] = {"auth": Bearer(Capability.SEE_PERSONS)}


@router.get("/webhooks", response={200: Webhooks} | PROBLEMS, operation_id="list_webhooks", **HOOKS)
def list_webhooks(request: HttpRequest) -> HttpResponse:
    """The webhooks of this token."""
    found = Webhook.objects.filter(token=token_of(request)).order_by("id")
    return JsonResponse({"rows": [_line(hook) for hook in found]})


@router.post(
    "/webhooks",
    response={201: MadeWebhook} | PROBLEMS,
    operation_id="make_webhook",
    openapi_extra=REPEATABLE,
    **HOOKS,
)
@repeatable
def make_webhook(request: HttpRequest, new: NewWebhook) -> tuple[int, object]:
    """Send what happens from now on to an address, signed, at least once and in order."""
    hook, secret = webhooks.make(token_of(request), new.url, new.kinds, by=actor(request))
    return 201, _line(hook) | {"secret": secret}


@router.delete(
    "/webhooks/{int:id}", response={200: WebhookLine} | PROBLEMS, operation_id="end_webhook", **HOOKS
)
def end_webhook(request: HttpRequest, id: int) -> HttpResponse:
    """Send nothing any more."""
    if id >= 2**63:
        raise webhooks.NO_SUCH_WEBHOOK.error(id=id)
    webhooks.end(token_of(request), id, by=actor(request))
    return JsonResponse(_line(Webhook.objects.get(pk=id)))


def _line(hook: Webhook) -> dict[str, Any]:
    return {
        "id": hook.pk,
        "url": hook.url,
        "kinds": hook.kinds,
        "seq": hook.seq,
        "failures": hook.failures,
        "last_status": hook.last_status,
        "ended": hook.ended_at is not None and hook.ended_at <= clock.now(),
    }


@router.get("/jobs/{id}", response={200: JobLine} | PROBLEMS, operation_id="read_job", auth=Bearer())
def read_job(request: HttpRequest, id: UUID) -> HttpResponse:
    """Long work that this token's post asked for."""
    one = Job.objects.filter(pk=id, by=actor(request)).first()
    if one is None:
        raise NO_SUCH_JOB.error(id=id)
    return JsonResponse(
        {
            "id": str(one.pk),
            "kind": one.kind,
            "state": one.state,
            "progress": one.progress,
            "total": one.total,
            "problem": one.problem,
            "detail": jobs.sentence(one) if one.problem else "",
            "result": one.result,
        }
    )
