import pytest


@pytest.fixture
def county(db):
    """The county's divisions are registered."""
    from bulou.places import divisions

    divisions.load("141022")


@pytest.fixture
def door(county):
    """Makes the doors of one building."""
    from bulou.places.actions import ensure

    def make(number="301"):
        return ensure(("唐兴镇", "文昌社区", "绿苑小区", "", "3号楼", "2单元", str(number))).code

    return make
