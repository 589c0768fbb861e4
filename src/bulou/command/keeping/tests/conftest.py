"""A home of its own with keys, for what is kept in files."""

from __future__ import annotations

import pytest


@pytest.fixture
def home(own_database, tmp_path, settings):
    """A data folder with a small county in a database of its own."""
    from bulou.command.keeping.tests import county

    settings.BULOU_HOME = tmp_path / "kept"
    settings.BULOU_HOME.mkdir()
    settings.BULOU_KEY_FILE = tmp_path / "kept" / "keys" / "county.json"
    settings.MEDIA_ROOT = tmp_path / "kept" / "files"
    settings.BULOU_BACKUP_FOLDER = str(tmp_path / "kept" / "backups")
    county.build(tmp_path / "county")
    return settings.BULOU_HOME
