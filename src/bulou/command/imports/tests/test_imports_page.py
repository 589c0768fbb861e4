import io
import os
import time
import zipfile
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bulou.command.imports import uploads
from bulou.command.tests.world import VILLAGE, identity
from bulou.people.models import Person
from bulou.rights.models import Mandate
from bulou.sheets.models import ImportRun

pytestmark = pytest.mark.django_db
HEAD = "乡镇,村(社区),小区(自然村),户号,姓名,与户主关系,身份证号,手机号,现居状态"
PLACE = "唐兴镇,文昌社区,绿苑小区"
GOOD = f"{PLACE},101,王一,户主,{identity(101)},19900000101,在家"
BAD = f"{PLACE},102,王二,户主,141099198001010000,19900000102,在家"
ELSEWHERE = f"南梁镇,庄里村,东头,101,王三,户主,{identity(103)},19900000103,在家"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    settings.BULOU_HOME = tmp_path


def book(*rows: str, name: str = "residents-绿苑小区.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\n".join((HEAD, *rows)).encode())


def send(browser, *files, kind: str = ""):
    return browser.post("/imports", {"files": list(files), "kind": kind})


def sent(browser, *rows: str, **more) -> str:
    """The address of the page of one workbook that was sent and checked."""
    answer = send(browser, book(*rows, **more))
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def registered(name: str) -> int:
    from bulou.people.keys import name_key

    return Person.objects.filter(name_key=name_key(name)).count()


def test_the_check_counts_and_shows_the_bad_cell_on_its_row_and_writes_nothing(log_in):
    browser = log_in("county")
    page = browser.get(sent(browser, GOOD, BAD))
    counts = page.context["checked"].counts
    assert (counts["new"], counts["refused"]) == (1, 1)
    row = page.context["grids"][0].rows[0]
    assert row.number == 3
    assert [cell.text for cell in row.cells if cell.action] == ["141099198001010000"]
    assert "王二" in page.content.decode()
    assert row.said[0].column == "身份证号"
    assert registered("王一") == 0
    assert not ImportRun.objects.exists()


def test_confirming_brings_the_good_rows_in_and_deletes_the_file(log_in):
    browser = log_in("county")
    address = sent(browser, GOOD, BAD)
    answer = browser.post(address + "/confirm", follow=True)
    assert "已导入" in answer.content.decode()
    assert (registered("王一"), registered("王二")) == (1, 0)
    assert not list(uploads.root().rglob("*.csv"))
    assert ImportRun.objects.get().new == 1


def test_a_second_click_brings_nothing_in_again(log_in):
    browser = log_in("county")
    address = sent(browser, GOOD)
    browser.post(address + "/confirm")
    again = browser.post(address + "/confirm", follow=True)
    assert "没有重复导入" in again.content.decode()
    assert ImportRun.objects.count() == 1


def test_a_click_while_it_runs_waits_for_the_first(log_in):
    browser = log_in("county")
    address = sent(browser, GOOD)
    upload = uploads.pending(Mandate.objects.get(account__title="county"))[0]
    (upload.folder / "claim").touch()
    assert "正在导入" in browser.post(address + "/confirm", follow=True).content.decode()
    assert not ImportRun.objects.exists()
    long_ago = time.time() - uploads.STALE_CLAIM_SECONDS - 1
    os.utime(upload.folder / "claim", (long_ago, long_ago))
    browser.post(address + "/confirm")
    assert ImportRun.objects.count() == 1


def test_the_kind_is_told_from_the_headers_where_the_name_does_not_say_it(log_in):
    browser = log_in("county")
    page = browser.get(sent(browser, GOOD, name="新建表格.csv"))
    assert page.context["upload"].kind == "residents"


