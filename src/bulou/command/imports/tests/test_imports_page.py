import io
import os
import time
import zipfile
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bulou.command.imports import titles, uploads, work
from bulou.command.tests.world import VILLAGE, identity
from bulou.kernel import job_worker
from bulou.kernel.models import Job
from bulou.people.models import Person
from bulou.rights.models import Mandate
from bulou.sheets.columns import kinds
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
    job_worker.run_due()
    return answer["Location"]


def confirmed(browser, address: str, **form):
    """The page after it was confirmed and brought in."""
    browser.post(address + "/confirm", form)
    job_worker.run_due()
    return browser.get(address)


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
    assert [cell.text for cell in row.cells if cell.bad] == ["141099198001010000"]
    assert (row.who, row.said) == ("王二", [])
    assert page.context["grids"][0].headers == [("G", "身份证号")]
    assert registered("王一") == 0
    assert not ImportRun.objects.exists()


def test_confirming_brings_the_good_rows_in_and_deletes_the_file(log_in):
    browser = log_in("county")
    address = sent(browser, GOOD, BAD)
    assert "已导入" in confirmed(browser, address).content.decode()
    assert (registered("王一"), registered("王二")) == (1, 0)
    assert not list(uploads.root().rglob("*.csv"))
    assert ImportRun.objects.get().new == 1


def test_a_second_click_brings_nothing_in_again(log_in):
    browser = log_in("county")
    address = sent(browser, GOOD)
    browser.post(address + "/confirm")
    again = browser.post(address + "/confirm", follow=True)
    assert "没有重复导入" in again.content.decode()
    job_worker.run_due()
    assert "没有重复导入" in browser.post(address + "/confirm", follow=True).content.decode()
    assert ImportRun.objects.count() == 1


def test_a_worker_that_died_after_the_import_repeats_nothing(log_in):
    browser = log_in("county")
    address = sent(browser, GOOD)
    browser.post(address + "/confirm")
    (asked,) = Job.objects.filter(kind=work.BRING_IN)
    job_worker.run_due()
    Job.objects.filter(pk=asked.pk).update(state="queued", ended_at=None)
    job_worker.run_due()
    assert Job.objects.get(pk=asked.pk).state == "done"
    assert ImportRun.objects.get().pk == asked.pk


def test_while_it_runs_nothing_else_is_done_with_it(log_in):
    browser = log_in("county")
    address = send(browser, book(GOOD))["Location"]
    assert 'hx-get="/jobs/' in browser.get(address).content.decode()
    assert browser.post(address + "/discard").status_code == 409
    job_worker.run_due()
    assert browser.post(address + "/discard").status_code == 302


def test_the_progress_reloads_the_page_when_it_has_ended(log_in):
    browser = log_in("county")
    send(browser, book(GOOD))
    address = f"/jobs/{Job.objects.get(kind=work.CHECK).pk}"
    asked = {"HX-Request": "true"}
    assert "HX-Refresh" not in browser.get(address, headers=asked)
    job_worker.run_due()
    assert browser.get(address, headers=asked)["HX-Refresh"] == "true"
    assert log_in("owner").get(address).status_code == 404


def test_the_kind_is_told_from_the_headers_where_the_name_does_not_say_it(log_in):
    browser = log_in("county")
    page = browser.get(sent(browser, GOOD, name="新建表格.csv"))
    assert page.context["upload"].kind == "residents"


def test_a_workbook_of_no_known_kind_asks_for_its_kind(log_in):
    browser = log_in("county")
    address = send(browser, SimpleUploadedFile("x.csv", "甲,乙\n1,2\n".encode()))["Location"]
    job_worker.run_due()
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


def test_rows_outside_ones_area_are_refused_one_by_one(log_in):
    Mandate.objects.filter(account__title="owner").update(role="community", scope=VILLAGE)
    browser = log_in("owner")
    address = sent(browser, GOOD, ELSEWHERE)
    page = browser.get(address)
    assert "辖区以外" in page.content.decode()
    assert (page.context["checked"].counts["new"], page.context["checked"].counts["refused"]) == (1, 1)
    confirmed(browser, address)
    assert (registered("王一"), registered("王三")) == (1, 0)
    assert ImportRun.objects.get().scope == VILLAGE


def test_an_area_below_the_county_may_not_change_what_is_the_countys(log_in):
    Mandate.objects.filter(account__title="owner").update(role="community")
    browser = log_in("owner")
    address = send(browser, book(GOOD, name="a.csv"), kind="workers")["Location"]
    job_worker.run_due()
    assert "请先选择表的种类" in browser.get(address).content.decode()
    assert browser.post(address + "/kind", {"kind": "workers"}).status_code == 422


def test_a_right_that_ended_meanwhile_imports_nothing(log_in):
    browser = log_in("county")
    address = sent(browser, GOOD)
    browser.post(address + "/confirm")
    Mandate.objects.filter(account__title="county").update(role="grid")
    job_worker.run_due()
    assert Job.objects.get(kind=work.BRING_IN).problem == "import-mandate-ended"
    assert not ImportRun.objects.exists()


