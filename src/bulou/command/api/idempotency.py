"""A repeated request gets the first one's answer (`Idempotency-Key`), and what it did is done once.

The effect and the kept answer are written in one transaction: a server killed in between did neither.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _

from bulou.command.api.etags import IF_MATCH
from bulou.command.api.frame import PROBLEMS, Bearer, Problem, token_of
from bulou.kernel import seal
from bulou.kernel.database import atomic
from bulou.kernel.jobs import machine_now
from bulou.kernel.problems import problem
from bulou.rights.capabilities import Capability
from bulou.sync.models import KeptAnswer

KEY_REUSED = problem(
    "idempotency-key-reused",
    _("这个 Idempotency-Key 已经用于另一个内容不同的请求:请换一个新的。"),
    status=422,
)
STILL_RUNNING = problem("idempotency-still-running", _("同一个请求还在办理:请过几秒钟原样再试。"), status=409)
BAD_KEY = problem("idempotency-bad-key", _("Idempotency-Key 应为 1 到 100 个 ASCII 字符。"))

HEADER = "Idempotency-Key"
PATIENCE = timedelta(seconds=60)
"""A request that has not ended by then was killed; the next one with its key begins anew."""
REPEATABLE: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": HEADER,
            "required": False,
            "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
            "description": "The same key with the same request gives the first answer again, for 30 days.",
        }
    ]
}
CHECKED: dict[str, Any] = {"parameters": [*REPEATABLE["parameters"], IF_MATCH]}
"""Of a verb that also asks whether what it changes is still what its sender read."""
Verb = Callable[..., tuple[int, Any]]


def repeatable(verb: Verb) -> Callable[..., HttpResponse]:
    """An endpoint that does something: `(status, answer)` becomes a response, once for each key."""

    @functools.wraps(verb)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        def done() -> tuple[int, Any]:
            return verb(request, *args, **kwargs)

        status, body = _once(request, done) if HEADER in request.headers else done()
        return JsonResponse(body, status=status)

    # The types in the signature are those of the endpoint's module, not of this one.
    wrapped.__signature__ = inspect.signature(verb, eval_str=True)  # type: ignore[attr-defined]
    return wrapped


def act(
    name: str,
    answer: Any,
    *may: Capability,
    any_of: Sequence[Capability] = (),
    status: int = 200,
    checked: bool = False,
    refuses: Sequence[int] = (),
) -> dict[str, Any]:
    """How an endpoint that does something is declared: its answer, and what its token must be allowed.

    `refuses`: the statuses of its own refusals, beside those that every endpoint has.
    """
    return {
        "response": {status: answer} | PROBLEMS | dict.fromkeys(refuses, Problem),
        "auth": Bearer(*may, any_of=any_of),
        "operation_id": name,
        "openapi_extra": CHECKED if checked else REPEATABLE,
    }


def _once(request: HttpRequest, verb: Callable[[], tuple[int, Any]]) -> tuple[int, Any]:
    key, digest, now = _key(request), _digest(request), machine_now()
    kept, made = KeptAnswer.objects.get_or_create(
        token=token_of(request), key=key, defaults={"digest": digest, "at": now}
    )
    if not made:
        if bytes(kept.digest) != digest:
            raise KEY_REUSED.error()
        if kept.status:
            return kept.status, seal.unseal(kept.sealed)["body"]
        if not _taken_over(kept, now):
            raise STILL_RUNNING.error()
    return _run(kept, verb)


def _taken_over(kept: KeptAnswer, now: datetime) -> bool:
    """Whether a request that was cut off is ours to begin anew."""
    cut_off = KeptAnswer.objects.filter(pk=kept.pk, status=0, at__lt=now - PATIENCE)
    return bool(cut_off.update(at=now))


def _run(kept: KeptAnswer, verb: Callable[[], tuple[int, Any]]) -> tuple[int, Any]:
    done = False
    try:
        with atomic():
            status, body = verb()
            sealed = seal.seal({"body": body})
            KeptAnswer.objects.filter(pk=kept.pk).update(status=status, sealed=sealed)
        done = True
    finally:
        if not done:
            # Nothing was done, so the same request may be made again.
            KeptAnswer.objects.filter(pk=kept.pk, status=0).delete()
    return status, json.loads(json.dumps(body))


def _key(request: HttpRequest) -> str:
    key = request.headers[HEADER]
    if not (0 < len(key) <= 100 and key.isascii() and key.isprintable()):
        raise BAD_KEY.error()
    return key


def _digest(request: HttpRequest) -> bytes:
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    for part in _form(request) if request.content_type == "multipart/form-data" else (request.body,):
        found.update(part)
    return found.digest()


def _form(request: HttpRequest) -> Iterator[bytes]:
    """A form's fields and files, each with its name and length: its boundary differs from time to time."""
    for name, texts in sorted(request.POST.lists()):
        yield repr((name, texts)).encode("utf-8", "surrogateescape")
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            if isinstance(file, UploadedFile):
                yield repr((name, file.name, file.size)).encode("utf-8", "surrogateescape")
                yield from file.chunks()
