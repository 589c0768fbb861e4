"""`bulou serve`: one process to start. It prepares database and static files, serves, ticks, works."""

from __future__ import annotations

import fcntl
import hashlib
import multiprocessing
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connections
from django.utils.translation import gettext_lazy as _
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from bulou.command.operation import metrics
from bulou.command.operation.ticker import Ticker
from bulou.command.operation.worker import Worker
from bulou.kernel import database, seal
from bulou.kernel.problems import problem

PORT_TAKEN = problem(
    "port-taken",
    _("端口 {port} 已被别的程序占用:请停掉它,或换一个端口(PORT=8001 make run)。"),
    status=503,
)
NO_STATIC = problem("static-not-collected", _("静态文件没有整理成功:{reason}"), status=503)

APPLICATION = "bulou.config.worker:application"
THREADS = 4
"""Blocking threads of each worker; on two cores more would only wait for each other."""
PORT_PATIENCE = 3.0
"""Seconds in which the port of a server just killed becomes free."""
STOP_SECONDS = 10
STAMP = "static.sha256"


def serve(port: int, host: str = "127.0.0.1") -> None:
    """Serve until SIGTERM or SIGINT. Raises a problem when it cannot start."""
    check_port(host, port)
    prepare()
    ticker, worker = Ticker(settings.BULOU_TICK_SECONDS), Worker()
    server = _server(host, port)
    server.on_startup(ticker.start)
    server.on_startup(worker.start)
    server.on_startup(lambda: say(f"http://{host}:{port}"))
    try:
        server.serve()
    finally:
        worker.stop(STOP_SECONDS)
        ticker.stop(STOP_SECONDS)


def prepare() -> None:
    """Everything that must stand before the first request: keys, database, tables, static files."""
    with _alone():
        seal.keys()
        database.check_build()
        call_command("migrate", interactive=False, verbosity=0)
        collect_static()
    # The workers and the ticker open their own.
    connections.close_all()


def collect_static() -> bool:
    """Collect static files, hashed and compressed, into `BULOU_HOME/static`. Whether anything had changed."""
    stamp, now = Path(settings.BULOU_HOME) / STAMP, static_fingerprint()
    there = (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()
    if there and stamp.exists() and stamp.read_text() == now:
        return False
    done = subprocess.run(
        [sys.executable, "-m", "django", "collectstatic", "--noinput", "--verbosity=0"],
        env=os.environ | _collected() | {"DJANGO_SETTINGS_MODULE": "bulou.config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NO_STATIC.error(reason=done.stderr.strip().rpartition("\n")[2])
    stamp.write_text(now)
    return True


def static_fingerprint() -> str:
    """A digest of every static file's name, size and time."""
    found = []
    for finder in get_finders():
        for name, storage in finder.list(None):
            stat = Path(storage.path(name)).stat()
            found.append(f"{name} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()


def check_port(host: str, port: int, patience: float = PORT_PATIENCE) -> None:
    """Refuse a port on which something answers. Raises `port-taken`."""
    until = time.monotonic() + patience
    while _answers(host, port):
        if time.monotonic() > until:
            raise PORT_TAKEN.error(port=port)
        time.sleep(0.1)


def _answers(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def _server(host: str, port: int) -> MPServer:
    # A fresh interpreter for each worker: a forked one would share our connections and settings.
    multiprocessing.set_start_method("spawn", force=True)
    os.environ |= _collected() | metrics.shared_folder()
    return MPServer(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=min(2, os.cpu_count() or 1),
        blocking_threads=THREADS,
        # A thread's database connection goes with it.
        blocking_threads_idle_timeout=600,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
    )


def _collected() -> dict[str, str]:
    return {"BULOU_COLLECTED": "1"}


@contextmanager
def _alone() -> Iterator[None]:
    """Two servers that start at once prepare one after the other."""
    home = Path(settings.BULOU_HOME)
    home.mkdir(parents=True, exist_ok=True)
    with (home / "prepare.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def say(text: str) -> None:
    """A line for whoever started the server, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