def test_what_has_lain_for_a_day_is_deleted_by_the_worker(log_in):
    sent(log_in("county"), BAD)
    folder = uploads.pending(Mandate.objects.get(account__title="county"))[0].folder
    yesterday = time.time() - uploads.KEPT_SECONDS - 1
    os.utime(folder / "about.json", (yesterday, yesterday))
    assert work.sweep({}, lambda *_: None)["uploads"] == 1
    assert not folder.exists()


def test_too_many_and_too_large_files_are_refused_with_the_limit(log_in, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_FILES", 2)
    browser = log_in("county")
    answer = send(browser, *(book(GOOD) for _each in range(3)))
    assert answer.status_code == 422 and "最多 2 份" in answer.content.decode()
    monkeypatch.setattr(uploads, "LARGEST_BYTES", 1 << 20)
    answer = send(browser, SimpleUploadedFile("a.csv", b"x" * (1 << 20) + b"x"))
    assert answer.status_code == 422 and "超过 1 MB" in answer.content.decode()
    assert not uploads.pending(Mandate.objects.get(account__title="county"))


def mend(browser, address, *cells, **more):
    """Mend cells (row, text) of the identity column, as the script does."""
    form = {
        "sheet": ["residents-绿苑小区"] * len(cells),
        "row": [row for row, _text in cells],
        "at": ["6"] * len(cells),
        "text": [text for _row, text in cells],
        **more,
    }
    return browser.post(address + "/mend", form, headers={"Accept": "application/json"})


def bad(number: int, said: str) -> str:
    name = "王" + "〇甲乙丙丁戊己庚辛壬癸子丑"[number]
    return f"{PLACE},{100 + number},{name},户主,{said},199000001{number:02d},在家"


def test_a_mended_cell_is_checked_at_once_and_lies_sealed(log_in):
    browser = log_in("county")
    address = sent(browser, bad(1, "1410991980"), bad(2, "1410991981"))
    answer = mend(browser, address, (2, "141099198001010001")).json()
    (cell,) = answer["cells"]
    assert (cell["good"], answer["left"]) == (False, 2) and cell["says"]
    answer = mend(browser, address, (2, identity(101))).json()
    assert (answer["cells"][0]["good"], answer["left"]) == (True, 1)
    folder = uploads.pending(Mandate.objects.get(account__title="county"))[0].folder
    assert identity(101).encode() not in b"".join(p.read_bytes() for p in folder.glob("*") if p.is_file())
    assert identity(101) in browser.get(address).content.decode()


def test_what_was_mended_is_imported_and_told_with_who_did_it(log_in):
    browser = log_in("county")
    address = sent(browser, GOOD, bad(2, "1410991980"))
    assert mend(browser, address, (3, identity(102))).json()["left"] == 0
    job_worker.run_due()
    page = browser.get(address)
    assert page.context["checked"].counts["new"] == 2 and not page.context["checked"].stale
    page = confirmed(browser, address)
    assert registered("王乙") == 1
    assert ImportRun.objects.get().mended == 1
    assert [found for found in page.context["checked"].problems if found.code == "cell-mended"]
    assert "已由county在网页上改为" in page.content.decode()


def test_the_same_fix_for_all_alike(log_in):
    browser = log_in("county")
    wrong = [bad(number, "").replace("唐兴镇", "唐星乡") for number in (1, 2, 3)]
    rows = [row.replace(",户主,,", f",户主,{identity(100 + at)},") for at, row in enumerate(wrong, 1)]
    address = sent(browser, *rows)
    first = browser.get(address).context["grids"][0].rows[0].cells[0]
    assert (first.at, first.bad) == (0, True)
    form = {"sheet": "residents-绿苑小区", "row": 2, "at": 0, "text": "唐兴镇", "all": "1"}
    answer = browser.post(address + "/mend", form, headers={"Accept": "application/json"}).json()
    assert (len(answer["cells"]), answer["left"]) == (3, 0)
    job_worker.run_due()
    assert browser.get(address).context["checked"].counts["new"] == 3


def test_mending_works_without_a_script(log_in):
    browser = log_in("county")
    address = sent(browser, bad(1, "1410991980"), bad(2, "1410991981"))
    form = {
        "sheet": ["residents-绿苑小区"] * 2,
        "row": [2, 3],
        "at": [6, 6],
        "text": [identity(101), "1410991981"],
        "check": "1",
    }
    assert browser.post(address + "/mend", form)["Location"] == address
    job_worker.run_due()
    counts = browser.get(address).context["checked"].counts
    assert (counts["new"], counts["refused"]) == (1, 1)


def test_a_cell_that_is_not_there_is_left_alone(log_in):
    browser = log_in("county")
    address = sent(browser, bad(1, "1410991980"))
    for row, at in ((99, 6), (2, 99), ("x", 6)):
        form = {"sheet": "residents-绿苑小区", "row": row, "at": at, "text": "1"}
        answer = browser.post(address + "/mend", form, headers={"Accept": "application/json"})
        assert answer.json()["cells"] == []


def test_what_will_change_is_listed_masked_and_who_is_missing_is_only_sent_away_on_purpose(log_in):
    browser = log_in("county")
    third = bad(3, identity(103))
    confirmed(browser, sent(browser, GOOD, bad(2, identity(102)), third))
    address = sent(
        browser, GOOD.replace("19900000101,在家", "19900000199,外出"), third, name="residents-新.csv"
    )
    browser.post(address + "/kind", {"kind": "residents", "whole": "1"})
    job_worker.run_due()
    page = browser.get(address + "?show=changed").content.decode()
    assert "<del>在家</del> → <ins>外出</ins>" in page
    assert "199****0101" in page and "199****0199" in page and "19900000199" not in page
    gone = browser.get(address + "?show=gone")
    assert [row["who"] for row in gone.context["rows"]] == ["王乙"]
    confirmed(browser, address, looked="1")
    assert not Person.objects.filter(left_at__isnull=False).exists()
    again = sent(browser, GOOD, third, name="residents-新.csv")
    browser.post(again + "/kind", {"kind": "residents", "whole": "1"})
    job_worker.run_due()
    assert len(browser.get(again + "?show=gone").context["rows"]) == 1
    confirmed(browser, again, end_gone="1", looked="1")
    assert Person.objects.filter(left_at__isnull=False).count() == 1


def test_a_file_that_looks_cut_off_must_be_looked_at_first(log_in):
    browser = log_in("county")
    confirmed(browser, sent(browser, GOOD, *(bad(n, identity(100 + n)) for n in range(2, 6))))
    address = sent(browser, GOOD.replace("在家", "外出"))
    assert "上次有 5 行,这次只有 1 行" in browser.get(address).content.decode()
    assert browser.post(address + "/confirm").status_code == 422
    confirmed(browser, address, looked="1")
    assert ImportRun.objects.count() == 2


def test_the_list_of_imports_and_the_way_back(log_in):
    browser = log_in("county")
    confirmed(browser, sent(browser, GOOD, BAD))
    run = ImportRun.objects.get()
    listed = browser.get("/imports/history?kind=residents&state=refused")
    assert [row["run"].pk for row in listed.context["rows"]] == [run.pk]
    assert not browser.get("/imports/history?state=undone").context["rows"]
    page = browser.get(f"/imports/runs/{run.pk}")
    assert page.context["may_undo"] and "身份证号" in page.content.decode()
    browser.post(f"/imports/runs/{run.pk}/undo")
    browser.post(f"/imports/runs/{run.pk}/undo")
    job_worker.run_due()
    assert registered("王一") == 0
    page = browser.get(f"/imports/runs/{run.pk}")
    assert "已撤销" in page.content.decode() and not page.context["may_undo"]
    assert browser.post(f"/imports/runs/{run.pk}/undo").status_code == 409


def test_another_areas_import_is_not_there(log_in):
    browser = log_in("county")
    confirmed(browser, sent(browser, ELSEWHERE, name="residents-东头.csv"))
    Mandate.objects.filter(account__title="owner").update(role="community", scope=VILLAGE)
    run = ImportRun.objects.get()
    assert log_in("owner").get(f"/imports/runs/{run.pk}").status_code == 404
    assert log_in("owner").post(f"/imports/runs/{run.pk}/undo").status_code == 404
    assert not log_in("owner").get("/imports/history").context["rows"]


@pytest.mark.parametrize("many", [1, 12])
def test_pages_ask_few_questions_however_many_there_are(log_in, django_assert_max_num_queries, many):
    browser = log_in("county")
    for number in range(many):
        confirmed(browser, sent(browser, GOOD, name=f"residents-{number}.csv"), looked="1")
    address = sent(browser, *(bad(n, "1410991980") for n in range(1, many + 1)))
    run = ImportRun.objects.first().pk
    for page in ("/imports", "/imports/history", address, f"/imports/runs/{run}", address + "?show=new"):
        with django_assert_max_num_queries(12):
            assert browser.get(page).status_code == 200


def test_every_title_is_translated():
    told = {column.title for kind in kinds() for column in kind.columns} | {kind.title for kind in kinds()}
    assert told <= set(titles.TITLES)


def test_discarding_deletes_it_at_once(log_in):
    browser = log_in("county")
    browser.post(sent(browser, BAD) + "/discard")
    assert not list(uploads.root().rglob("*"))


def test_findings_lie_sealed(log_in):
    sent(log_in("county"), BAD)
    folder = uploads.pending(Mandate.objects.get(account__title="county"))[0].folder
    assert b"141099198001010000" not in (folder / "found").read_bytes()
