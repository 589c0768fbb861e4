"""The log-ins that stand: what kind of device, since when, last seen when; each can be ended from afar."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import OperationalError
from django.db.models import QuerySet
from django.http import HttpRequest

from bulou.kernel import audit, clock
from bulou.kernel.database import atomic
from bulou.rights import factors
from bulou.rights.models import LogIn

KEY = "log_in"
"""The session's entry for the number of its log-in."""
SEEN = "seen"
SHARED = "shared"
SEEN_EVERY = timedelta(minutes=5)
SHARED_IDLE = timedelta(minutes=30)
SYSTEMS = ("HarmonyOS", "OpenHarmony", "Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
BROWSERS = (
    "MicroMessenger",
    "DingTalk",
    "HuaweiBrowser",
    "MiuiBrowser",
    "Edg",
    "Firefox",
    "Chrome",
    "Safari",
)


def begin(request: HttpRequest, user: Any) -> LogIn:
    """Note a log-in that just happened, under the session's new key."""
    if not request.session.session_key:
        request.session.save()
    now = clock.now()
    made = LogIn.objects.create(
        user=user,
        session=request.session.session_key or "",
        device=device_of(request.META.get("HTTP_USER_AGENT", "")),
        since=now,
        seen_at=now,
    )
    request.session[KEY], request.session[SEEN] = made.pk, now.timestamp()
    if factors.is_asked(user.pk):
        request.session[factors.VERIFIED] = factors.OWED
    return made


def is_on_shared_phone(request: HttpRequest) -> None:
    """From now on the session ends after half an hour without use."""
    request.session.set_expiry(int(SHARED_IDLE.total_seconds()))
    request.session[SHARED] = True
    LogIn.objects.filter(pk=_number(request)).update(is_shared=True)


def rotate(request: HttpRequest) -> None:
    """A new key for the session, as whoever had the old one must not gain what was just shown."""
    request.session.cycle_key()
    follow(request)


def follow(request: HttpRequest) -> None:
    """The log-in goes with the session's new key."""
    LogIn.objects.filter(pk=_number(request)).update(session=request.session.session_key)


def seen(request: HttpRequest) -> None:
    """Note that a session is in use, at most every five minutes; that also keeps a shared phone's alive.

    A disk that is full keeps nobody from reading: it is noted when there is room again.
    """
    now = clock.now()
    last = request.session.get(SEEN)
    if last is None or abs(now.timestamp() - last) < SEEN_EVERY.total_seconds():
        return
    with suppress(OperationalError):
        LogIn.objects.filter(pk=_number(request)).update(seen_at=now)
        request.session[SEEN] = now.timestamp()


def standing(user: int) -> QuerySet[LogIn, LogIn]:
    """A user's log-ins that have not ended, the last seen first."""
    now = clock.now()
    oldest = now - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return LogIn.objects.filter(user=user, ended_at__isnull=True, since__gt=oldest).order_by(
        "-seen_at", "-pk"
    )


def end(log_in: LogIn, *, by: str) -> None:
    """Sign a device out from afar; one that is out already stays so."""
    with atomic():
        if _end(LogIn.objects.filter(pk=log_in.pk), clock.now()):
            audit.record(
                "log_in.ended", by=by, subject=f"user:{log_in.user_id}", detail={"log_in": log_in.pk}
            )


def end_all(user: int, *, but: int | None = None) -> int:
    """Sign every device of a user out, but for one."""
    return _end(LogIn.objects.filter(user=user).exclude(pk=but or 0), clock.now())


def _end(found: QuerySet[LogIn, LogIn], now: datetime) -> int:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    standing = list(found.filter(ended_at__isnull=True))
    for one in standing:
        store(one.session).delete()
    return LogIn.objects.filter(pk__in=[one.pk for one in standing]).update(ended_at=now)


def _number(request: HttpRequest) -> int:
    """The number of the session's log-in; 0 for a session that has none."""
    return int(request.session.get(KEY) or 0)


def device_of(agent: str) -> str:
    """What kind of device it is, in two words; nothing that would know it again."""
    system = next((name for name in SYSTEMS if name in agent), "")
    browser = next((name for name in BROWSERS if re.search(rf"\b{name}", agent)), "")
    return " · ".join(part for part in (browser.replace("Edg", "Edge"), system) if part)[:40]


def _on_log_in(request: HttpRequest | None = None, user: Any = None, **_: Any) -> None:
    if request is not None and hasattr(request, "session"):
        begin(request, user)


def _on_log_out(request: HttpRequest | None = None, **_: Any) -> None:
    if request is not None and hasattr(request, "session"):
        LogIn.objects.filter(pk=_number(request), ended_at__isnull=True).update(ended_at=clock.now())


def connect() -> None:
    """Hear of log-ins and log-outs."""
    user_logged_in.connect(_on_log_in, dispatch_uid="bulou.rights.log_ins")
    user_logged_out.connect(_on_log_out, dispatch_uid="bulou.rights.log_ins")
