"""Taking lists out: for what, by whom, masked or not, and never as a formula."""

import csv
import io
import os
from datetime import timedelta

import openpyxl
import pytest

from bulou.command.exports import asking, files, job, tables, vault
from bulou.command.exports.models import Export
from bulou.command.exports.tables import Column, Param, Table
from bulou.kernel import clock, job_worker, purging
from bulou.kernel.models import AuditLine
from bulou.kernel.problems import BulouError
from bulou.people.lookups import UNMASKED
from bulou.people.models import Person
from bulou.rights.capabilities import Capability

ASK = {"list": "tests", "purpose": "check", "words": "报镇防控办核对", "format": "csv"}
EVIL = '=HYPERLINK("http://x","y")'


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.BULOU_HOME = tmp_path
    return tmp_path


@pytest.fixture
def table(monkeypatch):
    def people(query):
        found = Person.objects.filter(place__startswith=query.place).order_by("id")
        return found.filter(needs__contains=query.filters["need"]) if query.filters.get("need") else found

    made = Table(
        name="tests",
        title="试验清单",
        needs=(Capability.SEE_PERSONS,),
        params=(Param("need", "需求"), Param("q", "查找", personal=True)),
        columns=(
            Column("编号", lambda row: row.pk),
            Column("电话", lambda row: "199****", full=lambda row: "19900009999"),
            Column("备注", lambda row: EVIL),
        ),
        count=lambda query: people(query).count(),
        rows=lambda query: people(query).iterator(chunk_size=2),
        person=lambda row: row.pk,
    )
    monkeypatch.setitem(tables.TABLES, "tests", made)
    return made


def taken(browser, **more):
    """What an export answers: the record's address."""
    answer = browser.post("/exports/new", ASK | more)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def content(browser, address):
    return b"".join(browser.get(address + "/file").streaming_content)


def test_a_list_is_taken_out_with_what_for_by_whom_and_as_of_when(table, log_in, world):
    browser = log_in("county")
    raw = content(browser, taken(browser))
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert rows[0] == ["序号", "编号", "电话", "备注"]
    assert [row[0] for row in rows[1:11]] == [str(n) for n in range(1, 11)]
    said = dict(row for row in rows[11:] if len(row) == 2)
    assert (said["制表人"], said["截至"], said["用途"]) == (
        "county",
        "2022-04-16 14:00",
        "核对底数(报镇防控办核对)",
    )


def test_no_cell_of_a_csv_begins_a_formula(table, log_in, world):
    browser = log_in("county")
    raw = content(browser, taken(browser)).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(raw)) for cell in row]
    assert "'" + EVIL in cells
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]


def test_a_workbook_has_frozen_heads_a_footer_and_text_instead_of_formulas(table, log_in, world):
    browser = log_in("county")
    book = openpyxl.load_workbook(io.BytesIO(content(browser, taken(browser, format="xlsx"))))
    data, about = book.worksheets
    assert (data.title, about.title, data.freeze_panes) == ("数据", "说明", "A4")
    assert (data.page_setup.paperSize, data.page_setup.orientation) == (9, "landscape")
    assert data.print_title_rows == "$1:$3"
    assert "第 &P 页" in data.oddFooter.center.text or "第 " in data.oddFooter.center.text
    assert (data["D4"].value, data["D4"].data_type) == (EVIL, "s")
    assert data["A1"].value == "翼城县试验清单"


def test_the_audit_chain_says_list_filters_count_purpose_and_digest_but_no_search_words(table, log_in, world):
    browser = log_in("county")
    taken(browser, need="dialysis", q="甄漏")
    line = AuditLine.objects.get(action=job.EXPORTED)
    export = Export.objects.get()
    assert (line.detail["list"], line.detail["rows"], line.detail["purpose"]) == ("tests", 1, "check")
    assert line.detail["filters"] == ["需求:dialysis", "查找:(已填写)"]
    assert line.detail["sha256"] == export.digest
    assert "甄漏" not in str(export.conditions)


def test_full_values_need_the_right_and_are_told_to_each_resident(table, log_in, world):
    browser = log_in("county")
    assert "19900009999" in content(browser, taken(browser, full="1")).decode()
    assert AuditLine.objects.filter(action=UNMASKED).count() == 10
    assert "19900009999" not in content(browser, taken(browser)).decode()
    assert AuditLine.objects.filter(action=UNMASKED).count() == 10


def test_full_values_of_too_many_are_refused(table, log_in, world, monkeypatch):
    monkeypatch.setattr(asking, "MOST_FULL", 9)
    answer = log_in("county").post("/exports/new", ASK | {"full": "1"})
    assert answer.status_code == 422
    assert not Export.objects.exists()


@pytest.mark.parametrize("wrong", [{"purpose": ""}, {"words": "报表"}, {"format": "exe"}])
def test_without_a_purpose_nothing_is_taken_out(table, log_in, world, wrong):
    assert log_in("county").post("/exports/new", ASK | wrong).status_code == 422
    assert not Export.objects.exists()


