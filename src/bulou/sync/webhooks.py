"""Webhooks: the change feed brought to another program, signed, at least once and in order.

A batch is sent again until it is answered with 2xx, each time later than the last. Only hosts that the
system administrator has named (`BULOU_WEBHOOK_HOSTS`) are ever called.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.facts.base import FACTS
from bulou.kernel import audit, clock, events, jobs, seal
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.sync import feed
from bulou.sync.models import Token, Webhook

BAD_URL = problem(
    "webhook-bad-url",
    _("网址应以 https:// 开头,主机须由系统管理员写进 BULOU_WEBHOOK_HOSTS(现有:{hosts})。"),
)
BAD_KIND = problem("webhook-bad-kind", _("没有“{kind}”这种事件:请对照 docs/events.md。"))
NO_SUCH_WEBHOOK = problem("no-such-webhook", _("本令牌没有编号为 {id} 的回调。"), status=404)

BATCH = 100
TIMEOUT_SECONDS = 10
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)
EVERY = timedelta(seconds=30)


def make(token: Token, url: str, kinds: Iterable[str], *, by: str) -> tuple[Webhook, str]:
    """Send what happens from now on in the token's scope to an address: the row, and its secret.

    The secret cannot be had again. Raises `webhook-bad-url`, `webhook-bad-kind`.
    """
    _check_url(url)
    wanted = sorted(set(kinds))
    for kind in wanted:
        if kind not in FACTS:
            raise BAD_KIND.error(kind=kind)
    secret, now = secrets.token_urlsafe(32), jobs.machine_now()
    with atomic():
        hook = Webhook.objects.create(
            token=token,
            url=url,
            kinds=wanted,
            sealed=seal.seal({"secret": secret}),
            seq=events.newest_seq(),
            made_at=clock.now(),
            next_at=now,
        )
        audit.record(
            "webhook.made", by=by, subject=f"webhook:{hook.pk}", place=token.scope, detail={"kinds": wanted}
        )
    return hook, secret


def end(token: Token, id: int, *, by: str) -> None:
    """Send nothing any more. Raises `no-such-webhook`; one that ended already stays as it is."""
    with atomic():
        hook = Webhook.objects.filter(token=token, pk=id).first()
        if hook is None:
            raise NO_SUCH_WEBHOOK.error(id=id)
        if Webhook.objects.filter(pk=id, ended_at__isnull=True).update(ended_at=clock.now()):
            audit.record("webhook.ended", by=by, subject=f"webhook:{id}", place=token.scope)


def running(now: datetime) -> QuerySet[Webhook, Webhook]:
    """Webhooks that have not ended, and whose token is still good."""
    return Webhook.objects.filter(
        Q(token__withdrawn_at__isnull=True), ended_at__isnull=True, token__ends_at__gt=now
    ).select_related("token")


def _check_url(url: str) -> None:
    where = urlsplit(url)
    hosts = settings.BULOU_WEBHOOK_HOSTS
    # A test bench on this machine may do without TLS; a name from outside may not.
    secure = where.scheme == "https" or (
        where.scheme == "http" and where.hostname in ("127.0.0.1", "localhost")
    )
    if not secure or where.netloc not in hosts or "@" in where.netloc:
        raise BAD_URL.error(hosts="、".join(hosts) or "—")


@jobs.job("sync.webhooks", every=EVERY)
def deliver(_args: dict[str, Any], _tell: jobs.Tell) -> dict[str, Any]:
    """Send each webhook what it has not had yet."""
    due = running(clock.now()).filter(next_at__lte=jobs.machine_now()).order_by("next_at")
    return {"sent": sum(_deliver(hook) for hook in due)}


def _deliver(hook: Webhook) -> int:
    """Send batch after batch until there is no more, or one fails; how many events were taken."""
    sent = 0
    while True:
        found = feed.changes(hook.token.scope, after=hook.seq, kinds=hook.kinds, limit=BATCH)
        if not found.rows:
            return sent
        status = send(hook, found)
        if not 200 <= status < 300:
            _put_off(hook, status)
            return sent
        sent += len(found.rows)
        Webhook.objects.filter(pk=hook.pk, seq=hook.seq).update(
            seq=found.next, failures=0, last_status=status
        )
        hook.seq = found.next


def send(hook: Webhook, found: feed.Changes) -> int:
    """POST one batch, signed; the answer's status, 0 when nobody answered. Redirects are not followed."""
    body = json.dumps(found.as_json(), ensure_ascii=False).encode()
    where = urlsplit(hook.url)
    kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
    path = (where.path or "/") + (f"?{where.query}" if where.query else "")
    headers = {"Content-Type": "application/json", "Bulou-Signature": signature(hook, body)}
    try:
        with closing(kind(where.netloc, timeout=TIMEOUT_SECONDS)) as connection:
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
    except (OSError, HTTPException):
        return 0


def signature(hook: Webhook, body: bytes) -> str:
    """`t=<seconds since 1970>,v1=<hex>`: HMAC-SHA256 with the secret over `<t>.<body>`."""
    at = int(jobs.machine_now().timestamp())
    secret = seal.unseal(hook.sealed)["secret"].encode()
    return f"t={at},v1={hmac.new(secret, f'{at}.'.encode() + body, hashlib.sha256).hexdigest()}"


def _put_off(hook: Webhook, status: int) -> None:
    delay = min(FIRST_DELAY * 2 ** min(hook.failures, 10), LONGEST_DELAY)
    Webhook.objects.filter(pk=hook.pk).update(
        failures=hook.failures + 1, last_status=status, next_at=jobs.machine_now() + delay
    )
