"""What the two databases say differently, said in one place."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.kernel import sqlite
from bulou.kernel.problems import problem

UNSAFE_SQLITE = problem(
    "unsafe-sqlite",
    _("SQLite {version} 在多连接写入时可能损坏数据库,需要 {needed} 或更新版本:请运行 make setup。"),
    status=503,
)
WRONG_PRAGMA = problem(
    "wrong-pragma",
    _("SQLite 的设置 {name} 是 {value},应为 {needed}:请检查数据库所在的磁盘是否支持 WAL。"),
    status=503,
)


AT_ONCE = 5_000
"""How many ids one query is asked about; SQLite takes at most 32,766 parameters."""

Item = TypeVar("Item")


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def run(sql: str, params: Sequence[Any] = ()) -> int:
    """Run one statement (placeholders `%s`); the number of rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return max(int(cursor.rowcount), 0)


def rows(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one query; all its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def scalar(sql: str, params: Sequence[Any] = ()) -> Any:
    """Run one query; the first column of its first row, or None."""
    found = rows(sql, params)
    return found[0][0] if found else None


def run_many(sql: str, many: Iterable[Any]) -> None:
    """Run one statement once for each set of parameters."""
    with connection.cursor() as cursor:
        cursor.executemany(sql, many)  # type: ignore[arg-type]  # both drivers take any iterable


def among(column: str, values: Sequence[Any]) -> tuple[str, Any]:
    """A condition that a column is one of many values, and its one parameter, however many they are."""
    if is_postgres():
        return f"{column} = ANY(%s)", list(values)
    return f"{column} IN (SELECT value FROM json_each(%s))", json.dumps(list(values))


def in_parts(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """A long sequence in parts that one query can take."""
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))


def uuid_storer() -> Callable[[uuid.UUID], uuid.UUID | str]:
    """A function that gives an id as its column keeps it: SQLite has no type of its own for it."""
    return (lambda whole: whole) if is_postgres() else (lambda whole: whole.hex)


def as_sql(queryset: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    """A query set as a statement with its parameters, to stand inside a larger one."""
    sql, params = queryset.query.get_compiler(connection=connection, elide_empty=False).as_sql()
    return sql, tuple(params)


def lock_for_order(name: str) -> None:
    """Hold everybody else's transaction of this name until ours ends.

    SQLite has one writer at a time already (transactions begin IMMEDIATE).
    """
    if is_postgres():
        run("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


def forbid_change(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Make a table append-only: a trigger refuses update and delete."""
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE OR REPLACE FUNCTION bulou_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'append-only: %%', TG_TABLE_NAME; END $$",
            (),
        )
        editor.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION bulou_append_only()"
        )
        editor.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION bulou_append_only()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        editor.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
        )


_NEVER_CHANGED = (
    *("seq", "id", "kind_id", "subject", "actor", "happened_at", "received_at", "win", "corrects", "digest"),
)
_ERASED = """'{"erased": true}'"""
_GRID = 17


def allow_erasure(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Let one change into the ledger: an event's place is cut to the grid, its data become "erased".

    Whatever else an update touches, it is refused as before; nothing is ever deleted.
    """
    postgres = editor.connection.vendor == "postgresql"
    same = "IS NOT DISTINCT FROM" if postgres else "IS"
    only = (
        f"{_unchanged(editor, _NEVER_CHANGED)} "
        f"AND (NEW.place {same} OLD.place OR NEW.place {same} substr(OLD.place, 1, {_GRID})) "
        f"AND (NEW.data {same} OLD.data OR NEW.data {same} {_ERASED}{'::jsonb' if postgres else ''})"
    )
    _let_through(editor, table, only)


def allow_change_beside(editor: BaseDatabaseSchemaEditor, table: str, kept: Sequence[str]) -> None:
    """Let updates into an append-only table that leave these columns as they are; nothing is deleted."""
    _let_through(editor, table, _unchanged(editor, kept))


def _unchanged(editor: BaseDatabaseSchemaEditor, columns: Sequence[str]) -> str:
    same = "IS NOT DISTINCT FROM" if editor.connection.vendor == "postgresql" else "IS"
    return " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in columns)


def _let_through(editor: BaseDatabaseSchemaEditor, table: str, only: str) -> None:
    """Put the guard of an append-only table aside for updates of which `only` is true."""
    if editor.connection.vendor == "postgresql":
        editor.execute(
            f"CREATE OR REPLACE FUNCTION {table}_only_erased() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF TG_OP = 'UPDATE' AND {only} THEN RETURN NEW; END IF; "
            "RAISE EXCEPTION 'append-only: %%', TG_TABLE_NAME; END $$",
            (),
        )
        editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        editor.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_only_erased()"
        )
        return
    editor.execute(f"DROP TRIGGER {table}_no_update")
    editor.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NOT ({only}) "
        f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
    )


def forbid_erasure(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """The table is append-only without exception again."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        editor.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION bulou_append_only()"
        )
        return
    editor.execute(f"DROP TRIGGER {table}_no_update")
    editor.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
    )


def unguard(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Take an append-only table's guards away, for a migration that puts them back."""
    if editor.connection.vendor == "postgresql":
        for name in ("append_only", "no_truncate"):
            editor.execute(f"DROP TRIGGER {table}_{name} ON {table}")
        return
    for verb in ("update", "delete"):
        editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")


def check_build() -> None:
    """Refuse to work on a SQLite that can corrupt or lose data. Raises `unsafe-sqlite`, `wrong-pragma`."""
    if connection.vendor != "sqlite":
        return
    version = scalar("SELECT sqlite_version()")
    if not sqlite.is_safe(tuple(int(part) for part in version.split("."))):
        raise UNSAFE_SQLITE.error(version=version, needed=".".join(map(str, sqlite.SAFE_FROM)))
    for name, needed in {
        "journal_mode": "wal",
        "synchronous": "2",
        "foreign_keys": "1",
    }.items():
        value = str(scalar(f"PRAGMA {name}"))
        if value != needed:
            raise WRONG_PRAGMA.error(name=name, value=value, needed=needed)


def in_one_transaction() -> bool:
    """Whether a transaction is open; set statements that must stand or fall together ask this."""
    return connection.in_atomic_block


atomic = transaction.atomic


def insert_rows(table: str, columns: Sequence[str], many: Iterable[Any]) -> None:
    """Put many rows into a table, the fastest way of the database. A row whose key is taken raises."""
    names = ", ".join(map(connection.ops.quote_name, columns))
    with connection.cursor() as cursor:
        if is_postgres():
            with (
                connection.wrap_database_errors,
                cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
            ):
                for row in many:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", many)  # type: ignore[arg-type]
