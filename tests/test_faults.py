"""The fault harness: what it sends, how it kills, and a few real kills."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import pytest
from tools.faults import __main__ as faults
from tools.faults import children, fingerprint, outages, papers, rounds
from tools.faults.children import Transaction

ROOT = Path(__file__).resolve().parents[1]
FEW = ["--runs", "5", "--workers", "1", "--errands", "monitoring", "files"]


@pytest.mark.slow
def test_five_kills_lose_double_and_halve_nothing(pytestconfig):
    database = pytestconfig.getoption("--database")
    done = subprocess.run(
        [sys.executable, "-m", "tools.faults", *FEW, "--database", database],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    every = done.stdout.splitlines()[-1].split()
    assert every[:2] == ["all", "5"]
    assert every[-4:] == ["0", "0", "0", "0"]


def test_events_have_the_same_version_7_ids_each_time():
    first, second = (papers.events(["JK22-000001", "JK22-000002"], "seed") for _ in range(2))
    assert first == second
    ids = [event["id"] for event in first]
    assert len(set(ids)) == len(ids) == 10
    assert all(id[14] == "7" and id[19] in "89ab" for id in ids)
    assert [event["corrects"] for event in first if "corrects" in event] == [ids[0]]
    assert papers.events(["JK22-000001"], "other")[0]["id"] not in ids


def test_identity_numbers_are_valid_and_nobodys():
    from stdnum.cn import ric

    numbers = {papers.identity(serial) for serial in range(400)}
    assert len(numbers) == 400
    assert all(
        number.startswith("141099") and ric.calc_check_digit(number) == number[-1] for number in numbers
    )


def test_a_shuffled_outbox_holds_the_same_events():
    many = papers.batches(papers.events(["JK22-000001", "JK22-000002"], "seed"), 3)
    mixed = papers.in_another_order(many, random.Random("x"))
    assert mixed != many
    assert sorted(e["id"] for b in mixed for e in b) == sorted(e["id"] for b in many for e in b)


def test_a_workbook_that_was_written_is_read_back(tmp_path):
    rows = [dict.fromkeys(papers.MONITORING, "x")]
    assert papers.read(papers.write(tmp_path / "m.xlsx", papers.MONITORING, rows)) == rows


@pytest.fixture
def child(tmp_path):
    """A child that begins a transaction, stays in it, and answers; no fork of a test's connections."""
    script = (
        "import time, sys\n"
        "marks = open(sys.argv[1], 'a')\n"
        "for mark in ('B', 'C', 'B'):\n"
        "    print(mark + str(time.monotonic()), file=marks, flush=True)\n"
        "time.sleep(60)\n"
    )
    out = tmp_path / "answer"
    out.write_text("")
    out.with_suffix(".marks").write_text("")
    process = subprocess.Popen(
        [sys.executable, "-c", script, out.with_suffix(".marks")], start_new_session=True
    )
    yield children.Child(process.pid, out, out.with_suffix(".marks"))
    process.poll()


def test_a_child_is_killed_within_the_transaction_that_is_meant(child):
    assert child.phase() in {"before", "within"}
    assert child.kill_within(Transaction(1, 0.01), 0.5) is None
    assert child.phase() == "within"
    assert len(child.transactions()) == 3
    assert child.answer() is None
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)


def test_the_longest_transaction_is_found(tmp_path):
    one = children.Child(0, tmp_path / "out", tmp_path / "marks")
    one.marks.write_text("B1.0\nC1.5\nB2.0\nC4.0\n")
    assert one.longest() == Transaction(1, 2.0)
    assert one.phase() == "after"


def test_an_answer_that_was_cut_off_is_none(tmp_path):
    one = children.Child(0, tmp_path / "out", tmp_path / "marks")
    for text, answer in (('{"new": 1}', {"new": 1}), ('{"new": ', None), ("", None), ("\udc80", None)):
        one.out.write_bytes(text.encode("utf-8", "surrogateescape"))
        assert one.answer() == answer


def test_a_child_that_was_not_killed_says_how_it_ended(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"], start_new_session=True)
    one = children.Child(process.pid, tmp_path / "out", tmp_path / "marks")
    assert one.kill_after(60) == 3


@pytest.mark.django_db
def test_every_table_has_a_digest_that_changes_with_it():
    from bulou.places.models import Place

    empty = fingerprint.digests()
    assert set(empty) >= {"persons", "cases", "events", "obligations", "roll_ups", "escalations"}
    Place.objects.create(code="141022", level="county", name="翼城县", plain="翼城")
    now = fingerprint.digests()
    assert [name for name in empty if empty[name] != now[name]] == ["places"]
    assert len(fingerprint.rows("places")) == 1


def tally(**values):
    return {
        "errand": "files",
        "phase": "within",
        "acknowledged": 3,
        "lost": 0,
        "doubled": 0,
        "half": 0,
        "books": [],
        **values,
    }


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ([tally(), tally()], 0),
        ([tally(), tally(lost=1)], 1),
        ([tally(), tally(doubled=1)], 1),
        ([tally(), tally(half=1)], 1),
        ([tally(), tally(books=["missing"])], 1),
        ([tally()], 1),
    ],
)
def test_anything_amiss_is_exit_code_1(monkeypatch, capsys, found, code):
    monkeypatch.setattr(faults, "_work", lambda *_: (found, 0))
    assert faults.main(["--runs", "2", "--workers", "1"]) == code
    last = capsys.readouterr().out.splitlines()[-1].split()
    assert last[:2] == ["all", str(len(found))]


def test_a_worker_that_broke_down_is_exit_code_1(monkeypatch, capsys):
    monkeypatch.setattr(faults, "_work", lambda *_: ([tally()], 1))
    assert faults.main(["--runs", "1", "--workers", "1"]) == 1


def test_what_is_wrong_is_shown_at_once(capsys):
    lines = [json.dumps(tally()), json.dumps(tally(lost=2))]
    assert len(list(faults._told(lines))) == 2
    assert "WRONG" in capsys.readouterr().err


def test_patience_ends():
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    one = children.Child(process.pid, Path("out"), Path("marks"))
    assert one.wait(0.05) is None
    one.kill()
    assert one.wait(60) == -signal.SIGKILL
    assert time.monotonic() - started < 60


def outage(**values):
    return outages.Round("disk", acknowledged=9, back=1.5, **values)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ([outage(), outage()], 0),
        ([outage(), outage(lost=1)], 1),
        ([outage(), outage(doubled=1)], 1),
        ([outage(), outage(half=1)], 1),
        ([outage(), outage(wrong=["500 text/html"])], 1),
        ([outage()], 1),
    ],
)
def test_an_outage_that_leaves_anything_amiss_is_exit_code_1(monkeypatch, capsys, found, code):
    monkeypatch.setattr(outages, "ground", lambda *_: nullcontext((Path(), "", None)))
    monkeypatch.setattr(rounds, "run", lambda *_: iter(found))
    monkeypatch.setattr(outages.signal, "signal", lambda *_: None)
    assert outages.main(["--rounds", "2"]) == code
    assert f"{len(found)} rounds" in capsys.readouterr().out


def test_only_postgres_can_be_lost():
    with pytest.raises(SystemExit, match="only PostgreSQL"):
        outages.main(["--outage", "lost"])
