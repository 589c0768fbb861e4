"""The register of residents, brought in by the sheet: rows are keyed and sealed here, and merged in sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from bulou.kernel import clock, seal
from bulou.kernel.fields import to_micros
from bulou.kernel.ids import uuid7_hexes
from bulou.kernel.problems import problem
from bulou.people import keys, staging

KEYS_CHANGED = problem(
    "lookup-keys-changed", _("导入期间换了查找密钥,什么也没有写入:请再导入一次。"), status=409
)


class Resident(NamedTuple):
    """One row of the residents' book: `place` is the door, `needs` codes joined by commas."""

    place: str
    name: str
    identity: str
    phone: str
    relation: str
    presence: str
    away: str
    doses: int | None
    last_dose: str
    needs: str
    remark: str


class Repeat(NamedTuple):
    """A row whose person stood earlier in the same file."""

    ref: Any
    first: Any
    identical: bool


class Register:
    """The rows of one file on their way into the register.

    `stage` may be called any number of times outside a transaction; `merge` once, inside one.
    """

    def __init__(self) -> None:
        self._seen: dict[bytes, tuple[Any, bytes]] = {}
        self._layers = seal.keys().layers
        self._prepare = preparer()
        staging.open_table()

    def stage(self, residents: Iterable[tuple[Any, Resident]]) -> list[Repeat]:
        """Seal and stage (ref, row) pairs; the rows whose person the file has already are not staged."""
        repeats: list[Repeat] = []
        staging.fill(self._fresh(list(residents), repeats))
        return repeats

    def _fresh(
        self, residents: list[tuple[Any, Resident]], repeats: list[Repeat]
    ) -> Iterator[tuple[Any, ...]]:
        seen, prepare = self._seen, self._prepare
        ids = uuid7_hexes(2 * len(residents))
        for (ref, resident), uid, event in zip(residents, ids[::2], ids[1::2], strict=True):
            who, row_key, rest = prepare(resident)
            first = seen.get(who)
            if first is not None:
                repeats.append(Repeat(ref, first[0], first[1] == row_key))
                continue
            seen[who] = (ref, row_key)
            yield (len(seen), *rest, uid, event)

    def merge(self, *, by: str, keep: Callable[[], object] | None = None) -> staging.Counts:
        """Bring all staged rows into the register, with their events and the duplicates found.

        `keep` may look at what stands before it is changed. Raises `lookup-keys-changed`.
        """
        if seal.keys().layers != self._layers:
            raise KEYS_CHANGED.error()
        return staging.merge(actor=by, at=to_micros(clock.now()), keep=keep)

    def refs(self) -> list[Any]:
        """Where each staged row stands in its file, in the order of the rows' numbers (from 1)."""
        return [ref for ref, _row_key in self._seen.values()]

    def close(self) -> None:
        """Drop what was staged."""
        staging.close_table()
        self._seen.clear()


Prepared = tuple[bytes, bytes, tuple[Any, ...]]


def preparer() -> Callable[[Resident], Prepared]:
    """A function from a Resident to (who it is at its door, row key, the staged columns)."""
    seal_one = seal.sealer()
    hash_id, hash_name = seal.lookup_hasher(keys.IDENTITY), seal.lookup_hasher(keys.NAME)
    hash_phone, hash_twin = seal.lookup_hasher(keys.PHONE), seal.lookup_hasher(keys.TWIN)
    hash_row, twin_text = seal.lookup_hasher(keys.ROW), keys.twin_text

    def prepare(resident: Resident) -> Prepared:
        place, name, number, phone, relation, presence, _away, doses, last_dose, needs, _remark = resident
        name_key = hash_name(name)
        id_key = hash_id(number) if number else None
        row_key = hash_row(content_text(resident))
        return (
            (id_key or name_key) + place.encode(),
            row_key,
            (
                place,
                seal_one(sealed_content(resident)),
                id_key,
                name_key,
                hash_phone(phone) if phone else None,
                hash_twin(twin_text(name, phone, number)) if phone and number else None,
                row_key,
                relation,
                keys.sex_of(number) if number else "",
                keys.birth_month_of(number) if number else None,
                presence,
                doses,
                last_dose or None,
                needs,
            ),
        )

    return prepare


def content_text(resident: Resident) -> str:
    """A row's content in one form, without the place: by this an unchanged row is told."""
    _place, name, number, phone, relation, presence, away, doses, last_dose, needs, remark = resident
    dosed = "" if doses is None else str(doses)
    return keys.SEPARATOR.join(
        (name, number, phone, relation, presence, away, dosed, last_dose, needs, remark)
    )


def sealed_content(resident: Resident) -> dict[str, str]:
    """What of a resident is sealed; empty values are left out."""
    _place, name, number, phone, _relation, _presence, away, _doses, _last, _needs, remark = resident
    content = {"name": name}
    if number:
        content["id"] = number
    if phone:
        content["phone"] = phone
    if away:
        content["away"] = away
    if remark:
        content["remark"] = remark
    return content
