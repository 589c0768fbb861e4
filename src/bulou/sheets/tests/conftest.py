"""What tests of imports share."""

import pytest


@pytest.fixture
def county(db):
    """The county's divisions are registered."""
    from bulou.places import divisions

    divisions.load("141022")


@pytest.fixture
def quick(monkeypatch):
    """Read workbooks in this process: starting another one takes as long as twenty tests."""
    from bulou.sheets import child
    from bulou.sheets.checking import check_file

    monkeypatch.setattr(
        child, "checked", lambda kind, path, day, mends=None: check_file(path, kind, day, mends)
    )
