"""Whoever steals the files without the keys finds nobody; and the search would find somebody who is there."""

from __future__ import annotations

import gzip
import hashlib
import io

import pytest
from django.core.management import call_command
from django.db import connection
from tools.thief.__main__ import main

from bulou.command.keeping import backups
from bulou.command.keeping.tests import county
from bulou.kernel import audit, clock
from bulou.kernel.database import run
from bulou.sheets.models import ImportRun

NAME, NUMBER = county.NAMES[county.STAYS], county.NUMBERS[county.STAYS]


@pytest.fixture
def loot(home, tmp_path):
    """The home as a thief finds it: its database (or a dump of it), its backup, no word of the workbooks."""
    with clock.at(county.DAY):
        backups.make(home / "a.bulou", by="user:1")

    def take() -> list[str]:
        stolen = home / "stolen.sqlite3"
        if connection.vendor == "sqlite":
            stolen.unlink(missing_ok=True)
            run("VACUUM INTO %s", [str(stolen)])
        else:
            dump = io.StringIO()
            call_command("dumpdata", stdout=dump)
            stolen.write_text(dump.getvalue())
        return [str(home), "--county", str(tmp_path / "county")]

    return take


def test_nobody_is_found_without_the_keys(loot, capsys):
    # Names of files and sheets stand in the list of imports for 30 days; here somebody's is among them.
    ImportRun.objects.update(file_name="residents.csv", sheet_rows={})
    assert main(loot()) == 0
    assert f"{'numbers':<22}{len(county.NUMBERS):>10}{0:>10}" in (said := capsys.readouterr().out)
    assert f"{'origins':<22}{1:>10}{0:>10}" in said


@pytest.mark.parametrize(
    ("sort", "plant"),
    [
        ("names", NAME.encode()),
        ("names", b"x" + NAME.encode("utf-16-le")),
        ("names", NAME.encode("gb18030")),
        ("names", NAME.encode("unicode_escape")),
        ("names", gzip.compress(NAME.encode(), mtime=0)),
        ("numbers", NUMBER.encode()),
        ("numbers", f"id{NUMBER}x".encode("utf-16-be")),
        ("phones", county.PHONES[county.STAYS].encode()),
        ("addresses", county.AWAY.encode()),
        ("origins", f"2022-04-14自{county.ORIGIN}返回".encode()),
        ("numbers (digest)", hashlib.sha256(NUMBER.encode()).digest()),
        ("numbers (digest)", hashlib.md5(NUMBER.encode()).hexdigest().encode()),
        ("phones (digest)", hashlib.blake2b(county.PHONES[0].encode(), digest_size=16).digest()),
    ],
)
def test_somebody_who_is_there_is_found(tmp_path, capsys, sort, plant):
    """The removal test: without it a search that looks nowhere would find nobody, too."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "free-page").write_bytes(b"\x00\xff" * 50 + plant + b"\x00\xff" * 50)
    county.folder(tmp_path / "county")
    assert main([str(tmp_path / "home"), "--county", str(tmp_path / "county")]) == 1
    assert f"  {sort}: home/free-page" in capsys.readouterr().out


def test_a_name_in_a_row_is_found(loot, capsys):
    audit.record("test.slip", by="user:1", reason=f"{NAME}已核实")
    assert main(loot()) == 1
    assert "names" in capsys.readouterr().out
