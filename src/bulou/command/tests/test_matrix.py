"""The matrix: every address × role × scope × format, by GET and by POST, made from the URL conf."""

import logging
from collections import Counter
from functools import cache
from types import ModuleType

import pytest
from django.contrib import auth
from django.http import HttpResponse
from django.urls import path

from bulou.command.access import Access
from bulou.command.matrix import Address, addresses
from bulou.command.tests import cells
from bulou.command.tests.samples import SAMPLES, Sample
from bulou.config import urls
from bulou.rights import mandates
from bulou.rights.roles import ROLES
from bulou.web import views

pytestmark = pytest.mark.django_db


@pytest.fixture
def quick(monkeypatch, settings):
    """What is the same in every cell is done once: who asks, which mandate runs, the frame of a refusal.

    They have tests of their own. A refusal's words are kept, so that canaries are looked for in them.
    """
    logging.disable(logging.CRITICAL)
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    known = {}
    monkeypatch.setattr(
        auth,
        "get_user",
        lambda request, ask=auth.get_user: _once(known, request.session.session_key, ask, request),
    )
    monkeypatch.setattr(mandates, "chosen", cache(mandates.chosen))
    monkeypatch.setattr(
        views, "said", lambda _request, status, title, text: HttpResponse(title + text, status=status)
    )
    yield
    logging.disable(logging.NOTSET)


def _once(known, key, ask, request):
    if key not in known:
        known[key] = ask(request)
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
    assert SAMPLES.keys() - {one.name for one in addresses()} == set()


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


def test_every_address_answers_every_role_scope_and_format_as_it_should(world, quick, capsys):
    office, canaries, people = cells.Office(), cells.Canaries(world), cells.readers()
    asked = [one for one in addresses() if not one.is_api]
    failures, answered, count = [], Counter(), 0
    for one in asked:
        sample = SAMPLES[one.name]
        where = cells.address_of(one, sample, world)
        for method, format, reader in every_cell(people):
            response, body = office.ask(reader, where, method, format, sample)
            count += 1
            wanted = cells.expected(one, reader, method, sample)
            wrong = [*cells.wrong_with(one, reader, sample, response, body)]
            if response.status_code not in wanted:
                wrong.append(f"{response.status_code} instead of {sorted(wanted)}")
            wrong += [f"shows {word}" for word in canaries.found(reader, sample, response, body)]
            failures += [f"{one.name} {method} {format} {reader.name}: {text}" for text in wrong]
            answered[one.name] += response.status_code not in (401, 403, 404, 405)
    with capsys.disabled():
        print(  # noqa: T201  the figure that is to be shown
            f"\nmatrix: {len(asked)} addresses × ({len(ROLES)} roles × {len(cells.SCOPES)} scopes + 2 without"
            f" a mandate) × {len(cells.ASKED)} formats × {len(cells.METHODS)} methods = {count:,} cells"
        )
    assert failures[:40] == []
    unseen = [one.name for one in asked if not answered[one.name] and not SAMPLES[one.name].nothing]
    assert unseen == [], "a sample that nobody may open proves nothing"


def every_cell(people):
    return (
        (method, format, reader) for method in cells.METHODS for format in cells.ASKED for reader in people
    )


def test_the_matrix_sees_a_view_that_forgets_its_right(world, quick):
    office, canaries = cells.Office(), cells.Canaries(world)
    stranger = next(one for one in cells.readers() if one.name == "department-own")
    reply = HttpResponse(world.cases["home"][0].number)
    page = Address("x", "x", Access(), is_api=False)
    assert canaries.found(stranger, Sample(), reply, reply.content) == ["JK22-000001"]
    reply = HttpResponse("x", content_type="text/csv")
    assert len(list(cells.wrong_with(page, stranger, Sample(), reply, reply.content))) == 1
    assert office.ask(stranger, "/people", "GET", "html", SAMPLES["people"])[0].status_code == 403
