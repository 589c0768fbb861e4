"""A throw-away PostgreSQL server for tests and benchmarks.

The machine's own server programs are used where there are any, else those of the `pgserver` wheel. The
server listens on a socket in a temporary folder only, and dies with the process that started it.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

START_SECONDS = 60
NEEDED = "PostgreSQL is not here: run `make setup`, or install Debian's package `postgresql`"


class NoPostgresError(RuntimeError):
    """No PostgreSQL could be found or started."""


def find_bin() -> Path:
    """The folder of the server programs: the machine's, else the wheel's. Raises NoPostgresError."""
    for folder in (*_machine_bins(), *_wheel_bins()):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgresError(NEEDED)


def _machine_bins() -> Iterator[Path]:
    debian = Path("/usr/lib/postgresql")
    yield from sorted(debian.glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    if config := shutil.which("pg_config"):
        yield Path(subprocess.check_output([config, "--bindir"], text=True).strip())


def _wheel_bins() -> Iterator[Path]:
    wheel = importlib.util.find_spec("pgserver")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


class Server:
    """A server whose data lie in a folder; it can be killed and started again.

    Without `durable` it never waits for the disk: right for tests, wrong for measurements of writes.
    """

    def __init__(self, root: Path, *, durable: bool = False, **settings: str) -> None:
        self.root = root
        programs, self._prefix = _as_servant(root, find_bin())
        self._programs, self._options = programs, _options(root, durable, settings)
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Its data folder, and the database `bulou` in it; then it runs."""
        _run([*self._prefix, self._programs / "initdb", *_initdb_options(self.root)], self.root)
        self.start()
        execute(url(self.root, "postgres"), "CREATE DATABASE bulou")

    def start(self) -> None:
        """Start it and wait until it answers."""
        command: list[str | Path] = [*self._prefix, self._programs / "postgres", *self._options]
        self._process = _start(self.root, command)
        _wait(self.root, self._process)

    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """kill -9 to the server; those that served its clients go by themselves."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop it at once, if it runs."""
        self._end(signal.SIGQUIT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START_SECONDS)


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """Run a server for the length of a `with` block; gives the URL of its database `bulou`."""
    root = Path(tempfile.mkdtemp(prefix="bulou-pg-"))
    try:
        one = Server(root, durable=durable)
        try:
            one.make()
            yield url(root, "bulou")
        finally:
            one.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)


def url(root: Path, name: str) -> str:
    """The address of one database of the server whose socket lies in `root`."""
    return f"postgresql://bulou@/{name}?host={root}"


def sibling(address: str, name: str) -> str:
    """The address of another database on the same server."""
    head, query = address.split("?", 1)
    return f"{head.rpartition('/')[0]}/{name}?{query}"


def execute(address: str, statement: str) -> None:
    """Run one statement outside of any transaction (CREATE DATABASE, DROP DATABASE)."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)


def copy_database(address: str, source: str, target: str) -> str:
    """Make `target` as a copy of `source`, in place of one that was there; gives its address."""
    execute(address, f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
    execute(address, f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    return sibling(address, target)


def _as_servant(root: Path, programs: Path) -> tuple[Path, list[str]]:
    """The programs and the words before them, so that they do not run as root, which they refuse."""
    if os.geteuid() != 0:
        return programs, ["setpriv", "--pdeathsig", "QUIT"]
    servant = _servant()
    if not str(programs).startswith("/usr/"):
        # The checkout may lie where only root can go.
        programs = _copy_of_wheel(root)
    os.chown(root, servant.pw_uid, servant.pw_gid)
    words = f"setpriv --reuid {servant.pw_uid} --regid {servant.pw_gid} --clear-groups --pdeathsig QUIT"
    return programs, words.split()


def _copy_of_wheel(root: Path) -> Path:
    """Copy the wheel's programs with the libraries that lie beside it; gives the programs' folder."""
    (packed,) = (path.parents[2] for path in _wheel_bins())
    for name in ("pgserver", "pgserver.libs"):
        shutil.copytree(packed / name, root / name)
    return root / "pgserver" / "pginstall" / "bin"


def _servant() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgresError("PostgreSQL does not run as root and there is no user postgres or nobody")


def _initdb_options(root: Path) -> list[str]:
    return ["-D", f"{root}/data", "-U", "bulou", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]


def _options(root: Path, durable: bool, more: dict[str, str]) -> list[str]:
    settings = {
        "unix_socket_directories": str(root),
        "listen_addresses": "",
        "max_connections": "100",
        "shared_buffers": "256MB",
        "max_wal_size": "4GB",
        "timezone": "UTC",
    }
    if not durable:
        settings |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
    settings |= more
    return ["-D", f"{root}/data", *(word for pair in settings.items() for word in ("-c", "=".join(pair)))]


def _start(root: Path, command: list[str | Path]) -> subprocess.Popen[bytes]:
    with (root / "log").open("wb") as log:
        return subprocess.Popen(command, cwd=root, stdout=log, stderr=log, start_new_session=True)


def _run(command: list[str | Path], root: Path) -> None:
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoPostgresError(f"initdb failed: {done.stderr.strip()}")


def _wait(root: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            execute(url(root, "postgres"), "SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise NoPostgresError(f"the server did not start: {(root / 'log').read_text()[-2000:]}")
