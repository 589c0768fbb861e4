from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import threading
import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils.translation import gettext_lazy as _

from bulou.kernel import clock, job_worker, jobs
from bulou.kernel.models import AuditLine, Job
from bulou.kernel.problems import CATALOGUE, BulouError, problem

REFUSED = CATALOGUE.get("test-refused") or problem("test-refused", _("“{name}”不行。"))


@pytest.fixture
def kinds(monkeypatch):
    """A registry of the test's own."""
    known = {}
    monkeypatch.setattr(jobs, "KINDS", known)
    return known


@pytest.fixture
def ran(kinds):
    """The arguments of the runs of the kind `test.noted`."""
    seen = []

    @jobs.job("test.noted")
    def noted(args, tell):
        seen.append(args)
        tell(3, 4)
        return {"seen": len(seen)}

    return seen


def let_lease_run_out(one):
    Job.objects.filter(pk=one.pk).update(leased_until=jobs.machine_now() - timedelta(seconds=1))


@pytest.mark.django_db
def test_a_job_is_worked_off_once_and_keeps_its_result(ran):
    asked = jobs.enqueue("test.noted", {"n": 1}, by="user:3")
    assert (asked.state, job_worker.run_due(), job_worker.run_due()) == ("queued", 1, 0)
    asked.refresh_from_db()
    assert ran == [{"n": 1}]
    assert (asked.state, asked.result, asked.attempts) == ("done", {"seen": 1}, 1)
    assert (asked.progress, asked.total, asked.lease, asked.problem) == (3, 4, None, "")
    assert asked.created_at <= asked.started_at <= asked.ended_at


@pytest.mark.django_db
def test_a_kind_that_nobody_registered_is_refused(ran):
    with pytest.raises(BulouError) as refusal:
        jobs.enqueue("test.unknown", by="user:3")
    assert refusal.value.code == "no-such-job-kind"


@pytest.mark.django_db
def test_a_key_stands_for_one_job_until_it_has_ended(ran):
    first, again, other = (jobs.enqueue("test.noted", by="user:3", key=key) for key in ("a", "a", "b"))
    assert first.pk == again.pk != other.pk
    job_worker.run_due()
    assert jobs.enqueue("test.noted", by="user:3", key="a").pk != first.pk
    assert len({jobs.enqueue("test.noted", by="user:3").pk for _each in range(2)}) == 2


@pytest.mark.django_db
def test_the_longest_due_comes_first_and_none_before_its_time(ran):
    now = jobs.machine_now()
    jobs.enqueue("test.noted", {"n": "later"}, by="user:3", at=now + timedelta(hours=1))
    for name, ago in (("second", 1), ("first", 2)):
        jobs.enqueue("test.noted", {"n": name}, by="user:3", at=now - timedelta(seconds=ago))
    job_worker.run_due()
    assert [args["n"] for args in ran] == ["first", "second"]


@pytest.mark.django_db
def test_a_stopped_clock_stops_no_job(ran):
    with clock.at("2022-04-16T12:00"):
        jobs.enqueue("test.noted", by="user:3")
        assert job_worker.run_due() == 1


@pytest.mark.django_db
def test_a_refusal_ends_a_job_with_its_sentence(kinds):
    @jobs.job("test.refused")
    def refused(_args, _tell):
        raise REFUSED.error(name="甲")

    asked = jobs.enqueue("test.refused", by="user:3")
    job_worker.run_due()
    asked.refresh_from_db()
    assert (asked.state, asked.problem, asked.attempts) == ("failed", "test-refused", 1)
    assert jobs.sentence(asked) == "“甲”不行。"


@pytest.mark.django_db
def test_a_failure_is_tried_again_ever_later_and_then_given_up(kinds, caplog):
    @jobs.job("test.broken")
    def broken(_args, _tell):
        raise RuntimeError("no disk")

    asked = jobs.enqueue("test.broken", by="user:3")
    waits = []
    for _attempt in range(job_worker.MOST_ATTEMPTS - 1):
        before = jobs.machine_now()
        assert job_worker.run_due() == 1
        asked.refresh_from_db()
        assert asked.state == "queued"
        waits.append(round((asked.due_at - before).total_seconds()))
        Job.objects.update(due_at=before)
    job_worker.run_due()
    asked.refresh_from_db()
    assert waits == [5, 30, 180, 600]
    assert (asked.state, asked.problem, asked.attempts) == ("failed", "job-failed", job_worker.MOST_ATTEMPTS)
    assert str(asked.pk) in jobs.sentence(asked)
    assert "test.broken" in caplog.text


@pytest.mark.django_db
def test_what_a_dead_worker_left_is_repeated_when_its_lease_has_run_out(ran):
    asked = jobs.enqueue("test.noted", by="user:3")
    dead = job_worker._claim()
    assert job_worker.run_due() == 0
    let_lease_run_out(asked)
    assert job_worker.run_due() == 1
    assert dead.job.pk == asked.pk and ran == [{}]


@pytest.mark.django_db
def test_a_job_that_kills_its_workers_is_given_up(ran):
    asked = jobs.enqueue("test.noted", by="user:3")
    for _attempt in range(job_worker.MOST_ATTEMPTS):
        assert job_worker._claim()
        let_lease_run_out(asked)
    assert job_worker.run_due() == 0
    asked.refresh_from_db()
    assert (asked.state, asked.problem, ran) == ("failed", "job-failed", [])


