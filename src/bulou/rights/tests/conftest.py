from __future__ import annotations

import pytest


@pytest.fixture
def county(db):
    """The county's divisions are registered."""
    from bulou.places import divisions

    divisions.load("141022")
