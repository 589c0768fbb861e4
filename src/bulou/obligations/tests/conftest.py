"""A county whose only duties are the kinds of `world`."""

from __future__ import annotations

import pytest


@pytest.fixture
def only(db, monkeypatch):
    """`only(Twice, …)` leaves these kinds in the registry, with the directives that a county starts from."""
    from bulou.obligations import directives, kinds
    from bulou.obligations.kinds import KINDS
    from bulou.obligations.tests import world

    registered = dict(KINDS)
    monkeypatch.setattr(kinds, "UNOWED", {})

    def leave(*chosen):
        KINDS.clear()
        KINDS.update({kind.name: kind() for kind in chosen})
        world.places()
        directives.start_defaults(world.COUNTY)
        return [world.Books(kind.name) for kind in chosen]

    yield leave
    KINDS.clear()
    KINDS.update(registered)


@pytest.fixture
def twice(only):
    """Books of a duty owed twice a day."""
    from bulou.obligations.tests.world import Twice

    return only(Twice)[0]


@pytest.fixture
def daily(only):
    """Books of a duty owed once a day."""
    from bulou.obligations.tests.world import Once

    return only(Once)[0]


@pytest.fixture
def notice(only):
    """Books of a duty owed once."""
    from bulou.obligations.tests.world import Notice

    return only(Notice)[0]
