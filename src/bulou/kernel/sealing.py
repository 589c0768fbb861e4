"""Which sealed rows there are, and sealing them anew with the current key in batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models

from bulou.kernel import keyring, seal
from bulou.kernel.database import atomic, is_postgres, rows, run_many
from bulou.kernel.fields import SealedField
from bulou.kernel.privacy import bulou_models

AT_ONCE = 1_000


def sealed_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Every model with a sealed column, and its name; whatever it is called."""
    for model in bulou_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                yield model, str(field.column)


def left_behind() -> set[int]:
    """The versions of keys that some row is sealed with, the current one left out."""
    found: set[int] = set()
    for model, column in sealed_columns():
        firsts = rows(f"SELECT DISTINCT substr({column}, 1, 1) FROM {model._meta.db_table}")
        found |= {bytes(first)[0] for (first,) in firsts if first}
    return found - {keyring.keys().current}


def reseal(tell: Any = None) -> int:
    """Seal with the current key what older ones sealed; how many rows. A second run finds nothing to do."""
    done = 0
    for model, column in sealed_columns():
        while count := _batch(model._meta.db_table, str(model._meta.pk.column), column):
            done += count
            if tell:
                tell(done)
    return done


def _batch(table: str, key: str, column: str) -> int:
    """One transaction: what another writer seals meanwhile waits for it, and is not overwritten."""
    current = bytes([keyring.keys().current])
    lock = " FOR UPDATE" if is_postgres() else ""
    with atomic():
        found = rows(
            f"SELECT {key}, {column} FROM {table} WHERE length({column}) > 0 "
            f"AND substr({column}, 1, 1) <> %s LIMIT {AT_ONCE}{lock}",
            [current],
        )
        seal_one = seal.sealer()
        run_many(
            f"UPDATE {table} SET {column} = %s WHERE {key} = %s",
            [(seal_one(seal.unseal(sealed)), pk) for pk, sealed in found],
        )
    return len(found)
