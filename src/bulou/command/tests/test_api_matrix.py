"""The matrix of the API: every operation × token × scope × what the token may do."""

import itertools

import pytest
from django.db import transaction

from bulou.command.api.tests.test_programs import OPERATIONS, Program
from bulou.command.tests import cells
from bulou.command.tests.samples import gap, journey
from bulou.command.tests.world import HOME
from bulou.kernel import clock
from bulou.places import codes
from bulou.residents import links
from bulou.rights.capabilities import Capability
from bulou.sync.models import Token

pytestmark = pytest.mark.django_db
POWERS = {
    "everything": tuple(Capability),
    "numbers": (Capability.SEE_NUMBERS,),
    "persons": (Capability.SEE_NUMBERS, Capability.SEE_PERSONS),
    "events": (Capability.SEND_EVENTS,),
}
OF_HOME = ("{code}", "{uid}", "{number}", "/gaps/{int:id}")
LISTS = (
    *("/balance", "/gaps", "/duties", "/posts", "/persons", "/cases", "/audit"),
    *("/arrivals", "/arrival-decisions"),
)
DECIDED_BY_POST = "/release"
"""Who may release hangs on the post, too: see the tests of releases."""


def address(path, world):
    """The path about home, or about what is not there."""
    case = world.cases["home"][0]
    if path.startswith("/arrivals/"):
        path = path.replace("{number}", journey(world)["number"])
    filled = path.replace("{code}", HOME).replace("{uid}", str(case.person.uid))
    filled = filled.replace("{number}", case.number).replace("{name}", "grid")
    if path.startswith("/gaps/"):
        filled = filled.replace("{int:id}", str(gap(world)["id"]))
    if "/link" in path:
        links.make(case.person, by="test:matrix")
    query = f"?place={HOME}" if path in LISTS else ""
    return (
        filled.replace("{int:id}", "999999").replace("{id}", "018f0000-0000-7000-8000-000000000000") + query
    )


@pytest.fixture
def programs(world):
    return {
        (scope, powers): Program(*may, scope=code)
        for (scope, code), (powers, may) in itertools.product(cells.SCOPES.items(), POWERS.items())
    }


@pytest.mark.parametrize(
    ("path", "method", "operation"), OPERATIONS, ids=[f"{method} {path}" for path, method, _ in OPERATIONS]
)
def test_an_operation_answers_every_token_as_it_should(path, method, operation, world, programs):
    where, canaries = address(path, world), cells.Canaries(world)
    about_home = any(part in path for part in OF_HOME) or path in LISTS
    needed, any_of = (set(getattr(operation.auth_callbacks[0], name)) for name in ("capabilities", "any_of"))
    for (scope, powers), program in programs.items():
        with transaction.atomic():
            answer = program.ask(method, where, {} if method != "GET" else None)
            transaction.set_rollback(True)
        cell, may = f"{scope} {powers}: {answer.status_code}", set(POWERS[powers])
        if not needed <= may or (any_of and not any_of & may):
            assert answer.status_code == 403, cell
        elif about_home and not covers(cells.SCOPES[scope]):
            assert answer.status_code in (404, 422), cell
        else:
            assert answer.status_code not in (401, 500), cell
            refused = (404,) if path.endswith(DECIDED_BY_POST) else (403, 404)
            assert not about_home or answer.status_code not in refused, cell
        reader = cells.Reader(f"{scope}-{powers}", "x", cells.SCOPES[scope], frozenset(map(str, may)))
        # A refusal may repeat the number that it was asked for.
        shown = set(canaries.pattern(reader, False).findall(answer.content)) - {
            part.encode() for part in where.split("/")
        }
        assert shown == set(), cell


def covers(scope):
    low, high = codes.scope(scope)
    return low <= HOME < high


@pytest.mark.parametrize(
    ("path", "method", "operation"), OPERATIONS, ids=[f"{method} {path}" for path, method, _ in OPERATIONS]
)
def test_without_a_token_or_with_one_that_ended_there_is_nothing(path, method, operation, world):
    program = Program(*Capability, scope=HOME)
    Token.objects.filter(pk=program.token.pk).update(ends_at=clock.now())
    where = address(path, world)
    assert program.ask(method, where).status_code == 401
    for said in ("", "Bearer ", "Bearer bulou_made-up", "Basic eDp5"):
        assert program.ask(method, where, Authorization=said).status_code == 401, said


def test_the_size_of_the_apis_matrix_is_told(capsys):
    count = len(OPERATIONS) * (len(cells.SCOPES) * len(POWERS) + 5)
    with capsys.disabled():
        print(  # noqa: T201  the figure that is to be shown
            f"\nAPI matrix: {len(OPERATIONS)} operations × ({len(cells.SCOPES)} scopes × {len(POWERS)} powers"
            f" + 5 without) = {count:,} cells"
        )
