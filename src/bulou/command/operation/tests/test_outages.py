"""A full disk and a database that is away, while Bulou serves: the real errors of both databases."""

import contextlib
import errno
import json
import threading
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.db import OperationalError, close_old_connections, connections
from django.test import Client

from bulou.command.operation import health, ticker
from bulou.command.tests import world as worlds
from bulou.facts import monitoring
from bulou.kernel import clock, job_worker, jobs, outages
from bulou.kernel.database import is_postgres, run, scalar
from bulou.kernel.ids import uuid7
from bulou.kernel.models import Event, Job
from bulou.obligations.models import Tick
from bulou.places.models import Post
from bulou.rights.log_ins import SEEN_EVERY
from bulou.rights.models import LogIn
from bulou.sync import tokens

RAISE = "BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END"


@contextlib.contextmanager
def full_disk(table):
    """A table that takes no more: SQLite's own limit, PostgreSQL's own error."""
    if is_postgres():
        run(f"CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ {RAISE} $$")
        run(f"CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION no_room()")
        yield
        run("DROP FUNCTION no_room CASCADE")
        return
    run("CREATE TABLE ballast (x)")
    pages, before = scalar("PRAGMA page_count"), scalar("PRAGMA max_page_count")
    scalar(f"PRAGMA max_page_count = {pages}")
    use_up_free_pages()
    yield
    scalar(f"PRAGMA max_page_count = {before}")


def use_up_free_pages():
    """Rows of a table of its own, until SQLite says that it is full."""
    with contextlib.suppress(OperationalError):
        while True:
            run("INSERT INTO ballast VALUES (zeroblob(900))")


def cut_off_everybody():
    """What PostgreSQL does to its clients when it goes down; a connection of ours notices at its next use."""
    with connections["default"].copy().cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


needs_postgres = pytest.mark.skipif("config.getoption('--database') != 'postgres'", reason="needs PostgreSQL")


@pytest.fixture
def phone(own_database):
    """A phone with a token, in a small county whose rows are really committed."""
    with clock.at(worlds.NOW):
        made = worlds.build()
        post = Post.objects.create(role="测试岗", place=worlds.VILLAGE)
        token, _row = tokens.make(post.pk, worlds.VILLAGE, 7, by="user:1")
        client = Client(raise_request_exception=False)

        def send(event):
            body, words = json.dumps({"events": [event]}), {"Authorization": f"Bearer {token}"}
            return client.post("/api/v1/events", body, "application/json", headers=words)

        yield SimpleNamespace(case=made.cases["home"][0].number, send=send, users=made.users)


def report(phone, number=0):
    return {
        "id": str(uuid7()),
        "kind": monitoring.HealthReported.kind,
        "subject": phone.case,
        "happened_at": f"2022-04-16T08:{number % 60:02d}:00+08:00",
        "data": {"temperature": 36.6},
    }


def status(answer):
    return answer.json()["results"][0]["status"]


def browser(user):
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_full_disk_refuses_what_is_sent_and_takes_it_when_there_is_room(phone):
    sent = []
    with full_disk(Event._meta.db_table):
        for number in range(400):
            sent.append(report(phone, number))
            answer = phone.send(sent[-1])
            if answer.status_code != 200:
                break
        assert (answer.status_code, answer.json()["code"]) == (503, "disk-full")
        assert answer["Content-Type"].startswith("application/problem+json") and answer["Retry-After"] == "30"
        assert "腾出空间" in answer.json()["detail"]
    assert not Event.objects.filter(id=sent[-1]["id"]).exists()
    assert [status(phone.send(one)) for one in sent] == ["identical"] * (len(sent) - 1) + ["new"]


def test_a_full_disk_keeps_nobody_from_reading(phone):
    client, user = browser(phone.users["county"]), phone.users["county"]
    assert client.get("/").status_code == 200
    LogIn.objects.filter(user=user).update(seen_at=clock.now() - 2 * SEEN_EVERY)
    session = client.session
    session["seen"] = 0
    session.save()
    with full_disk(LogIn._meta.db_table):
        assert client.get("/").status_code == 200


