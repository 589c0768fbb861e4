"""How heavy pages are, with the static files as they are collected for a county."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client, RequestFactory, override_settings
from whitenoise.middleware import WhiteNoiseMiddleware

from bulou.places.models import Place
from bulou.rights import accounts, mandates
from bulou.web import parts

pytestmark = pytest.mark.django_db
FIRST, AFTER, SHEETS = 150_000, 20_000, 12_000
"""Bytes as they travel: a first visit with all that the page loads, a further page, our own sheets."""

COLLECTED = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
LOADED = re.compile(r'(?:src|href)="(/static/[^"#]+)')


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Iterator[Path]:
    """The static files with their hashes in their names, and pages that name them so."""
    root = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=root, STORAGES=COLLECTED, WHITENOISE_USE_FINDERS=False):
        call_command("collectstatic", interactive=False, verbosity=0)
        parts.icon.cache_clear()
        yield root
    parts.icon.cache_clear()


@pytest.fixture
def staff(client: Client) -> Client:
    Place.objects.create(code="141022", level="county", name="翼城县", plain="翼城")
    account = accounts.make_account("staff", "correct-horse-2022", title="县疫情防控办", by="test")
    mandates.grant(account, "county_office", "141022", by="test")
    mandates.grant(account, "system_admin", "141022", by="test")
    client.force_login(account.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def travelling(root: Path, address: str) -> int:
    """The bytes of a static file as WhiteNoise sends it."""
    path = root / address.removeprefix("/static/")
    packed = path.with_name(path.name + ".gz")
    return (packed if packed.exists() else path).stat().st_size


@pytest.mark.parametrize("page", ["/_kit", "/"])
def test_a_first_visit_and_a_further_page_are_light(collected, staff, page):
    html = staff.get(page).content
    files = {address: travelling(collected, address) for address in set(LOADED.findall(html.decode()))}
    assert len(files) >= 7
    further = len(gzip.compress(html, 9))
    assert further <= AFTER
    assert further + sum(files.values()) <= FIRST
    sheets = [size for address, size in files.items() if address.endswith(".css") and "kit" not in address]
    assert sum(sheets) <= SHEETS
    # The frame, the parts, the page without scripts, and one of the area's own.
    assert len(sheets) <= 4


def test_what_was_loaded_once_is_not_asked_for_again(collected, staff):
    addresses = set(LOADED.findall(staff.get("/").content.decode()))
    server = WhiteNoiseMiddleware(lambda request: None)
    for address in addresses:
        answer = server(RequestFactory().get(address))
        assert "immutable" in answer["Cache-Control"], address


def test_scripts_load_nothing_more(collected):
    """A script that imports another would be asked for under a name without its hash."""
    for script in (collected / "bulou").glob("*.js"):
        assert not re.search(r"^\s*import\b|\bimport\(", script.read_text(), re.M), script.name