@pytest.mark.parametrize("who", ["owner", "colleague", "stranger"])
def test_without_the_right_nothing_is_taken_out(table, log_in, world, who):
    assert log_in(who).post("/exports/new", ASK).status_code == 403
    assert not Export.objects.exists()


def test_the_file_is_noise_on_the_disk_and_its_makers_alone(table, log_in, world, home):
    browser = log_in("county")
    address = taken(browser, full="1")
    assert b"19900009999" not in b"".join(path.read_bytes() for path in home.rglob("*.sealed"))
    assert not list(home.rglob(".work-*"))
    from bulou.command.tests.world import COUNTY, account

    world.users["other"] = account("other", COUNTY, "county_office")
    assert log_in("other").get(address + "/file").status_code == 404
    assert log_in("other").get(address).status_code == 404


def test_the_privacy_officer_sees_the_record_and_not_the_file(table, log_in, world):
    from bulou.command.tests.world import COUNTY, account

    address = taken(log_in("county"))
    world.users["officer"] = account("officer", COUNTY, "privacy_officer")
    officer = log_in("officer")
    assert "试验清单" in officer.get("/exports").content.decode()
    assert officer.get(address).status_code == 200
    assert officer.get(address + "/file").status_code == 403


def test_after_a_day_the_file_is_swept_and_the_record_stays(table, log_in, world, home):
    browser = log_in("county")
    address = taken(browser)
    with clock.at(clock.now() + timedelta(hours=25)):
        assert browser.get(address + "/file").status_code == 410
        files.sweep({}, lambda *_: None)
        assert not list(home.rglob("*.sealed"))
        export = Export.objects.get()
        assert bytes(export.sealed) == b""
        assert browser.get(address).status_code == 200


def test_a_large_list_is_written_by_a_job_exactly_once(table, log_in, world, monkeypatch):
    monkeypatch.setattr(asking, "AT_ONCE", 3)
    browser = log_in("county")
    address = taken(browser)
    assert browser.get(address + "/file").status_code == 409
    job_worker.run_due()
    assert content(browser, address).count(b"199****") == 10
    job.write_export({"export": str(Export.objects.get().pk)}, lambda *_: None)
    assert AuditLine.objects.filter(action=job.EXPORTED).count() == 1


def test_a_page_to_print_and_a_text_are_the_same_rows(table, log_in, world):
    browser = log_in("county")
    page = browser.get(taken(browser, format="print") + "/print").content.decode()
    assert page.count("199****") == 10
    text = browser.get(taken(browser, format="text")).content.decode()
    assert "1. " in text
    assert text.count("199****") == 10


def test_the_history_asks_the_database_no_more_for_many(table, log_in, world, django_assert_max_num_queries):
    browser = log_in("county")
    for _ in range(5):
        taken(browser)
    with django_assert_max_num_queries(10):
        assert browser.get("/exports").content.decode().count("试验清单") == 5
    with django_assert_max_num_queries(12):
        browser.get("/exports/new?list=tests")


def test_a_file_that_was_cut_off_or_changed_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(vault, "PART", 10)
    key, path = vault.new_key(), tmp_path / "a.sealed"
    vault.shut(io.BytesIO(b"x" * 35), path, key)
    assert b"".join(vault.open_parts(path, key)) == b"x" * 35
    whole = path.read_bytes()
    for wrong in (whole[:-30], whole[:-1], whole[:20] + bytes([whole[20] ^ 1]) + whole[21:]):
        path.write_bytes(wrong)
        with pytest.raises(BulouError):
            b"".join(vault.open_parts(path, key))


def test_what_was_written_of_an_export_falls_due_thirty_days_after_its_file(
    table, log_in, world, home, monkeypatch
):
    # PostgreSQL cleans up outside of transactions only.
    monkeypatch.setattr(purging, "_clean", lambda *_: "")
    address = taken(log_in("county"), words="报送李某一户的名单")
    kept = home / "exports" / f"{Export.objects.get().pk}.sealed"
    with clock.at(clock.now() + timedelta(days=30)):
        purging.purge(by="user:1")
        assert Export.objects.get().words == "报送李某一户的名单"
        assert not kept.exists()
    kept.write_bytes(b"of a sweep that never ran")
    os.utime(kept, (0, 0))
    with clock.at(clock.now() + timedelta(days=31)):
        done = purging.purge(by="user:1")
        assert not Export.objects.exists() and not kept.exists()
        assert [line["records"] for line in done["rules"] if line["rule"] == "command.export"] == [1]
        assert AuditLine.objects.filter(action=job.EXPORTED).count() == 1
        assert log_in("county").get(address).status_code == 404


def test_the_sweep_leaves_what_may_still_be_fetched(table, log_in, world, home):
    browser = log_in("county")
    address = taken(browser)
    (file,) = home.rglob("*.sealed")
    os.utime(file, (0, 0))
    (file.parent / ".work-killed").mkdir()
    os.utime(file.parent / ".work-killed", (0, 0))
    assert files.sweep({}, lambda *_: None) == {"swept": 1}
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert content(browser, address)
