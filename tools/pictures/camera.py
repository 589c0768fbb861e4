"""A browser in one look: a width, a language, light or dark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from tests.browser import BASE, answer

from tools.pictures import problems
from tools.pictures.house import client
from tools.pictures.shots import Shot, reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

HEIGHT = 900
FORM = "application/x-www-form-urlencoded"
UNSENT = ("set-cookie", "location", "content-length")
SETTLED = "!document.querySelector('.htmx-request')"


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    width: int
    language: str
    theme: str

    def __str__(self) -> str:
        return f"{self.width}-{self.language}-{self.theme}"


LOOKS = [Look(*one) for one in product((1440, 360), ("zh-hans", "en"), ("light", "dark"))]


class NoPageError(Exception):
    """An address answers with something else than a page; says with what."""


@contextmanager
def opened(browser: Browser, look: Look) -> Iterator[Page]:
    """A browser window in a look."""
    context = browser.new_context(
        viewport={"width": look.width, "height": HEIGHT},
        color_scheme="dark" if look.theme == "dark" else "light",
        reduced_motion="reduce",
        locale="zh-CN",
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def shoot(page: Page, shot: Shot, look: Look, file: Path) -> list[str]:
    """Take the picture; what is wrong with the page beside. Raises NoPageError."""
    with _as_wanted(shot):
        _go(page, shot, look)
        page.wait_for_function(SETTLED)
        # A bar at the foot of the window belongs under the page, not across its middle.
        page.set_viewport_size({"width": look.width, "height": max(HEIGHT, _of(page, "scrollHeight"))})
        page.screenshot(path=file)
        over = _of(page, "scrollWidth") - look.width
        page.set_viewport_size({"width": look.width, "height": HEIGHT})
    return [f"{over} px wider than the screen"] if over > 0 else []


def _of(page: Page, measure: str) -> int:
    return int(page.evaluate(f"document.documentElement.{measure}"))


@contextmanager
def _as_wanted(shot: Shot) -> Iterator[None]:
    """The settings and the emergency under which it is taken."""
    from datetime import timedelta

    from django.core.cache import cache
    from django.test import override_settings

    from bulou.kernel import clock
    from bulou.residents.models import PersonalLink
    from bulou.rights.models import Mandate

    # Nor must wrong answers in each look lock the link of the next one.
    PersonalLink.objects.update(tries=0)
    broken = Mandate.objects.filter(emergency__isnull=False)
    wanted = {
        "BULOU_SECOND_FACTOR": "required" if shot.factor else "off",
        # A wrong password in each look must not lock the log-in of the next one.
        "AXES_FAILURE_LIMIT": problems.TRIES if shot.name == "locked" else 10_000,
    }
    with override_settings(**wanted):
        if shot.emergency:
            cache.clear()
            broken.update(ends_at=clock.now() + timedelta(minutes=30))
        try:
            yield
        finally:
            if shot.emergency:
                broken.update(ends_at=clock.now())
                cache.clear()


def _go(page: Page, shot: Shot, look: Look) -> None:
    """Open the page. Raises NoPageError."""
    reading = client(reader(shot))
    reading.cookies["django_language"] = look.language
    here = copy_context()
    got = asked(shot, look.language)
    if why := no_page(got):
        raise NoPageError(why)
    sent = {name: value for name, value in got.headers.items() if name.lower() not in UNSENT}

    def first(route: Route) -> None:
        route.fulfill(headers=sent, body=got.content)

    page.unroute_all()
    page.route("**/*", lambda route: answer(route, reading, here))
    page.route(lambda url: url == BASE + shot.address, first, times=1)
    page.goto(BASE + shot.address, wait_until="load")


def no_page(got: Any) -> str:
    """Why an answer is no picture of a page, or ""."""
    kind, to = got.headers.get("Content-Type", ""), got.headers.get("Location", "")
    if got.status_code == 405:
        return "answers only to a form"
    if to:
        return f"leads to {urlsplit(to).path}"
    if "text/html" not in kind:
        return f"answers {kind}"
    if not got.content[:20].lower().startswith(b"<!doctype html"):
        return "answers a part of a page, pictured within its page"
    return ""


def asked(shot: Shot, language: str) -> Any:
    """What Django answers."""
    from django.test import Client, RequestFactory
    from django.utils import translation

    from bulou.web import views

    reading = client(reader(shot))
    if shot.path == problems.FAILURE:
        with translation.override(language):
            return views.server_error(RequestFactory().get("/"))
    if shot.path == problems.STALE:
        strict = Client(enforce_csrf_checks=True, headers={"Host": "localhost"})
        strict.cookies = reading.cookies
        return strict.post("/language", {"language": "en"})
    if shot.body is None:
        return reading.get(shot.address)
    return reading.post(shot.address, urlencode(shot.body, doseq=True), FORM)