def test_a_workbook_of_no_known_kind_asks_for_its_kind(log_in):
    browser = log_in("county")
    address = send(browser, SimpleUploadedFile("x.csv", "甲,乙\n1,2\n".encode()))["Location"]
    assert "请先选择表的种类" in browser.get(address).content.decode()
    refused = browser.post(address + "/confirm")
    assert refused.status_code == 422
    browser.post(address + "/kind", {"kind": "residents"})
    assert browser.get(address).context["upload"].kind == "residents"


def test_the_workbook_with_problems_can_be_taken_home(log_in):
    browser = log_in("county")
    answer = browser.get(sent(browser, BAD) + "/problems.xlsx")
    assert unquote(answer["Content-Disposition"]).endswith("问题-residents-绿苑小区.xlsx")
    assert zipfile.is_zipfile(io.BytesIO(b"".join(answer.streaming_content)))


def test_several_workbooks_at_once(log_in):
    browser = log_in("county")
    answer = send(browser, book(GOOD), book(BAD, name="residents-二.csv"))
    assert answer["Location"] == "/imports"
    assert len(browser.get("/imports").context["pending"]) == 2


@pytest.mark.parametrize("name", ["photo.png", "residents.exe", "residents"])
def test_what_is_no_workbook_is_refused(log_in, name):
    answer = send(log_in("county"), SimpleUploadedFile(name, b"x"))
    assert answer.status_code == 422
    assert not uploads.pending(Mandate.objects.get(account__title="county"))


def test_no_file_is_asked_for(log_in):
    assert "请先选择要导入的表" in log_in("county").post("/imports", {}).content.decode()


@pytest.mark.parametrize("who", ["owner", "colleague", "stranger", "neighbour"])
def test_who_may_not_import_finds_no_import_page(log_in, who):
    assert log_in(who).get("/imports").status_code == 403
    assert send(log_in(who), book(GOOD)).status_code == 403


@pytest.mark.parametrize("page", ["", "/problems.xlsx"])
def test_somebody_elses_workbook_is_not_there(log_in, page):
    address = sent(log_in("county"), BAD)
    Mandate.objects.filter(account__title="owner").update(role="community")
    assert log_in("owner").get(address + page).status_code == 404
    for verb in ("/confirm", "/discard", "/kind"):
        assert log_in("owner").post(address + verb, {"kind": "residents"}).status_code == 404


def test_rows_outside_ones_area_take_the_whole_file_back(log_in):
    Mandate.objects.filter(account__title="owner").update(role="community", scope=VILLAGE)
    browser = log_in("owner")
    address = sent(browser, GOOD, ELSEWHERE)
    assert "辖区以外" in browser.get(address).content.decode()
    assert "辖区以外" in browser.post(address + "/confirm", follow=True).content.decode()
    assert (registered("王一"), registered("王三")) == (0, 0)
    inside = sent(browser, GOOD)
    assert registered("王一") == 0
    browser.post(inside + "/confirm")
    assert registered("王一") == 1


def test_an_area_below_the_county_may_not_change_what_is_the_countys(log_in):
    Mandate.objects.filter(account__title="owner").update(role="community")
    answer = send(log_in("owner"), book(GOOD, name="a.csv"), kind="workers")
    assert answer.status_code == 422


def test_what_has_lain_for_a_day_is_deleted(log_in):
    browser = log_in("county")
    sent(browser, BAD)
    folder = uploads.pending(Mandate.objects.get(account__title="county"))[0].folder
    yesterday = time.time() - uploads.KEPT_SECONDS - 1
    os.utime(folder / "about.json", (yesterday, yesterday))
    assert not browser.get("/imports").context["pending"]
    assert not folder.exists()


def test_discarding_deletes_it_at_once(log_in):
    browser = log_in("county")
    browser.post(sent(browser, BAD) + "/discard")
    assert not list(uploads.root().rglob("*"))


def test_findings_lie_sealed(log_in):
    sent(log_in("county"), BAD)
    folder = uploads.pending(Mandate.objects.get(account__title="county"))[0].folder
    assert b"141099198001010000" not in (folder / "found").read_bytes()
