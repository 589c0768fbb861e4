"""What programs bring in and take out."""

import csv
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bulou.client import transport
from bulou.command.api.tests.test_programs import API, Program, code, every
from bulou.command.exports.files import file_of
from bulou.command.exports.models import Export
from bulou.command.imports import uploads
from bulou.command.imports.tests.test_imports_page import BAD, ELSEWHERE, GOOD, HEAD, registered
from bulou.command.tests.world import COUNTY, VILLAGE, identity
from bulou.command.tests.world import ELSEWHERE as AWAY
from bulou.kernel import job_worker
from bulou.kernel.models import AuditLine, Job
from bulou.rights.capabilities import Capability as C
from bulou.sheets.models import ImportRun
from bulou.sync import tokens

pytestmark = pytest.mark.django_db
MAY = (C.IMPORT, C.SEE_PERSONS, C.SEE_NUMBERS, C.EXPORT)
NAME = "residents-绿苑小区.csv"
KEY = {"Idempotency-Key": "k1"}


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    settings.BULOU_HOME = tmp_path


@pytest.fixture
def program(world):
    return Program(*MAY)


def send(program, *rows, name=NAME, **headers):
    """Sent as the client sends it."""
    body = transport.form("edge", {"kind": None, "whole": None}, name, "\n".join((HEAD, *rows)).encode())
    more = {"Authorization": f"Bearer {program.text}"} | headers
    kind = "multipart/form-data; boundary=edge"
    return program.client.generic("POST", f"{API}/imports", body, kind, headers=more)


def checked(program, *rows):
    made = send(program, *rows)
    assert made.status_code == 202, made.content
    job_worker.run_due()
    return f"/imports/{made.json()['id']}"


def test_a_workbook_is_checked_brought_in_once_and_taken_back(program):
    first = send(program, GOOD, **KEY)
    assert send(program, GOOD, **KEY).json() == first.json()
    assert len(every(program, "/imports")) == 1
    path = f"/imports/{first.json()['id']}"
    assert program.get(path).json()["state"] == "checking"
    assert program.get(f"/jobs/{first.json()['job']}").json()["kind"] == "imports.check"
    job_worker.run_due()
    found = program.get(path).json()
    assert (found["state"], found["counts"]["new"], found["kind"]) == ("checked", 1, "residents")
    assert [row["who"] for row in every(program, f"{path}/changes/new")] == ["王一"]
    assert registered("王一") == 0
    job = program.ask("POST", f"{path}/confirm", {}, **{"Idempotency-Key": "k2"}).json()
    assert program.ask("POST", f"{path}/confirm", {}).json() == job
    job_worker.run_due()
    assert program.get(path).json()["state"] == "done" and registered("王一") == 1
    (run,) = every(program, "/runs")
    assert (run["new"], run["may_undo"], run["by"]) == (1, True, f"post:{program.token.post_id}")
    assert program.get(f"/runs/{run['id']}").json() == run
    assert program.ask("POST", f"/runs/{run['id']}/undo").status_code == 202
    job_worker.run_due()
    assert program.get(f"/runs/{run['id']}").json()["undone_at"] and registered("王一") == 0
    assert code(program.ask("POST", f"/runs/{run['id']}/undo")) == "undone-already"


def test_other_content_with_the_same_key_is_refused(program):
    send(program, GOOD, **KEY)
    assert code(send(program, BAD, **KEY)) == "idempotency-key-reused"


def test_bad_cells_are_told_by_pages_and_mended(program):
    path = checked(program, GOOD, BAD)
    rows = [row for row in every(program, f"{path}/problems") if row["action"] == "refused"]
    assert [(row["row"], row["value"]) for row in rows] == [(3, "141099198001010000")]
    cell = {name: rows[0][name] for name in ("sheet", "row", "at")} | {"text": identity(102)}
    mended = program.ask("POST", f"{path}/mend", {"cells": [cell]}).json()
    assert mended["left"] == 0 and mended["cells"][0]["good"] and mended["job"]
    job_worker.run_due()
    assert program.get(path).json()["counts"]["new"] == 2
    program.ask("POST", f"{path}/confirm", {})
    job_worker.run_due()
    assert registered("王二") == 1


def test_rows_outside_the_scope_are_refused_and_kept_with_the_run(program):
    path = checked(program, GOOD, ELSEWHERE)
    assert program.get(path).json()["counts"]["refused"] == 1
    program.ask("POST", f"{path}/confirm", {})
    job_worker.run_due()
    (run,) = every(program, "/runs")
    kept = every(program, f"/runs/{run['id']}/problems")
    assert [row["row"] for row in kept if row["action"] == "refused"] == [3] and registered("王三") == 0


