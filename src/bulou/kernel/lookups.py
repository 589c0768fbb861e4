"""A new key for what is only found again, never read: another layer of hashing over every look-up key.

What a look-up key was made of need not be known for that: each stored key is hashed once more by the new
key, in sets, and so is everything that is asked for from then on. Who lacks one of the keys can try nothing.

The new key is pending while the database is hashed, in one transaction; reading goes on by the keys of
before, writing waits. Cut off anywhere, the next run goes on: what the database has says the audit chain.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from bulou.kernel import audit, keyring, seal
from bulou.kernel.database import atomic, insert_rows, is_postgres, rows, run
from bulou.kernel.fields import SealedField
from bulou.kernel.jobs import Tell, job
from bulou.kernel.models import AuditLine
from bulou.kernel.privacy import bulou_models
from bulou.kernel.problems import problem

ROTATED = "keys.lookups_rotated"
AT_ONCE = 20_000
FUNCTION, SCRATCH = "bulou_layer", "bulou_layered"

KEYS_BEHIND = problem(
    "lookup-keys-behind",
    _("密钥文件比数据库旧({here} 层,数据库已有 {there} 层),查不到人:请换回最新的密钥文件。"),
    status=503,
)

Hash = Callable[[bytes], bytes]
BESIDES: list[Callable[[Hash], object]] = []
"""What rooms hash besides their look-up columns, in the same transaction."""
AFTERWARDS: list[Callable[[], object]] = []
"""What rooms put right once the new layer is used: what was written by the keys of before meanwhile."""


def keyed_columns() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Every model with look-up keys, and their columns: binary ones called `key` or `..._key`."""
    for model in bulou_models():
        found = [str(one.column) for one in model._meta.concrete_fields if _is_keyed(one)]
        if found:
            yield model, found


def _is_keyed(one: Any) -> bool:
    return isinstance(one, models.BinaryField) and (one.name == "key" or one.name.endswith("_key"))


@register()
def every_digest_says_what_it_is(**_: Any) -> list[CheckMessage]:
    """The build fails for a binary column that is neither sealed nor keyed nor called a digest."""
    return [
        Error(f"{model.__name__}.{one.name} is binary: call it …_key or digest, or seal it", id="bulou.L001")
        for model in bulou_models()
        for one in model._meta.concrete_fields
        if isinstance(one, models.BinaryField)
        and not (_is_keyed(one) or isinstance(one, SealedField) or one.name == "digest")
    ]


def rotate(*, by: str, tell: Tell | None = None) -> int:
    """Hash every look-up key under a new key; how many rows. What a kill left undone is done first."""
    finish(by=by, tell=tell)
    keyring.plan_layer()
    return finish(by=by, tell=tell)


def finish(*, by: str, tell: Tell | None = None) -> int:
    """Do what is left of a rotation; how many rows were hashed. Raises `lookup-keys-behind`."""
    ring, count = keyring.keys(), 0
    wanted = (*ring.layers, *filter(None, [ring.pending]))
    while layers_here() < len(wanted):
        count += _lay(wanted, by, tell)
    check_ring()
    if ring.pending:
        keyring.take_layer()
        look_after()
    return count


def look_after() -> None:
    """Put right what was written by the keys of before while they changed."""
    for follow in AFTERWARDS:
        follow()


def catch_up(*, by: str) -> int:
    """Bring a database that was just restored to the layers that are in use; how many rows were hashed."""
    wanted, count = keyring.keys().layers, 0
    while layers_here() < len(wanted):
        count += _lay(wanted, by, None)
    return count


def layers_here() -> int:
    """How many layers the database's look-up keys have."""
    return AuditLine.objects.filter(action=ROTATED).count()


def check_ring() -> None:
    """Whether the key file has every layer that the database has. Raises `lookup-keys-behind`."""
    ring, there = keyring.keys(), layers_here()
    here = len(ring.layers) + bool(ring.pending)
    if there > here:
        raise KEYS_BEHIND.error(here=here, there=there)


