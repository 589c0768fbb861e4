from __future__ import annotations

import sqlite3
import subprocess
import sys

import pytest
from django.db import IntegrityError, connection, transaction

from bulou.kernel import database, sqlite
from bulou.kernel.database import as_sql, insert_rows, lock_for_order, rows, run, run_many, scalar
from bulou.kernel.models import EventKind
from bulou.kernel.problems import BulouError


@pytest.fixture
def on_sqlite():
    """These tests are about SQLite alone; on the other database there is nothing to ask."""
    return connection.vendor == "sqlite"


@pytest.mark.django_db
def test_the_database_of_the_tests_is_safe():
    database.check_build()


@pytest.mark.django_db
def test_the_settings_of_every_connection(on_sqlite):
    if not on_sqlite:
        return
    said = {"wal": "wal", "full": "2", "on": "1", "memory": "2"}
    for name, value in sqlite.PRAGMAS.items():
        assert str(scalar(f"PRAGMA {name}")) == said.get(value, value), name
    assert scalar("PRAGMA foreign_keys") == 1


@pytest.mark.django_db
def test_an_unsafe_sqlite_is_refused_with_the_remedy(on_sqlite, monkeypatch):
    monkeypatch.setattr(sqlite, "SAFE_FROM", (99, 0, 0))
    if not on_sqlite:
        database.check_build()
        return
    with pytest.raises(BulouError) as refusal:
        database.check_build()
    assert refusal.value.code == "unsafe-sqlite"
    assert {"99.0.0", "make"} <= set(str(refusal.value).split()), refusal.value


@pytest.mark.usefixtures("own_database")
def test_a_setting_that_loses_data_is_refused(on_sqlite):
    if not on_sqlite:
        return
    run("PRAGMA synchronous = NORMAL")
    with pytest.raises(BulouError) as refusal:
        database.check_build()
    assert refusal.value.code == "wrong-pragma"
    assert refusal.value.params["name"] == "synchronous"


@pytest.mark.parametrize(
    ("version", "safe"),
    [((3, 7, 0), False), ((3, 40, 1), False), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 53, 4), True)],
)
def test_which_builds_are_safe(version, safe):
    assert sqlite.is_safe(version) is safe


def test_the_safe_build_stands_in_for_the_standard_one():
    assert sqlite3.connect.__module__.startswith("pysqlite3") or sqlite3.__name__ == "pysqlite3"
    assert sqlite.is_safe(tuple(map(int, sqlite3.sqlite_version.split("."))))


def test_installing_the_safe_build_comes_first():
    program = (
        "from bulou.kernel import sqlite; sqlite.install(); import sqlite3; "
        "assert sqlite.is_safe(sqlite3.sqlite_version_info)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.django_db
def test_a_statement_says_how_many_rows_it_changed():
    run_many("INSERT INTO kernel_eventkind (name) VALUES (%s)", (("test.a",), ("test.b",)))
    assert run("UPDATE kernel_eventkind SET name = 'test.c' WHERE name = %s", ["test.a"]) == 1
    assert run("DELETE FROM kernel_eventkind WHERE name = 'test.none'") == 0
    assert rows("SELECT name FROM kernel_eventkind WHERE name IN ('test.b', 'test.c') ORDER BY name") == [
        ("test.b",),
        ("test.c",),
    ]


@pytest.mark.django_db
def test_the_first_value_or_nothing():
    assert scalar("SELECT 7") == 7
    assert scalar("SELECT name FROM kernel_eventkind WHERE name = 'test.none'") is None


@pytest.mark.django_db
def test_a_query_set_stands_inside_a_larger_statement():
    EventKind.objects.create(name="test.inner")
    sql, params = as_sql(EventKind.objects.filter(name="test.inner").values("name"))
    assert rows(f"SELECT inside.name FROM ({sql}) AS inside", params) == [("test.inner",)]


@pytest.mark.django_db
def test_whether_a_transaction_is_open():
    with transaction.atomic():
        assert database.in_one_transaction()


@pytest.mark.usefixtures("own_database")
def test_a_lock_for_order_lasts_as_long_as_its_transaction():
    assert not database.in_one_transaction()
    held = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory'"
    with transaction.atomic():
        lock_for_order("events")
        if database.is_postgres():
            assert scalar(held) == 1
    if database.is_postgres():
        assert scalar(held) == 0


@pytest.mark.django_db
def test_many_rows_go_in_and_a_key_that_is_taken_raises():
    insert_rows("kernel_eventkind", ["id", "name"], ((number, f"test.{number}") for number in (901, 902)))
    assert EventKind.objects.filter(id__gt=900).count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows("kernel_eventkind", ["id", "name"], [(903, "test.901")])


def test_rows_go_in_under_columns_that_are_words_of_sql(db):
    run('CREATE TEMPORARY TABLE odd (id integer, "where" integer, "order" integer)')
    insert_rows("odd", ("id", "where", "order"), [(1, 2, 3)])
    assert rows('SELECT id, "where", "order" FROM odd') == [(1, 2, 3)]
