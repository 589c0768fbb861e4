from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from bulou.command.tests.world import World


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """The small county at 14:00 of its day."""
    from bulou.command.tests import world as worlds
    from bulou.kernel import clock

    with clock.at(worlds.NOW):
        yield worlds.build()


@pytest.fixture
def log_in(world: World) -> Callable[[str], Client]:
    """A browser of one of the fixed people."""
    from django.test import Client

    def as_(name: str) -> Client:
        client = Client()
        client.force_login(world.users[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_
