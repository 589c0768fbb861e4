"""Emptying a backup into an empty home, in one transaction: a kill in the middle leaves the home empty."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from bulou.kernel import events, keyring
from bulou.kernel.backup.container import BACKUP_DAMAGED, Reader
from bulou.kernel.backup.dump import LEFT, migrations, numbered
from bulou.kernel.backup.rows import Digest, backed_up, canonical, columns, decoders, encoders, fields_of
from bulou.kernel.database import atomic, insert_rows, is_postgres, run, scalar
from bulou.kernel.models import AuditLine, Event
from bulou.kernel.problems import problem

NOT_EMPTY = problem(
    "home-not-empty",
    _("这里已有数据({what}),恢复只能进空的数据文件夹:请换一个 BULOU_HOME(或空的数据库)再试。"),
    status=409,
)
NEWER_BACKUP = problem(
    "backup-of-newer-program",
    _("备份是由更新版本的程序做的({what}):请先升级程序,再恢复。"),
    status=409,
)
OLDER_BACKUP = problem(
    "backup-of-older-program",
    _("备份是由较早版本的程序做的({what}):请用那个版本的程序恢复,再升级。"),
    status=409,
)
NOT_AS_SAID = problem(
    "restore-not-as-backed-up",
    _("恢复出来的 {table} 与备份所记的不一致,什么也没有恢复:请换另一份备份。"),
    status=500,
)


@dataclass
class Restored:
    """What came out of a backup.

    `cut`: rows by table of which only what is left after their due day came back; `gone`: rows that did not.
    """

    header: dict[str, Any]
    rows: dict[str, int] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    gone: int = 0
    periods: list[str] = field(default_factory=list)


def header_of(file: Path) -> dict[str, Any]:
    """What a backup says of itself. Raises as `Reader` does."""
    with file.open("rb") as opened:
        return Reader(opened, keyring.keys()).header


def restore(file: Path, *, check: Callable[[Restored], object] | None = None) -> Restored:
    """Restore into the empty database that Django is set to, all or nothing.

    `check` runs before anything becomes visible; what it raises takes everything back. Raises
    `home-not-empty`, `backup-of-newer-program`, `restore-not-as-backed-up`, and as `Reader` does.
    """
    with file.open("rb") as opened, atomic():
        reader = Reader(opened, keyring.keys())
        check_empty()
        _check_version(reader.header)
        done = _fill(reader)
        _numbers(reader.manifest["sequences"])
        connection.check_constraints()
        _compare(reader, done)
        ContentType.objects.clear_cache()
        events.forget_kinds()
        if check:
            check(done)
    return done


def check_empty() -> None:
    """Refuse a home in which something is. Raises `home-not-empty`."""
    for model in (Event, AuditLine, _named("people.Person"), _named("auth.User")):
        if model._base_manager.exists():
            raise NOT_EMPTY.error(what=model._meta.db_table)


def _named(label: str) -> type[models.Model]:
    return next(model for model in backed_up() if model._meta.label == label)


def _check_version(header: dict[str, Any]) -> None:
    """The tables must be those that were backed up: what a later program does to them, it does afterwards."""
    ours, theirs = migrations(), header["migrations"]
    if differ := sorted(app for app in ours.keys() | theirs if ours.get(app) != theirs.get(app)):
        app = differ[0]
        newer = theirs.get(app, "") > ours.get(app, "")
        raise (NEWER_BACKUP if newer else OLDER_BACKUP).error(what=f"{app} {theirs.get(app, '-')}")


def _fill(reader: Reader) -> Restored:
    """Take away what a fresh home begins with, and put every row of the backup in."""
    by_table = {model._meta.db_table: model for model in backed_up()}
    for table in by_table:
        run(f"DELETE FROM {table}")
    done = Restored(reader.header)
    for content in reader.contents():
        head, *lines = content.decode().split("\n")
        said = json.loads(head)
        _put(by_table[said["table"]], said["sort"], lines, reader, done)
    done.periods = sorted(reader.erased)
    return done


def _put(model: type[models.Model], sort: str, lines: list[str], reader: Reader, done: Restored) -> None:
    read, table = decoders(model), model._meta.db_table
    found = list(_left(lines, reader) if sort == LEFT else map(json.loads, lines))
    if sort == LEFT and found:
        done.cut[table] = done.cut.get(table, 0) + len(found)
    try:
        values = [[say(value) for say, value in zip(read, row, strict=True)] for row in found]
        insert_rows(table, columns(model), values)
    except ValueError as error:
        raise BACKUP_DAMAGED.error() from error
    done.rows[table] = done.rows.get(table, 0) + len(found)


def _left(lines: list[str], reader: Reader) -> Iterator[list[Any]]:
    """What is left of rows whose period was erased; of the others the whole row comes in its own page."""
    for line in lines:
        period, row = json.loads(line)
        if period in reader.erased:
            yield row


def _numbers(given: dict[str, int]) -> None:
    """No number that was ever given is given again."""
    found = [model for model in backed_up() if numbered(model)]
    if is_postgres():
        for statement in connection.ops.sequence_reset_sql(no_style(), found):
            run(statement)
    for model in found:
        last = given.get(model._meta.db_table)
        if last is not None:
            _at_least(model._meta.db_table, str(model._meta.pk.column), last)


def _at_least(table: str, key: str, last: int) -> None:
    if is_postgres():
        name = scalar("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', key])
        scalar(f"SELECT setval(%s, greatest(%s, (SELECT last_value FROM {name})))", [name, last])
        return
    if run("UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", [last, table]) == 0:
        run("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])


def _compare(reader: Reader, done: Restored) -> None:
    """Read every table back: it must hold what the backup says. Raises `restore-not-as-backed-up`."""
    for model in backed_up():
        table = model._meta.db_table
        said, stands = reader.manifest["tables"][table], digest_of(model)
        gone = sum(count for period, count in said["periods"].items() if period in reader.erased)
        done.gone += gone
        whole = not gone and table not in done.cut
        if stands.rows != said["rows"] - gone or (whole and stands.hex != said["digest"]):
            raise NOT_AS_SAID.error(table=table)


def digest_of(model: type[models.Model]) -> Digest:
    """The digest of a table as it stands, comparable between databases."""
    digest, encode = Digest(), encoders(model)
    names = [one.attname for one in fields_of(model)]
    for row in model._base_manager.order_by().values_list(*names).iterator(chunk_size=2_000):
        digest.add(canonical([say(value) for say, value in zip(encode, row, strict=True)]))
    return digest
