"""The list behind a number: its first rows, found through the windows, are those of the whole list."""

import datetime as dt

import pytest

from bulou.command.subjects import with_needs
from bulou.command.tests.world import COUNTY, HOME, NOW
from bulou.command.worklists import duties
from bulou.command.worklists.duties import Asked
from bulou.kernel import clock
from bulou.obligations.positions import Position

pytestmark = pytest.mark.django_db


def whole(asked, monkeypatch):
    """The rows as one sorted statement gives them."""
    with monkeypatch.context() as patched:
        patched.setattr(duties, "_is_walked", lambda _asked: False)
        return duties.duties(asked, limit=1000, first=with_needs())


@pytest.mark.parametrize("column", duties.COLUMNS)
@pytest.mark.parametrize("place", [COUNTY, HOME])
def test_every_part_from_every_position_is_that_of_the_whole(world, monkeypatch, column, place):
    now = clock.parse_instant(NOW) - dt.timedelta(hours=3)
    asked = Asked(place, "", column, clock.start_of(clock.local(now).date()), None, now)
    rows = whole(asked, monkeypatch)
    assert len(rows) == duties.count(asked)
    for size in (1, 3, 100):
        assert duties.duties(asked, limit=size, first=with_needs()) == rows[:size]
        for n, row in enumerate(rows):
            for back, expected in ((False, rows[n + 1 :][:size]), (True, rows[:n][-size:])):
                position = Position(row.key, back=back)
                assert duties.duties(asked, limit=size, first=with_needs(), position=position) == expected
