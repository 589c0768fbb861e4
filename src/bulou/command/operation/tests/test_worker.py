import time

from bulou.command.operation.worker import Worker
from bulou.kernel import job_worker, jobs
from bulou.kernel.models import Job


def test_it_works_off_what_is_asked_and_stops(own_database, monkeypatch):
    monkeypatch.setattr(jobs, "KINDS", {})
    monkeypatch.setattr(job_worker, "IDLE", 0.01)
    jobs.job("test.noted")(lambda args, _tell: {"n": args["n"]})
    worker = Worker()
    worker.start()
    asked = jobs.enqueue("test.noted", {"n": 7}, by="user:3")
    end = time.monotonic() + 5
    while asked.state != "done" and time.monotonic() < end:
        time.sleep(0.01)
        asked.refresh_from_db()
    assert asked.result == {"n": 7}
    worker.stop()
    jobs.enqueue("test.noted", {"n": 8}, by="user:3")
    time.sleep(0.05)
    assert Job.objects.filter(state="queued").count() == 1