@job("keys.lookups", every=timedelta(minutes=1))
def left_undone(_args: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Finish a rotation that was cut off; does nothing when none was."""
    return {"rows": finish(by="job", tell=tell)} if keyring.keys().pending else {}


def _lay(wanted: tuple[bytes, ...], by: str, tell: Tell | None) -> int:
    """One more layer over everything, in one transaction; how many rows."""
    tables = list(keyed_columns())
    with atomic():
        _hold_writers([model._meta.db_table for model, _columns in tables])
        here = layers_here()
        if here >= len(wanted):
            return 0
        key, count = wanted[here], 0
        for model, columns in tables:
            count += _lay_columns(model, columns, lambda digest: seal.layer(key, digest))
            if tell:
                tell(count, 0)
        for besides in BESIDES:
            besides(lambda digest: seal.layer(key, digest))
        audit.record(ROTATED, by=by, detail={"layer": here + 1, "rows": count})
    return count


def _hold_writers(tables: list[str]) -> None:
    """Nobody writes a key of before while the keys change; whoever reads, reads on. SQLite has one writer."""
    if is_postgres():
        run(f"LOCK TABLE {', '.join(sorted(tables))} IN EXCLUSIVE MODE")


def _lay_columns(model: type[models.Model], columns: list[str], hash_one: Hash) -> int:
    """Hash some columns of a table; how many rows. Empty ones (of whom was erased) stay empty."""
    table, pk = model._meta.db_table, str(model._meta.pk.column)
    if not is_postgres():
        with_function(hash_one)
        return run(f"UPDATE {table} SET {', '.join(f'{one} = {FUNCTION}({one})' for one in columns)}")
    return _by_scratch(table, pk, columns, hash_one)


def with_function(hash_one: Hash) -> None:
    """Have SQLite know the hash: `bulou_layer(key)`."""
    connection.connection.create_function(
        FUNCTION, 1, lambda digest: hash_one(digest) if digest else digest, deterministic=True
    )


def _by_scratch(table: str, pk: str, columns: list[str], hash_one: Hash) -> int:
    """On PostgreSQL: read in parts, hashed here, written back by one statement."""
    run(f"DROP TABLE IF EXISTS {SCRATCH}")
    names = ", ".join(columns)
    run(f"CREATE TEMPORARY TABLE {SCRATCH} AS SELECT {pk} AS row_pk, {names} FROM {table} WHERE false")
    last: Any = None
    while part := _part(table, pk, columns, last):
        insert_rows(SCRATCH, ("row_pk", *columns), [_hashed(row, hash_one) for row in part])
        last = part[-1][0]
    run(f"CREATE INDEX ON {SCRATCH} (row_pk)")
    run(f"ANALYZE {SCRATCH}")
    assigned = ", ".join(f"{one} = s.{one}" for one in columns)
    count = run(f"UPDATE {table} t SET {assigned} FROM {SCRATCH} s WHERE s.row_pk = t.{pk}")
    run(f"DROP TABLE {SCRATCH}")
    return count


def _part(table: str, pk: str, columns: list[str], last: Any) -> list[tuple[Any, ...]]:
    after, values = (f"WHERE {pk} > %s ", [last]) if last is not None else ("", [])
    return rows(
        f"SELECT {pk}, {', '.join(columns)} FROM {table} {after}ORDER BY {pk} LIMIT {AT_ONCE}", values
    )


def _hashed(row: tuple[Any, ...], hash_one: Hash) -> tuple[Any, ...]:
    return (row[0], *(hash_one(bytes(one)) if one else one for one in row[1:]))


def of_number(hash_one: Hash, number: int) -> int:
    """A look-up key that is kept as a signed 64-bit number, hashed once more."""
    (hashed,) = struct.unpack(">q", hash_one(struct.pack(">q", number)))
    return int(hashed)
