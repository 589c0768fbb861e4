"""A real Chromium on pages that Django answers in this process: no server, the test's own rows and clock.

    def test_something(chromium, log_in):
        with opened(chromium, log_in("county"), width=360, theme="dark") as page:
            page.goto(BASE + "/")

Every request of the page goes to Django's test client, those for static files to the files themselves.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from html import escape
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, Page, Request, Route

BASE = "http://localhost"
HOST = "localhost"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
UNSENT = {"host", "cookie", "content-length", "accept-encoding"}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, started once in a module."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("no Chromium on this machine: run `make setup`")
    # Playwright's loop runs in this thread, where Django would refuse to ask the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@contextmanager
def opened(
    browser: Browser,
    client: Client,
    *,
    width: int = 1440,
    theme: str = "light",
    language: str = "zh-hans",
    failing: bool = False,
    scripts: bool = True,
) -> Iterator[Page]:
    """A page of a browser whose requests are answered for `client`.

    Errors of scripts fail the test; with `failing` the test is about requests that go wrong.
    """
    client.cookies["django_language"] = language
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        locale="zh-CN",
        java_script_enabled=scripts,
    )
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    # Playwright calls back in a context of its own, where the stopped clock and the open transaction are not.
    here = copy_context()
    page.route("**/*", lambda route: answer(route, client, here))
    try:
        yield page
        assert failing or errors == []
    finally:
        context.close()


def answer(route: Route, client: Client, here: Context) -> None:
    """One request of the page, answered by Django or by a static file."""
    request = route.request
    parts = urlsplit(request.url)
    if parts.hostname != HOST:
        return route.abort()
    if parts.path.startswith("/static/"):
        return _static(route, parts.path.removeprefix("/static/"))
    got = here.copy().run(_ask, client, request)
    if request.is_navigation_request() and got.status_code in (301, 302):
        return _sent_on(route, got["Location"])
    body = b"".join(got.streaming_content) if got.streaming else got.content
    return route.fulfill(status=got.status_code, headers=_headers(got), body=body)


def _sent_on(route: Route, address: str) -> None:
    # Where an answer redirects to, Chromium goes without asking the route: a page that goes on is asked for.
    page = f'<!doctype html><meta http-equiv="refresh" content="0; url={escape(address)}">'
    return route.fulfill(body=page, content_type="text/html")


def _ask(client: Client, request: Request) -> Any:
    parts = urlsplit(request.url)
    headers = {name: value for name, value in request.headers.items() if name not in UNSENT}
    return client.generic(
        request.method,
        parts.path + (f"?{parts.query}" if parts.query else ""),
        request.post_data_buffer or b"",
        content_type=request.headers.get("content-type", ""),
        headers=headers | {"Host": HOST},
    )


def _headers(got: Any) -> dict[str, str]:
    # The client keeps the cookies itself: the browser needs none.
    return {name: value for name, value in got.headers.items() if name.lower() != "set-cookie"}


def _static(route: Route, name: str) -> None:
    from django.contrib.staticfiles import finders

    found = finders.find(name)
    if not found:
        return route.fulfill(status=404, body="")
    path = Path(str(found))
    return route.fulfill(body=path.read_bytes(), content_type=guess_type(path.name)[0] or "text/plain")
