from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client
    from tests.support import Copy, Standing

    from bulou.command.tests.world import World


@pytest.fixture(scope="session")
def standing_world(standing: Callable[..., Standing]) -> Standing:
    """The small county, built once."""
    from bulou.command.tests import world as worlds
    from bulou.kernel import clock

    with clock.at(worlds.NOW):
        return standing("command", worlds.build)


@pytest.fixture
def on_world(standing_world: Standing, copies: Copy, django_db_blocker: Any) -> Iterator[None]:
    """The test's rows are those of the small county."""
    with django_db_blocker.unblock(), copies.pointed(standing_world.database):
        yield


@pytest.fixture
def world(standing_world: Standing, on_world: None, db: None) -> Iterator[World]:
    """The small county at 14:00 of its day."""
    from bulou.command.board import held
    from bulou.command.tests import world as worlds
    from bulou.kernel import clock

    held.forget()
    with clock.at(worlds.NOW):
        yield copy.deepcopy(standing_world.built)


@pytest.fixture
def log_in(world: World) -> Callable[[str], Client]:
    """A browser of one of the fixed people."""
    from django.test import Client

    def as_(name: str) -> Client:
        client = Client()
        client.force_login(world.users[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_
