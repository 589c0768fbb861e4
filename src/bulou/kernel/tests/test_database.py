import pytest
from bulou.kernel import database, events, clock


@pytest.mark.django_db
def test_x():
    database.check_build()
    e = events.NewEvent(kind="test.noted", subject=1, place="", actor="a", happened_at=clock.now())
    assert events.append([e, e]) == ["new", "identical"]


def test_own(own_database):
    database.check_build()
    e = events.NewEvent(kind="test.noted", subject=1, place="", actor="a", happened_at=clock.now())
    assert events.append([e, e]) == ["new", "identical"]


def test_home(real_home):
    print(real_home)
