import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tests.support import BULOU

from bulou.command.operation import serve
from bulou.facts import monitoring
from bulou.kernel.ids import uuid7
from bulou.kernel.problems import BulouError

SET_UP = "import django; django.setup()\n"
POPULATE = SET_UP + (
    "from bulou.command.tests import world\n"
    "from bulou.places.models import Post\n"
    "from bulou.sync import tokens\n"
    "made = world.build(); post = Post.objects.create(role='测试岗', place=world.VILLAGE)\n"
    "print(tokens.make(post.pk, world.VILLAGE, 7, by='user:1')[0], made.cases['home'][0].number)"
)
PATIENCE = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Running:
    """A real server on a home of its own."""

    def __init__(self, home, port):
        self.environment = home.environment | {
            "DJANGO_SETTINGS_MODULE": "bulou.config.settings",
            "BULOU_TICK_SECONDS": "1",
            "BULOU_CLOCK": "2022-04-16T14:00+08:00",
        }
        self.port = port
        self.process = None

    def populate(self):
        done = subprocess.run(
            [sys.executable, "-c", POPULATE],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        self.token, self.case = done.stdout.split()

    def start(self):
        self.process = subprocess.Popen([BULOU, "serve", "--port", str(self.port)], env=self.environment)
        end = time.monotonic() + PATIENCE
        while self.health() != 200:
            assert self.process.poll() is None, "the server ended by itself"
            assert time.monotonic() < end, "the server did not become healthy"
            time.sleep(0.05)

    def stop(self, how):
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def health(self):
        try:
            return self.ask("GET", "/healthz")[0].status
        except OSError:
            return None

    def send(self, *items):
        body = json.dumps({"events": items})
        response, answer = self.ask("POST", "/api/v1/events", body, Authorization=f"Bearer {self.token}")
        assert response.status == 200, answer
        return [one["status"] for one in json.loads(answer)["results"]]

    def report(self):
        return {
            "id": str(uuid7()),
            "kind": monitoring.HealthReported.kind,
            "subject": self.case,
            "happened_at": "2022-04-16T08:00:00+08:00",
            "data": {"temperature": 36.6},
        }


@pytest.fixture
def running(real_home):
    server = Running(real_home, free_port())
    server.populate()
    server.start()
    yield server
    if server.process.poll() is None:
        server.process.kill()
        server.process.wait()


@pytest.mark.slow
def test_what_was_acknowledged_is_there_after_kill_9_and_the_next_start_works_at_once(running):
    first = [running.report() for _ in range(20)]
    assert set(running.send(*first)) == {"new"}
    acknowledged, tried = [], []

    def keep_sending():
        try:
            while True:
                tried.append(running.report())
                running.send(tried[-1])
                acknowledged.append(tried[-1])
        except (OSError, http.client.HTTPException):
            return

    sender = threading.Thread(target=keep_sending)
    sender.start()
    _until(lambda: len(acknowledged) > 2)
    running.stop(signal.SIGKILL)
    sender.join(PATIENCE)
    running.start()
    assert set(running.send(*first)) == {"identical"}
    assert set(running.send(*acknowledged[-500:])) == {"identical"}
    assert set(running.send(*tried[-500:])) <= {"identical", "new"}
    assert set(running.send(*tried[-500:])) == {"identical"}
    _static_files_are_compressed_and_kept(running)
    assert running.stop(signal.SIGTERM) == 0
    with pytest.raises(ConnectionRefusedError):
        running.ask("GET", "/healthz")


def _until(done):
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def _static_files_are_compressed_and_kept(running):
    home = Path(running.environment["BULOU_HOME"])
    manifest = json.loads((home / "static" / "staticfiles.json").read_text())
    name = next(hashed for plain, hashed in manifest["paths"].items() if plain.endswith(".css"))
    response, _body = running.ask("GET", f"/static/{name}", **{"Accept-Encoding": "gzip"})
    assert (response.status, response.headers["Content-Encoding"]) == (200, "gzip")
    assert "immutable" in response.headers["Cache-Control"]


def test_a_port_in_use_is_refused_with_the_remedy():
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(BulouError, match="PORT=") as caught:
        serve.check_port("127.0.0.1", other.getsockname()[1], patience=0)
    assert caught.value.code == "port-taken"


def test_a_port_that_becomes_free_is_waited_for():
    other = socket.create_server(("127.0.0.1", 0))
    port = other.getsockname()[1]
    threading.Timer(0.15, other.close).start()
    serve.check_port("127.0.0.1", port)


def test_static_files_are_collected_only_when_they_changed(settings, tmp_path, monkeypatch):
    settings.BULOU_HOME, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    calls = []

    def collect(command, **more):
        calls.append(command)
        settings.STATIC_ROOT.mkdir(exist_ok=True)
        (settings.STATIC_ROOT / "staticfiles.json").write_text("{}")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(serve.subprocess, "run", collect)
    assert serve.collect_static() is True
    assert serve.collect_static() is False
    monkeypatch.setattr(serve, "static_fingerprint", lambda: "another")
    assert serve.collect_static() is True
    assert len(calls) == 2


def test_static_files_that_cannot_be_collected_are_named(settings, tmp_path, monkeypatch):
    settings.BULOU_HOME, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    failed = subprocess.CompletedProcess([], 1, "", "Traceback\nNo space left on device\n")
    monkeypatch.setattr(serve.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(BulouError, match="No space left on device"):
        serve.collect_static()
    assert not (tmp_path / "static.sha256").exists()
