from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from bulou.kernel.files import read_or_make, write_once


def test_a_file_is_made_whole_for_its_owner(tmp_path):
    path = tmp_path / "new" / "file"
    write_once(path, "密钥")
    assert path.read_text() == "密钥"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_is_there_stays(tmp_path):
    path = tmp_path / "file"
    write_once(path, "first")
    write_once(path, "second")
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_all_who_ask_at_once_read_the_same(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        read = set(pool.map(lambda number: read_or_make(tmp_path / "file", f"by {number}"), range(40)))
    assert len(read) == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def full(_number):
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        write_once(tmp_path / "file", "text")
    assert list(tmp_path.iterdir()) == []
