"""Every page of the URL conf: few queries, and nothing to stumble over for eyes, ears, keys or phones."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.axe import violations
from tests.browser import BASE, opened

from bulou.command.matrix import addresses
from bulou.command.tests import world as worlds
from bulou.command.tests.samples import SAMPLES
from bulou.rights.capabilities import Capability
from bulou.rights.models import Role

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
ORDER = re.compile("SAVEPOINT|pg_advisory")
"""What only keeps order, on the database that needs it said."""
WIDTHS = (1440, 360)
OWN_TESTS = {"kit", "kit_echo"}
"""Pages for the makers of pages, which have browser tests of their own."""
PAGES = [
    one.name
    for one in addresses()
    if not one.is_api and one.access and "html" in one.access.formats and one.name not in OWN_TESTS
]


@pytest.fixture
def everything(world):
    """Somebody who may open every page of the county."""
    Role.objects.create(
        code="all", title="全部", title_en="All", capabilities=[one.value for one in Capability]
    )
    user = worlds.account("everything", worlds.COUNTY, "all")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def address(world):
    """An address with its arguments, and what is asked for there."""

    def of(name):
        sample = SAMPLES[name]
        query = "&".join(f"{key}={value}" for key, value in sample.query.items())
        return reverse(name, kwargs=dict(sample.args(world))) + (f"?{query}" if query else "")

    return of


def is_page(response):
    """Whether it is a whole page and not a part of one."""
    return response.status_code == 200 and response.content[:20].lower().startswith(b"<!doctype html")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_the_database_little(everything, address, name):
    path = address(name)
    # What is asked once in the life of a server is known before.
    everything.get(path)
    with CaptureQueriesContext(connection) as asked:
        everything.get(path)
    queries = [one["sql"][:160] for one in asked.captured_queries if not ORDER.search(one["sql"])]
    assert len(queries) <= MOST_QUERIES, "\n".join(queries)


@pytest.mark.browser
@pytest.mark.either_database
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_can_be_used_by_everybody(chromium, everything, address, width):
    """One test for all pages, so that the browser is opened twice and not a hundred times."""
    wrong = []
    wanted = [address(name) for name in PAGES if name in SAMPLES]
    pages = [path for path in wanted if is_page(everything.get(path))]
    with opened(chromium, everything, width=width) as page:
        for path in pages:
            page.goto(BASE + path)
            page.wait_for_function("!document.querySelector('.htmx-request')")
            wrong += [f"{path}: {one}" for one in violations(page)]
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            wrong += [f"{path}: {over} px wider than the screen"] if over > 0 else []
    assert not wrong, "\n\n".join(wrong)
    assert len(pages) >= 20
