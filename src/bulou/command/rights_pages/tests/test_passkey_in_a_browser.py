"""A passkey made and shown in a real browser, whose authenticator is made of software."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.test import Client
from tests.browser import BASE, opened

from bulou.command.tests.world import COUNTY
from bulou.kernel import clock
from bulou.kernel.models import AuditLine
from bulou.rights import accounts, mandates
from bulou.rights.models import SecondFactor

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.either_database]
GOOD = "correct horse battery"


@pytest.fixture(autouse=True)
def _duty(world, settings):
    settings.BULOU_SECOND_FACTOR = "required"
    made = accounts.make_account("duty", GOOD, title="值班", by="test:1")
    mandates.grant(made, "inspector", COUNTY, starts_at=clock.now(), by="test:1")


@contextmanager
def authenticator(page: Page) -> Iterator[None]:
    """A phone's: it keeps passkeys and its owner unlocks it."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    tools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": made["authenticatorId"]})


def log_in(page: Page) -> None:
    page.goto(f"{BASE}/login")
    page.fill("[name=username]", "duty")
    page.fill("[name=password]", GOOD)
    page.locator("main form button.primary").click()


def click(page: Page, what: str) -> None:
    """Ask for a passkey; the page offers it when its script is there."""
    page.locator(f"[data-passkey={what}] button").click()


def enrol(page: Page, client: Client) -> None:
    """The first factor, which a mandate over a township asks for: an authenticator of codes."""
    log_in(page)
    page.locator(".qr-box").wait_for()
    secret = bytes.fromhex(client.session["new_secret"])
    page.fill("[name=code]", TOTP(secret, 6, SHA1(), 30).generate(time.time()).decode())
    page.locator("main form button.primary").click()
    page.locator(".recovery").wait_for()


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1440, "light")])
def test_a_passkey_is_made_and_opens_the_office(chromium, width, theme):
    client = Client()
    with opened(chromium, client, width=width, theme=theme) as page, authenticator(page):
        enrol(page, client)
        page.goto(f"{BASE}/account")
        click(page, "create")
        page.get_by_text("通行密钥已登记。").wait_for()
        page.context.clear_cookies()
        client.cookies.clear()
        log_in(page)
        page.locator("[data-passkey=get]").wait_for()
        click(page, "get")
        page.locator(".top").wait_for()
        page.wait_for_url(lambda address: "second-factor" not in address)
    assert SecondFactor.objects.filter(kind="passkey").count() == 1
    assert AuditLine.objects.filter(action="factor.added", detail__kind="passkey").count() == 1


def test_a_browser_without_the_passkey_is_told_what_else_there_is(chromium):
    client = Client()
    with opened(chromium, client, width=360, theme="light") as page:
        with authenticator(page):
            enrol(page, client)
            page.goto(f"{BASE}/account")
            click(page, "create")
            page.get_by_text("通行密钥已登记。").wait_for()
        client.cookies.clear()
        with authenticator(page):
            log_in(page)
            click(page, "get")
            page.get_by_text("没有取得通行密钥").wait_for()
            page.goto(f"{BASE}/people")
            page.locator("[data-passkey=get]").wait_for()
