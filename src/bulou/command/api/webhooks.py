"""Webhooks of a token: what happens is sent to an address, signed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema
from pydantic import Field

from bulou.command.api.frame import PROBLEMS, Bearer, actor, token_of
from bulou.command.api.idempotency import REPEATABLE, repeatable
from bulou.kernel import clock
from bulou.rights.capabilities import Capability
from bulou.sync import webhooks
from bulou.sync.models import Webhook

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