def test_a_page_that_met_a_full_disk_says_what_to_do(phone):
    client = Client(raise_request_exception=False)
    with full_disk("axes_accessattempt"):
        for number in range(400):
            page = client.post("/login", {"username": f"nobody{number}", "password": "x" * 12})
            if page.status_code == 503:
                break
    assert page.status_code == 503 and page["Retry-After"] == "30"
    assert "磁盘已满" in page.content.decode() and "腾出空间" in page.content.decode()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_file_that_does_not_fit_is_a_full_disk_and_any_other_trouble_is_not(number):
    assert outages.kind_of(OSError(number, "words")) is outages.DISK_FULL
    assert outages.kind_of(OSError(errno.EACCES, "words")) is None
    assert outages.kind_of(ValueError()) is None


def test_a_job_that_met_an_outage_waits_and_uses_up_no_attempt(own_database, monkeypatch):
    monkeypatch.setattr(jobs, "KINDS", {})
    trouble = [OSError(errno.ENOSPC, "no space")] * (job_worker.MOST_ATTEMPTS + 2)

    @jobs.job("test.writes")
    def writes(_args, _tell):
        if trouble:
            raise trouble.pop()
        return {"written": True}

    asked = jobs.enqueue("test.writes", by="user:3")
    while trouble:
        job_worker.run_due()
        asked.refresh_from_db()
        assert (asked.state, asked.problem, asked.attempts) == ("queued", "disk-full", 0)
        assert "磁盘已满" in jobs.sentence(asked)
        Job.objects.update(due_at=jobs.machine_now())
    job_worker.run_due()
    asked.refresh_from_db()
    assert (asked.state, asked.problem, asked.result) == ("done", "", {"written": True})


@pytest.mark.django_db
def test_health_is_red_while_the_disk_has_no_room(monkeypatch):
    now = datetime.now(UTC)
    Tick.objects.update_or_create(pk=1, defaults={"for_instant": now, "ended_at": now})
    assert health.ailing() is None
    monkeypatch.setattr(outages, "LEAST_ROOM", 2**63)
    assert health.ailing() == "disk"


@needs_postgres
def test_requests_are_refused_while_postgres_is_away_and_served_when_it_is_back(phone):
    event = report(phone)
    assert status(phone.send(event)) == "new"
    cut_off_everybody()
    answer = phone.send(later := report(phone, 1))
    assert (answer.status_code, answer.json()["code"]) == (503, "database-unavailable")
    # A server does this before each request; the test client leaves it out.
    close_old_connections()
    assert [status(phone.send(one)) for one in (event, later)] == ["identical", "new"]


@needs_postgres
def test_worker_and_ticker_go_on_after_postgres_was_away(own_database, monkeypatch):
    monkeypatch.setattr(jobs, "KINDS", {})
    monkeypatch.setattr(job_worker, "IDLE", 0.01)
    jobs.job("test.noted")(lambda _args, _tell: {})
    stop, ticks = threading.Event(), []
    worker = threading.Thread(target=job_worker.work_off, args=[stop])
    ticking = ticker.Ticker(0.01, lambda: ticks.append(scalar("SELECT 1")))
    worker.start()
    ticking.start()
    try:
        assert _until(lambda: ticks)
        for _time in range(3):
            cut_off_everybody()
            connections.close_all()
            ticks.clear()
            asked = jobs.enqueue("test.noted", by="user:3")
            assert _until(lambda asked=asked: Job.objects.filter(pk=asked.pk, state="done").exists())
            assert _until(lambda: ticks)
    finally:
        stop.set()
        worker.join(5)
        ticking.stop(5)
        connections.close_all()


def _until(condition, seconds=5):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()
