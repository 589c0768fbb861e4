"""Who has opened a link in this browser: a short signed cookie of its path, apart from the office."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from bulou.residents.models import PersonalLink

COOKIE = "bulou_me"
SALT = "bulou.me"
LASTS = 30 * 60
A_MINUTE, MOST_A_MINUTE = 60, 60


def is_open(request: HttpRequest, link: PersonalLink) -> bool:
    """Whether this browser answered for this link within the last half hour, since it was last freed."""
    try:
        said = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return False
    return bool(said == [link.pk, bytes(link.digest).hex()])


def let_in(response: HttpResponse, link: PersonalLink, token: str) -> None:
    """Remember that this browser answered for this link."""
    said = signing.dumps([link.pk, bytes(link.digest).hex()], salt=SALT)
    response.set_cookie(
        COOKIE,
        said,
        max_age=LASTS,
        path=path_of(token),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def shut(response: HttpResponse, token: str) -> None:
    """Forget it."""
    response.delete_cookie(COOKIE, path=path_of(token), samesite="Lax")


def path_of(token: str) -> str:
    """Where the cookie is sent: to this link's own pages alone."""
    return reverse("me", args=[token])


def is_too_often(request: HttpRequest) -> bool:
    """Whether this address asked more than sixty times within a minute (in each process)."""
    key = f"me-{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, A_MINUTE)
    try:
        return cache.incr(key) > MOST_A_MINUTE
    except ValueError:  # it ran out between the two
        return False