@pytest.mark.django_db
def test_a_worker_whose_job_was_taken_over_changes_nothing(kinds):
    steps = []

    @jobs.job("test.slow")
    def slow(_args, _tell):
        if steps:
            steps.append("second")
            return {"by": "second"}
        steps.append("first")
        let_lease_run_out(jobs.current())
        job_worker.run_one()
        with contextlib.suppress(jobs.LeaseLostError), transaction.atomic():
            AuditLine.objects.create(at=clock.now(), actor="job", action="test", previous="", hash="1")
            jobs.hold_lease()
        _tell(1, 1)

    asked = jobs.enqueue("test.slow", by="user:3")
    job_worker.run_one()
    asked.refresh_from_db()
    assert steps == ["first", "second"]
    assert (asked.state, asked.result) == ("done", {"by": "second"})
    assert not AuditLine.objects.exists()


@pytest.mark.django_db
def test_outside_a_job_there_is_no_lease_to_lose():
    jobs.hold_lease()
    assert jobs.current() is None


def test_the_heartbeat_writes_progress_and_keeps_the_lease(own_database, kinds, monkeypatch):
    monkeypatch.setattr(job_worker, "BEAT", 0.01)
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=0.3))
    seen, go = [], threading.Event()

    @jobs.job("test.long")
    def long(_args, tell):
        tell(7, 9)
        go.wait(5)

    asked = jobs.enqueue("test.long", by="user:3")
    other = threading.Thread(target=lambda: (job_worker.run_one(), connections.close_all()))
    other.start()
    while not Job.objects.filter(pk=asked.pk, state="running").exists():
        time.sleep(0.01)
    end = time.monotonic() + 0.7
    while time.monotonic() < end:
        asked.refresh_from_db()
        seen.append((asked.progress, asked.total))
        assert job_worker.run_one() is False, "another worker took a job whose worker lives"
        time.sleep(0.02)
    go.set()
    other.join()
    asked.refresh_from_db()
    assert (7, 9) in seen and asked.state == "done"


def test_two_workers_share_the_work_and_repeat_none(own_database, ran):
    for n in range(20):
        jobs.enqueue("test.noted", {"n": n}, by="user:3")
    workers = [
        threading.Thread(target=lambda: (job_worker.run_due(), connections.close_all())) for _w in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(args["n"] for args in ran) == list(range(20))


@pytest.mark.django_db
def test_a_kind_that_repeats_is_planned_once_and_again_after_its_span(kinds):
    runs = []

    @jobs.job("test.hourly", every=timedelta(hours=1))
    def hourly(_args, _tell):
        runs.append(1)

    job_worker.plan_repeated()
    job_worker.plan_repeated()
    assert job_worker.run_due() == 1
    job_worker.plan_repeated()
    assert job_worker.run_due() == 0
    waiting = Job.objects.get(state="queued")
    assert timedelta(minutes=59) < waiting.due_at - jobs.machine_now() < timedelta(minutes=61)


@pytest.mark.django_db
def test_jobs_that_ended_long_ago_are_removed(ran):
    old, young, waiting = (jobs.enqueue("test.noted", by="user:3") for _each in range(3))
    job_worker.run_due(2)
    Job.objects.filter(pk=old.pk).update(ended_at=jobs.machine_now() - job_worker.KEPT - timedelta(minutes=1))
    assert job_worker.remove_old({}, lambda *_: None) == {"removed": 1}
    assert set(Job.objects.values_list("pk", flat=True)) == {young.pk, waiting.pk}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "nonsense",
    [{"state": "running"}, {"state": "done"}, {"state": "failed"}, {"ended_at": clock.now()}],
)
def test_the_database_refuses_nonsense(ran, nonsense):
    asked = jobs.enqueue("test.noted", by="user:3")
    with pytest.raises(IntegrityError):
        Job.objects.filter(pk=asked.pk).update(**nonsense)


@pytest.mark.slow
def test_workers_killed_anywhere_lose_and_double_nothing(own_database, kinds, copies, real_home):
    """Two workers at a time, killed again and again: each job has its effect once."""
    jobs.job("test.once")(lambda _args, _tell: None)
    with copies.pointed(_name_of(real_home)):
        for n in range(40):
            jobs.enqueue("test.once", {"n": n}, by="user:3")
        asked, chance = Job.objects.filter(kind="test.once"), random.Random(4)
        for _round in range(4):
            _kill(_workers(real_home, 2), after=0.1 + chance.random() * 0.2)
        left = asked.filter(state__in=jobs.ACTIVE)
        assert left.exists()
        last = _workers(real_home, 1)
        while left.exists():
            time.sleep(0.05)
        _kill(last)
        assert set(asked.values_list("state", flat=True)) == {"done"}
        assert asked.filter(attempts__gt=1).exists()
        subjects = list(AuditLine.objects.values_list("subject", flat=True))
        assert sorted(subjects) == sorted(str(pk) for pk in asked.values_list("pk", flat=True))


def _kill(workers, after=0.0):
    time.sleep(after)
    for worker in workers:
        worker.kill()
        worker.communicate()


def _workers(home, count):
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "bulou.kernel.tests.worker"],
            env=home.environment | {"DJANGO_SETTINGS_MODULE": "bulou.config.settings"},
            stdout=subprocess.PIPE,
        )
        for _each in range(count)
    ]
    assert all(worker.stdout.readline() == b"ready\n" for worker in started)
    return started


def _name_of(home):
    return urlsplit(home.url).path.lstrip("/") if home.url else str(home.path / "bulou.sqlite3")
