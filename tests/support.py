"""Databases for tests: fast copies of one that is migrated once in a run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import postgres

BULOU = Path(sys.executable).with_name("bulou")


@dataclass(frozen=True)
class Home:
    """A county's data folder with its database, and the environment that points programs at them."""

    path: Path
    url: str

    @property
    def environment(self) -> dict[str, str]:
        """For a child process."""
        return {**os.environ, "BULOU_HOME": str(self.path), "BULOU_DATABASE_URL": self.url}

    def bulou(self, *words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        """Run one `bulou` command to its end; `more` is added to its environment."""
        return subprocess.run(
            [BULOU, *words],
            env=self.environment | more,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


@dataclass(frozen=True)
class Standing:
    """A world that stands: its database, and what its builder gave (each test takes a copy of that)."""

    database: str
    built: Any


@dataclass
class Copy(ABC):
    """Makes, and points Django at, the databases of one worker."""

    folder: Path
    server: str
    worker: str

    @abstractmethod
    def empty(self, name: str) -> str:
        """A database with nothing in it; gives the NAME that Django's settings need."""

    @abstractmethod
    def make(self, name: str) -> str:
        """A copy of the migrated one, in place of one of that name that was there."""

    @abstractmethod
    def home(self, path: Path) -> Home:
        """A data folder with a copy of the migrated database."""

    def use(self, name: str) -> None:
        """Point Django at a database, in this thread and in those that start from now on."""
        self.close()
        self._settings()["NAME"] = name

    @contextmanager
    def borrowed(self, name: str) -> Iterator[str]:
        """Point Django at a fresh copy for the length of a `with` block."""
        with self.pointed(self.make(name)) as database:
            yield database

    @contextmanager
    def pointed(self, database: str) -> Iterator[str]:
        """Point Django at a database that is there for the length of a `with` block."""
        before = self._settings()["NAME"]
        self.use(database)
        try:
            yield database
        finally:
            self.use(before)

    def close(self) -> None:
        """Close this thread's connection; a copy cannot be made while one is open."""
        from django.db import connection

        connection.close()

    def _settings(self) -> dict[str, Any]:
        from django.db import connections

        return connections.settings["default"]


class Sqlite(Copy):
    """Files, because an in-memory database has neither WAL nor the other settings of a real one."""

    def empty(self, name: str) -> str:
        return str(self.folder / f"{name}.sqlite3")

    def make(self, name: str) -> str:
        target = self.empty(name)
        for rest in ("-wal", "-shm"):
            Path(target + rest).unlink(missing_ok=True)
        shutil.copyfile(self.empty("template"), target)
        return target

    def home(self, path: Path) -> Home:
        path.mkdir(parents=True)
        shutil.copyfile(self.empty("template"), path / "bulou.sqlite3")
        return Home(path, "")


class Postgres(Copy):
    """Databases of the run's one server."""

    def empty(self, name: str) -> str:
        postgres.copy_database(self.server, "template1", f"bulou_{name}")
        return f"bulou_{name}"

    def make(self, name: str) -> str:
        postgres.copy_database(self.server, "bulou_template", f"bulou_{name}")
        return f"bulou_{name}"

    def home(self, path: Path) -> Home:
        path.mkdir(parents=True)
        return Home(path, postgres.sibling(self.server, self.make(f"{self.worker}_home")))
