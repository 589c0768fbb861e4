"""The matrix: every address × role × scope × format, by GET and by POST, made from the URL conf."""

import copy
import itertools
import logging
from types import ModuleType

import pytest
from django.contrib import auth
from django.http import HttpResponse
from django.urls import path

from bulou.command.matrix import Address, addresses
from bulou.command.tests import cells
from bulou.command.tests import world as worlds
from bulou.command.tests.samples import SAMPLES, Sample
from bulou.config import urls
from bulou.kernel import clock
from bulou.rights import mandates
from bulou.rights.roles import ROLES
from bulou.web import views
from bulou.web.access import Access

pytestmark = pytest.mark.django_db


ASKED = [one for one in addresses() if not one.is_api]
FRAME = "{% block title %}{% endblock %}{% block head %}{% endblock %}{% block main %}{% endblock %}"
USERS, MANDATES = {}, {}


@pytest.fixture(scope="session")
def standing_world(standing):
    """In place of the room's: the same county, with everybody who asks."""
    with clock.at(worlds.NOW):
        return standing("matrix", cells.build)


@pytest.fixture
def everybody(world, monkeypatch, settings):
    """Who asks. What is the same in every cell is done once: who asks, which mandate runs, the page's frame.

    Those have tests of their own. A refusal's words are kept, so that canaries are looked for in them.
    """
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    frame = ("django.template.loaders.locmem.Loader", {"web/base.html": FRAME})
    [engine] = copy.deepcopy(settings.TEMPLATES)
    engine["OPTIONS"]["loaders"] = [
        ("django.template.loaders.cached.Loader", [frame, *settings.TEMPLATE_LOADERS])
    ]
    settings.TEMPLATES = [engine]
    get_user, chosen = auth.get_user, mandates.chosen
    monkeypatch.setattr(
        auth, "get_user", lambda request: _once(USERS, request.session.session_key, get_user, request)
    )
    monkeypatch.setattr(mandates, "chosen", lambda user, one: _once(MANDATES, user, chosen, user, one))
    monkeypatch.setattr(
        views, "said", lambda _request, status, title, text: HttpResponse(title + text, status=status)
    )
    logging.disable(logging.CRITICAL)
    yield cells.readers(world)
    logging.disable(logging.NOTSET)


def _once(known, key, ask, *args):
    if key not in known:
        known[key] = ask(*args)
    return known[key]


def missing(urlconf=None):
    """What keeps an address out of the matrix."""
    for one in addresses(urlconf):
        if one.access is None:
            yield f"{one.name}: its view has no mark: @office(…) or @public(…)"
        elif not one.is_api and one.name not in SAMPLES:
            yield f"{one.name}: no sample in command/tests/samples.py"


def test_every_address_says_what_it_asks_for_and_has_a_sample():
    assert list(missing()) == []


def test_every_sample_is_of_an_address_that_is_there():
    assert sorted(SAMPLES.keys() - {one.name for one in addresses()}) == []


def test_a_new_address_without_mark_or_sample_is_named():
    def bare(request):
        return HttpResponse("x")

    def marked(request):
        return HttpResponse("x")

    marked.access = Access()

    copied = ModuleType("copied")
    copied.urlpatterns = [
        *urls.urlpatterns,
        path("new", bare, name="new"),
        path("newer", marked, name="newer"),
    ]
    found = list(missing(copied))
    assert [line.split(":")[0] for line in found] == ["new", "newer"]


@pytest.mark.parametrize("address", [one for one in ASKED if one.name in SAMPLES], ids=lambda one: one.name)
def test_an_address_answers_every_role_scope_and_format_as_it_should(address, world, everybody):
    office, canaries, sample = cells.Office(), cells.Canaries(world.county), SAMPLES[address.name]
    where = cells.address_of(address, sample, world.county)
    failures, answered = [], 0
    for method, format, reader in itertools.product(cells.METHODS, cells.ASKED, everybody):
        response, body = office.ask(reader, where, method, format, sample)
        wanted = cells.expected(address, reader, method, sample)
        wrong = [*cells.wrong_with(address, reader, sample, response, body)]
        if response.status_code not in wanted:
            wrong.append(f"{response.status_code} instead of {sorted(wanted)}")
        wrong += [f"shows {word}" for word in canaries.found(reader, sample, response, body)]
        failures += [f"{method} {format} {reader.name}: {text}" for text in wrong]
        answered += response.status_code not in (401, 403, 404, 405)
    assert failures[:20] == []
    assert answered or sample.nothing, "a sample that nobody may open proves nothing"


def test_the_size_of_the_matrix_is_told(capsys):
    people = len(ROLES) * len(cells.SCOPES) + 2
    count = len(ASKED) * people * len(cells.ASKED) * len(cells.METHODS)
    with capsys.disabled():
        print(  # noqa: T201  the figure that is to be shown
            f"\nmatrix: {len(ASKED)} addresses × ({len(ROLES)} roles × {len(cells.SCOPES)} scopes + 2 without"
            f" a mandate) × {len(cells.ASKED)} formats × {len(cells.METHODS)} methods = {count:,} cells"
        )


def test_the_matrix_sees_a_view_that_forgets_its_right(world, everybody):
    office, canaries = cells.Office(), cells.Canaries(world.county)
    stranger = next(one for one in everybody if one.name == "department-own")
    reply = HttpResponse(world.county.cases["home"][0].number)
    page = Address("x", "x", Access(), is_api=False)
    assert canaries.found(stranger, Sample(), reply, reply.content) == ["JK22-000001"]
    reply = HttpResponse("x", content_type="text/csv")
    assert len(list(cells.wrong_with(page, stranger, Sample(), reply, reply.content))) == 1
    assert office.ask(stranger, "/people", "GET", "html", SAMPLES["people"])[0].status_code == 403
