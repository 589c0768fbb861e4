"""Workers' workbooks into the register, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.kernel import seal
from bulou.kernel.problems import problem
from bulou.people import keys
from bulou.places import naming
from bulou.places.models import Level, Organisation, Place, PlaceName, Worker
from bulou.places.workers import Contact
from bulou.sheets.checking import Batch
from bulou.sheets.columns import Counts, attach
from bulou.sheets.context import Context
from bulou.sheets.kinds.rows import refuse_repeats
from bulou.sheets.kinds.tally import Tally, row_digest

ORGANISATION_NOT_LISTED = problem(
    "organisation-not-listed", _("“{name}”不在单位名册中,已先行登记:请在单位名册中补全。")
)
HOME_NOT_FOUND = problem("home-not-found", _("居住小区“{name}”在登记的小区中没有唯一对应的一个,按文字保留。"))

_FIELDS = ("organisation", "sealed", "phone_key", "name_key", "id_key", "row_key", "title", "party", "home")


def apply(batches: Iterable[Batch], context: Context) -> Counts:
    """One worker a name and phone, or an identity number; a changed row replaces what stood."""
    rows = list(refuse_repeats(batches, context, ("name", "phone"), at="name"))
    book, tally = _Standing(), Tally(context, "worker", _FIELDS)
    book.organise(rows, context)
    for batch, index, fresh in rows:
        if not fresh:
            tally.unchanged += 1
            continue
        wanted = _worker(batch, index, book, context)
        tally.judge(book.find(wanted), wanted)
    tally.write(Worker)
    return tally.counts()


class _Standing:
    """What is registered already, read once for a file."""

    def __init__(self) -> None:
        self.organisations = dict(Organisation.objects.values_list("name", "id"))
        self.homes = _homes()
        self._by_contact: dict[tuple[bytes, bytes], Worker] = {}
        self._by_identity: dict[bytes, Worker] = {}
        for worker in Worker.objects.all():
            self._by_contact[bytes(worker.phone_key), bytes(worker.name_key)] = worker
            if worker.id_key:
                self._by_identity[bytes(worker.id_key)] = worker

    def find(self, wanted: Worker) -> Worker | None:
        """The registered worker: the same name and phone, else the same identity number."""
        same = self._by_contact.get((bytes(wanted.phone_key), bytes(wanted.name_key)))
        return same or (self._by_identity.get(bytes(wanted.id_key)) if wanted.id_key else None)

    def organise(self, rows: list[tuple[Batch, int, bool]], context: Context) -> None:
        """Register the organisations that no list has, and say so."""
        missing: dict[str, None] = {}
        for batch, index, _fresh in rows:
            name = batch.rows[index][3]
            if name not in self.organisations:
                missing[name] = None
                context.ignored(batch, index, "organisation", ORGANISATION_NOT_LISTED.code, name=name)
        made = Organisation.objects.bulk_create([Organisation(name=name, kind="") for name in missing])
        context.made("organisation", [organisation.pk for organisation in made])
        self.organisations |= {organisation.name: organisation.pk for organisation in made}


def _homes() -> dict[str, str]:
    """Compounds by plain name; a name that several have is left out."""
    found: dict[str, set[str]] = {}
    standing = Place.objects.filter(level=Level.COMPOUND, retired_at__isnull=True)
    others = PlaceName.objects.filter(place__in=standing).values_list("plain", "place_id")
    for plain, code in [*standing.values_list("plain", "code"), *others]:
        found.setdefault(plain, set()).add(code)
    return {plain: codes.pop() for plain, codes in found.items() if len(codes) == 1}


def _worker(batch: Batch, index: int, book: _Standing, context: Context) -> Worker:
    row = batch.rows[index]
    name, identity, phone, organisation, title, party, home = (value or "" for value in row)
    code = book.homes.get(naming.plain(Level.COMPOUND, home), "") if home else ""
    if home and not code:
        context.ignored(batch, index, "home", HOME_NOT_FOUND.code, name=home)
    phone_key, name_key = Contact(name, phone).keys()
    content = {"name": name, "phone": phone, "id": identity, "home": home}
    return Worker(
        organisation_id=book.organisations[organisation],
        sealed=seal.seal({field: value for field, value in content.items() if value}),
        phone_key=phone_key,
        name_key=name_key,
        id_key=keys.id_key(identity) if identity else None,
        row_key=row_digest(row),
        title=title,
        party=party,
        home=code,
    )


def export(*, place: str, purpose: str) -> Iterator[tuple[Any, ...]]:
    """Every worker, in the order of registration; they belong to the county, not to a place below it."""
    for worker in Worker.objects.select_related("organisation").order_by("id"):
        who = seal.unseal(worker.sealed)
        yield (
            who["name"],
            who.get("id", ""),
            who["phone"],
            worker.organisation.name if worker.organisation else "",
            worker.title,
            worker.party,
            who.get("home", ""),
        )


attach("workers", apply=apply, export=export)
