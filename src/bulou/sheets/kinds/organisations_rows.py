"""Organisations' workbooks into the register, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bulou.kernel import seal
from bulou.places.models import Organisation
from bulou.sheets.checking import Batch
from bulou.sheets.columns import Counts, attach
from bulou.sheets.context import Context
from bulou.sheets.kinds.rows import refuse_repeats
from bulou.sheets.kinds.tally import Tally, row_digest

_FIELDS = ("kind", "credit_code", "sealed", "row_key")


def apply(batches: Iterable[Batch], context: Context) -> Counts:
    """One organisation a name; a changed row replaces what stood."""
    standing = {found.name: found for found in Organisation.objects.all()}
    tally = Tally(context, "organisation", _FIELDS)
    for batch, index, fresh in refuse_repeats(batches, context, ("name",), at="name"):
        row = batch.rows[index]
        if fresh:
            tally.judge(standing.get(row[0]), _organisation(row))
        else:
            tally.unchanged += 1
    tally.write(Organisation)
    return tally.counts()


def _organisation(row: tuple[Any, ...]) -> Organisation:
    name, kind, credit_code, address, head, phone = (value or "" for value in row)
    content = {"address": address, "head": head, "phone": phone}
    return Organisation(
        name=name,
        kind=kind,
        credit_code=credit_code,
        sealed=seal.seal({field: value for field, value in content.items() if value}),
        row_key=row_digest(row),
    )


def export(*, place: str, purpose: str) -> Iterator[tuple[Any, ...]]:
    """Every organisation by name; they belong to the county, not to a place below it."""
    for found in Organisation.objects.order_by("name"):
        sealed = seal.unseal(found.sealed)
        contact = (sealed.get(name, "") for name in ("address", "head", "phone"))
        yield (found.name, found.kind, found.credit_code, *contact)


attach("organisations", apply=apply, export=export)