def test_a_workbook_belongs_to_the_token_that_sent_it(program, world):
    path = checked(program, GOOD)
    # Another token of the same post.
    other = Program(*MAY)
    assert code(other.get(path)) == code(other.ask("POST", f"{path}/confirm", {})) == "api-no-such-upload"
    away = Program(*MAY, scope=AWAY)
    program.ask("POST", f"{path}/confirm", {})
    job_worker.run_due()
    run = ImportRun.objects.get()
    assert code(away.get(f"/runs/{run.pk}")) == "api-no-such-run" and every(away, "/runs") == []
    assert Program(*MAY, scope=COUNTY).get(f"/runs/{run.pk}").status_code == 200


def test_a_workbook_is_discarded_or_of_another_kind(program):
    path = checked(program, GOOD)
    assert code(program.ask("POST", f"{path}/kind", {"kind": "workers"})) == "upload-kind-not-chosen"
    assert program.ask("POST", f"{path}/kind", {"kind": "residents", "whole": True}).json()["whole"] is True
    assert code(program.ask("DELETE", path)) == "import-under-way"
    job_worker.run_due()
    assert program.ask("DELETE", path).status_code == 200
    assert code(program.get(path)) == "api-no-such-upload"


def test_a_token_that_was_withdrawn_brings_nothing_in_any_more(program):
    send(program, GOOD)
    tokens.withdraw(program.token.pk, by="user:1")
    job_worker.run_due()
    assert Job.objects.get(kind="imports.check").problem == "import-mandate-ended"


@pytest.mark.parametrize("name, wanted", [("x.exe", "upload-not-a-workbook"), ("", "bad-query")])
def test_what_is_no_workbook_is_refused(program, name, wanted):
    assert code(send(program, GOOD, name=name)) == wanted


def test_a_broken_form_is_a_problem(program):
    headers = {"Authorization": f"Bearer {program.text}"}
    kind = "multipart/form-data; boundary="
    answer = program.client.generic("POST", f"{API}/imports", b"x", kind, headers=headers)
    assert (answer.status_code, code(answer)) == (400, "bad-form")


def test_uploads_of_the_released_version_are_still_their_senders(world, program):
    upload = uploads.keep(SimpleUploadedFile(NAME, b"x"), power=program.token)
    (upload.folder / "about.json").write_text(
        '{"name": "x.csv", "kind": "", "user": 3, "whole": false, "at": "2022-04-16T14:00:00+08:00"}'
    )
    found = uploads.read(upload.id)
    assert (found.by, found.owner) == ("user:3", "user:3")


ASKED = {"list": "posts", "format": "csv", "purpose": "check", "words": "核对岗位"}


def test_a_list_is_taken_out_once_with_its_purpose_and_fetched(program):
    names = {row["name"] for row in program.get("/lists").json()["rows"]}
    assert {"posts", "workers"} <= names
    first = program.ask("POST", "/exports", ASKED, **KEY)
    assert first.status_code == 201, first.content
    assert program.ask("POST", "/exports", ASKED, **KEY).json() == first.json()
    (line,) = every(program, "/exports")
    assert line == first.json() and line["state"] == "done"
    file = program.get(f"/exports/{line['id']}/file")
    content = b"".join(file.streaming_content)
    assert file["Content-Type"].startswith("text/csv") and len(content) == line["size"]
    assert len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))) > line["rows"] > 0
    audit = AuditLine.objects.get(action="list.exported")
    assert (audit.actor, audit.place) == (f"post:{program.token.post_id}", VILLAGE)
    assert AuditLine.objects.filter(action="list.fetched").count() == 1


@pytest.mark.parametrize(
    "change, wanted",
    [
        ({"list": "none"}, "no-such-list"),
        ({"words": "查"}, "export-purpose-missing"),
        ({"place": AWAY}, "place-outside-scope"),
        ({"full": True}, "export-full-not-allowed"),
        ({"format": "print"}, "bad-query"),
    ],
)
def test_an_export_that_may_not_be_is_refused(program, change, wanted):
    assert code(program.ask("POST", "/exports", ASKED | change)) == wanted


def test_exports_of_others_are_not_there_and_gone_ones_say_so(program):
    line = program.ask("POST", "/exports", ASKED).json()
    for path in (f"/exports/{line['id']}", f"/exports/{line['id']}/file"):
        assert code(Program(*MAY).get(path)) == "api-no-such-export"
    file_of(Export.objects.get()).unlink()
    assert code(program.get(f"/exports/{line['id']}/file")) == "export-damaged"
    assert code(Program(C.EXPORT).ask("POST", "/exports", ASKED)) == "export-list-not-allowed"
    assert code(Program(*MAY, purpose="").ask("POST", "/exports", ASKED)) == "token-no-purpose"


def test_a_workbook_comes_back_with_its_problems_written_in(program):
    path = checked(program, GOOD, BAD)
    answer = program.get(f"{path}/problems.xlsx")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert "问题" in [cell.value for row in book.worksheets[0].iter_rows(max_row=3) for cell in row]
    assert code(Program(*MAY).get(f"{path}/problems.xlsx")) == "api-no-such-upload"
