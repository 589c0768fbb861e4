"""Homes that are put back to where they were prepared, before each run."""

from __future__ import annotations

import os
import shutil
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tools import postgres

DATABASE = "bulou.sqlite3"
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"


@dataclass(frozen=True)
class Home(ABC):
    """The data folder of one worker, with its database."""

    path: Path

    @property
    @abstractmethod
    def url(self) -> str:
        """What `BULOU_DATABASE_URL` is."""

    @property
    def environment(self) -> dict[str, str]:
        """For processes that work on this home. A dead server's port and lock are free at once."""
        return {
            **os.environ,
            "BULOU_HOME": str(self.path),
            "BULOU_DATABASE_URL": self.url,
            "BULOU_TICK_SECONDS": "1",
            "DJANGO_SETTINGS_MODULE": "bulou.config.settings",
        }

    def keep(self) -> None:
        """Remember the home as it is now. Nobody may have the database open."""
        shutil.copytree(self.path, self._kept, dirs_exist_ok=True)
        self.keep_database()

    def put_back(self) -> None:
        """Make the home again what was kept."""
        shutil.rmtree(self.path)
        shutil.copytree(self._kept, self.path)
        self.put_database_back()

    @property
    def _kept(self) -> Path:
        return self.path.with_name(f"{self.path.name}-kept")

    @abstractmethod
    def settle(self) -> None:
        """Wait until the database, too, knows that a killed process is gone."""

    @abstractmethod
    def keep_database(self) -> None: ...

    @abstractmethod
    def put_database_back(self) -> None: ...


@dataclass(frozen=True)
class Sqlite(Home):
    """The database lies in the folder and is copied with it."""

    @property
    def url(self) -> str:
        return ""

    def settle(self) -> None:
        """The system itself let go of every lock."""

    def keep_database(self) -> None:
        if (self.path / f"{DATABASE}-wal").exists():
            raise RuntimeError("somebody has the database open")

    def put_database_back(self) -> None:
        """Nothing is left to do."""


@dataclass(frozen=True)
class Postgres(Home):
    """A database of its own on a server; the one that is kept is its template."""

    server: str

    @property
    def name(self) -> str:
        return f"faults_{self.path.name}"

    @property
    def url(self) -> str:
        return postgres.sibling(self.server, self.name)

    def make(self) -> None:
        """An empty database."""
        postgres.copy_database(self.server, "template1", self.name)

    def settle(self) -> None:
        # What was on its way to the server when its client was killed may still be carried out.
        with psycopg.connect(self.server, autocommit=True) as connection:
            while connection.execute(SESSIONS, [self.name]).fetchone() != (0,):
                time.sleep(0.005)

    def keep_database(self) -> None:
        self.settle()
        postgres.copy_database(self.server, self.name, f"{self.name}_kept")

    def put_database_back(self) -> None:
        postgres.copy_database(self.server, f"{self.name}_kept", self.name)


def home(path: Path, server: str) -> Home:
    """A home at a path that is not there yet: on SQLite, or on the server at that address."""
    path.mkdir(parents=True)
    if not server:
        return Sqlite(path)
    made = Postgres(path, server)
    made.make()
    return made
