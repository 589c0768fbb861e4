"""What every test stands on: one database of the run's kind, migrated once and copied.

`pytest --database=sqlite|postgres` chooses the database. A test that only needs rows uses
`pytest.mark.django_db` (its transaction is rolled back). The ledger's triggers refuse the emptying that
Django's `transaction=True` does after a test, so a test that needs committed rows asks for

    own_database    this process works on a fresh database of its own for one test
    real_home       a fresh BULOU_HOME with its database, for `bulou` in child processes and for browsers
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, settings
from tests.support import Copy, Home, Postgres, Sqlite, Standing
from tools import postgres

pytest_plugins = ["tests.browser"]

TEMPLATE = "template"
EXAMPLES = {"dev": 50, "ci": 50, "nightly": 2_000}

for profile, examples in EXAMPLES.items():
    settings.register_profile(
        profile,
        max_examples=examples,
        deadline=None,
        print_blob=True,
        # A red build must be red again when it is run again; nights look for what is new.
        derandomize=profile == "ci",
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))

COPIES = pytest.StashKey[Copy]()
closing = ExitStack()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=("sqlite", "postgres"), default="sqlite", help="the database to test on"
    )
    parser.addoption("--folder", help="keep the migrated SQLite database in this folder, for the next run")


def pytest_configure(config: pytest.Config) -> None:
    """One folder and one server for the whole run, one home for each worker."""
    given = getattr(config, "workerinput", None)
    if given:
        folder, address = Path(given["bulou_folder"]), given["bulou_server"]
    else:
        folder, address = _folder(config.getoption("--folder")), ""
        if config.getoption("--database") == "postgres":
            address = closing.enter_context(postgres.server())
    worker = given["workerid"] if given else "main"
    _set_up_django(folder / worker, address)
    kind = Postgres if address else Sqlite
    config.stash[COPIES] = kind(folder=folder, server=address, worker=worker)


def _folder(kept: str | None) -> Path:
    if kept:
        return Path(kept)
    folder = Path(tempfile.mkdtemp(prefix="bulou-tests-"))
    closing.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker (pytest-xdist) where the run's folder and server are."""
    copies = node.config.stash[COPIES]
    node.workerinput |= {"bulou_folder": str(copies.folder), "bulou_server": copies.server}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test on a standing world goes there before the mark `django_db` opens its transaction.

    What is marked to be the same on both databases is run on SQLite alone.
    """
    for item in items:
        names = getattr(item, "fixturenames", [])
        if "on_world" in names:
            names.remove("on_world")
            names.insert(0, "on_world")
    if config.getoption("--database") == "postgres":
        same = {item for item in items if item.get_closest_marker("either_database")}
        config.hook.pytest_deselected(items=list(same))
        items[:] = [item for item in items if item not in same]


def pytest_unconfigure() -> None:
    closing.close()


def _set_up_django(home: Path, address: str) -> None:
    for name in [name for name in os.environ if name.startswith("BULOU_")]:
        del os.environ[name]
    (home / "static").mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "BULOU_HOME": str(home),
        "BULOU_DATABASE_URL": address,
        "BULOU_SECOND_FACTOR": "off",
        "DJANGO_SETTINGS_MODULE": "bulou.config.settings",
    }
    django.setup()
    _cheapen_passwords()
    if home.resolve() != django_settings.BULOU_HOME:
        raise pytest.UsageError("take DJANGO_SETTINGS_MODULE out of the environment: tests set it themselves")
    # A worker that found the name in its environment would read the settings before it has its own home.
    del os.environ["DJANGO_SETTINGS_MODULE"]


def _cheapen_passwords() -> None:
    """Passwords are hashed as in earnest, at the least cost: a thousand log-ins would take minutes."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 64


@pytest.fixture(scope="session")
def copies(request: pytest.FixtureRequest) -> Copy:
    """Makes databases of the run's kind as copies of the migrated one."""
    return request.config.stash[COPIES]


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any, copies: Copy) -> Iterator[None]:
    """Migrate once in the run, whichever worker comes first; each works on a copy."""
    with django_db_blocker.unblock():
        with _alone(copies.folder / "lock"):
            if not (copies.folder / "migrated").exists():
                _migrate(copies)
                (copies.folder / "migrated").touch()
            copies.use(copies.make(copies.worker))
        yield
        copies.close()


def _migrate(copies: Copy) -> None:
    from django.core.management import call_command

    from bulou.kernel import events

    for name in ("test.noted", "test.seen"):
        events.declare(name)
    copies.use(copies.empty(TEMPLATE))
    call_command("migrate", verbosity=0)
    copies.close()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture
def own_database(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any, copies: Copy
) -> Iterator[str]:
    """A fresh migrated database of this test's own: rows are really committed, threads may share it."""
    with django_db_blocker.unblock(), copies.borrowed(f"{copies.worker}_own") as name:
        yield name


@pytest.fixture(scope="session")
def standing(django_db_setup: None, django_db_blocker: Any, copies: Copy) -> Callable[..., Standing]:
    """`standing(name, build)` builds a small world once, in a database of its own.

    A room's fixture `on_world` points Django at that database, and its `world` takes `on_world` and `db`:
    what a test writes is rolled back, the world stays. See `command/conftest.py`.
    """

    def stand(name: str, build: Callable[[], Any]) -> Standing:
        lock, database = _alone(copies.folder / "lock"), f"{copies.worker}_{name}"
        with django_db_blocker.unblock(), lock, copies.borrowed(database) as borrowed:
            return Standing(borrowed, build())

    return stand


@pytest.fixture
def real_home(tmp_path: Path, django_db_setup: None, copies: Copy) -> Home:
    """A fresh data folder with its migrated database, for processes that are started for the test."""
    with _alone(copies.folder / "lock"):
        return copies.home(tmp_path / "home")


@pytest.fixture
def rolled_back(db: None) -> Callable[[], AbstractContextManager[None]]:
    """`with rolled_back():` undoes what one Hypothesis example wrote."""
    from django.db import transaction

    @contextmanager
    def undo() -> Iterator[None]:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    return undo


@pytest.fixture(autouse=True)
def _chinese_first() -> Iterator[None]:
    """Each test begins in the county's language, whatever the one before it chose."""
    from django.utils import translation

    with translation.override("zh-hans"):
        yield
