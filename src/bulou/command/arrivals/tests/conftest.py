import pytest


@pytest.fixture
def hands(world):
    """The posts of custody in the county of `world`."""
    from bulou.command.arrivals.tests import build

    return build.hands()
