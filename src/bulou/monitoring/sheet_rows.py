"""Monitoring workbooks into cases, and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from bulou.facts.monitoring import MISTAKEN
from bulou.kernel import clock, seal
from bulou.kernel.database import in_parts
from bulou.kernel.fields import MICROSECOND
from bulou.kernel.moments import holds_at
from bulou.kernel.problems import BulouError, problem
from bulou.monitoring import ledger, seats
from bulou.monitoring.actions import CASE_ENDED, redate, resume
from bulou.monitoring.admission import Admission, admit_many
from bulou.monitoring.models import Case, CaseSeat, Seat, seal_evidence
from bulou.monitoring.obligations import FIVE_SEATS, Notice
from bulou.monitoring.sheet_seats import SeatBook, SeatCell
from bulou.obligations.orders import Orders
from bulou.people import keys
from bulou.people.book import PersonBook, resident
from bulou.people.models import Person
from bulou.people.register import Resident
from bulou.places.workers import Contact
from bulou.sheets.changes import differing
from bulou.sheets.checking import Batch
from bulou.sheets.columns import Counts
from bulou.sheets.context import Context
from bulou.sheets.kinds.rows import ROW_CONTRADICTS, PlaceColumns, refuse_repeats, row_place
from bulou.sheets.kinds.tally import row_digest
from bulou.sheets.traces import plain_of

TERM_PUT_RIGHT = problem(
    "case-term-put-right", _("此人已在监测中(编号 {number}):起止日期已由 {before} 改为 {after}。")
)
SEAT_WITHOUT_PHONE = problem(
    "seat-without-phone", _("“{name}”没有电话,出了情况找不到人:未登记为责任人,请补上电话后再导入。")
)
NAME_DIFFERS = problem(
    "name-differs-from-register", _("登记册中这个身份证号的姓名与此不同:按身份证号登记,请核对姓名。")
)
SUBJECT = ("identity", "starts")
TEXTS = ("measure", "ground", "evidence", "decided_by")
COLUMNS = ("measure", "ground", "evidence_sealed", "decided_by")
"""Where the order's own words are kept."""
KEPT = ("starts_at", "ends_at", "sealed", "row_key", *COLUMNS)
"""What a row may replace of a case."""


class Row(NamedTuple):
    """A good row: what it says, where its person is, and where it stands in the workbook."""

    batch: Batch
    at: int
    values: dict[str, Any]
    village: str
    key: bytes

    @property
    def starts_at(self) -> datetime:
        """A start that is only a date means 00:00."""
        return clock.start_of(self.values["starts"])

    @property
    def ends_at(self) -> datetime:
        """24:00 of the last day."""
        return clock.end_of(self.values["ends"])

    @property
    def resident(self) -> Resident:
        """Who the row speaks of."""
        of = self.values
        return resident(place=self.village, name=of["name"], identity=of["identity"], phone=of["phone"])

    @property
    def evidence(self) -> str:
        """Why this person: from where and when they came."""
        text = f"{self.values['returned']:%Y-%m-%d}自{self.values['came_from']}返回"
        return text if len(text) <= 200 else text[:199] + "…"

    @property
    def reach(self) -> dict[str, str]:
        """What is sealed with the case."""
        return {
            "address": self.values["address"],
            "phone": self.values["phone"],
            "from": self.values["came_from"],
            "returned": self.values["returned"].isoformat(),
        }

    def texts(self) -> dict[str, str]:
        """The order's own words."""
        return {name: self.evidence if name == "evidence" else self.values[name] for name in TEXTS}


def apply(batches: Iterable[Batch], context: Context) -> Counts:
    """Admit whoever is new, put right what changed; the same list again changes nothing."""
    repeated, rows = 0, []
    places = PlaceColumns(context.kind)
    for batch, index, is_new in refuse_repeats(batches, context, SUBJECT, at="identity"):
        village = places.locate(batch, index, context)
        if village and is_new:
            rows.append(_row(batch, index, village, context))
        elif village:
            repeated += 1
    return Lists(context).take(rows) + Counts(unchanged=repeated)


def _row(batch: Batch, index: int, village: str, context: Context) -> Row:
    values = dict(zip(context.kind.names, batch.rows[index], strict=True))
    content = [value for name, value in values.items() if name != "number"]
    return Row(batch, index, values, village, row_digest(content))


@dataclass
class Lists:
    """The rows of one file on their way to cases."""

    context: Context
    orders: Orders = field(default_factory=Orders)

    def take(self, rows: list[Row]) -> Counts:
        """Judge every row against the cases that stand, and write in sets."""
        people = PersonBook(self.context.actor)
        persons = people.of([row.resident for row in rows])
        self._tell_names(rows, persons)
        standing = self._cases_of({person.pk for person in persons})
        fresh: list[tuple[Row, Person]] = []
        taken: dict[int, list[Row]] = defaultdict(list)
        changed: list[tuple[Row, Case]] = []
        unchanged = 0
        for row, person in zip(rows, persons, strict=True):
            case = self._standing(row, standing[person.pk])
            if case is None:
                if self._may_be_new(row, taken[person.pk]):
                    fresh.append((row, person))
                    taken[person.pk].append(row)
            elif case.row_key is not None and bytes(case.row_key) == row.key:
                unchanged += 1
            else:
                changed.append((row, case))
        book = SeatBook(self.context)
        cells = {id(row): self._cells(row, place) for row, place in _with_places(fresh, changed)}
        book.read(cell for of_row in cells.values() for cell in of_row)
        new = self._admit(fresh, cells, book)
        self._tell_changes(fresh, changed)
        updated = sum(self._update(row, case, cells[id(row)], book) for row, case in changed)
        Case.objects.bulk_update([case for _row, case in changed], ["row_key", "sealed"], batch_size=500)
        self._tell_overloads(rows, cells, book)
        return Counts(new=new, updated=updated, unchanged=unchanged + len(changed) - updated)

    def _cases_of(self, persons: set[int]) -> dict[int, list[Case]]:
        """The cases that stand; one that an undo withdrew is taken up again by whoever names it."""
        found = _cases_of(persons)
        for cases in found.values():
            for index, case in enumerate(cases):
                if case.end_reason == MISTAKEN:
                    cases[index] = resume(case=case, reason=self.context.actor, by=self.context.actor)
        return found

    def _tell_changes(self, fresh: list[tuple[Row, Person]], changed: list[tuple[Row, Case]]) -> None:
        """Note what is new and what will differ, to be shown, and what stood before, to be put back."""
        changes = self.context.changes
        for row, person in fresh:
            changes.note_new(*row.batch.refs[row.at], row.values["name"], _place(row, person))
        for row, case in changed:
            before = shown_of(case)
            self.context.before("case", case.pk, plain_of(case, KEPT))
            fields = differing(before, shown_of_row(row))
            changes.note_changed(*row.batch.refs[row.at], row.values["name"], fields, case.place)

    def _tell_names(self, rows: list[Row], persons: list[Person]) -> None:
        hash_name = seal.lookup_hasher(keys.NAME)
        for row, person in zip(rows, persons, strict=True):
            if bytes(person.name_key) != hash_name(row.values["name"]):
                self.context.ignored(row.batch, row.at, "name", NAME_DIFFERS.code)

    def _standing(self, row: Row, cases: list[Case]) -> Case | None:
        """The case that a row is about: of its number, of its first day, else one that runs in its term."""
        number = row.values.get("number")
        for case in cases:
            if case.number == number or clock.local(case.starts_at).date() == row.values["starts"]:
                return case
        running = (
            case
            for case in cases
            if case.starts_at < row.ends_at
            and case.ends_at > row.starts_at
            and (case.ended_at is None or case.ended_at > row.starts_at)
        )
        return next(running, None)

    def _may_be_new(self, row: Row, others: list[Row]) -> bool:
        """Whether no earlier row of the file admits the same person in the same time."""
        for other in others:
            if _overlap(other, row):
                error = ROW_CONTRADICTS.error(first=row_place(other.batch.refs[other.at]))
                self.context.refuse(row.batch, row.at, "starts", error)
                return False
        return True

    def _cells(self, row: Row, place: str) -> list[SeatCell]:
        cells = []
        for seat in FIVE_SEATS:
            name, phone = row.values[seat] or ("", "")
            if name and not phone:
                self.context.ignored(row.batch, row.at, seat, SEAT_WITHOUT_PHONE.code, name=name)
                continue
            cells.append(SeatCell(seat, place, Contact(name, phone) if name else None, row.starts_at))
        return cells

    def _admit(
        self, fresh: list[tuple[Row, Person]], cells: dict[int, list[SeatCell]], book: SeatBook
    ) -> int:
        admissions = []
        for row, person in fresh:
            one = Admission(
                person=person.pk,
                place=_place(row, person),
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                appeal=self.orders.of(Notice.name, row.village).appeal,
                seats=_posts(cells[id(row)], book),
                reach=row.reach,
                row_key=row.key,
                **row.texts(),
            )
            try:
                one.check()
            except BulouError as error:
                self.context.refuse(row.batch, row.at, "ground", error)
            else:
                admissions.append(one)
        admit_many(admissions, by=self.context.actor, orders=self.orders)
        return len(admissions)

    def _update(self, row: Row, case: Case, cells: list[SeatCell], book: SeatBook) -> bool:
        """Put right what the row says otherwise about a case that runs; whether there was anything."""
        case.row_key = row.key
        reached = seal.unseal(case.sealed) == row.reach
        if case.ended_at is not None:
            self._tell_ended(row, case)
            return False
        if not reached:
            case.sealed = seal.seal(row.reach)
        termed = self._redate(row, case)
        seated = self._reseat(case, _posts([cell for cell in cells if cell.contact], book))
        return termed or seated or not reached

    def _tell_ended(self, row: Row, case: Case) -> None:
        if row.values["ends"] != _last_day(case) and case.ended_at is not None:
            self.context.ignored(
                row.batch,
                row.at,
                "ends",
                CASE_ENDED.code,
                number=case.number,
                at=f"{clock.local(case.ended_at):%Y-%m-%d %H:%M}",
                reason=case.end_reason,
            )

    def _redate(self, row: Row, case: Case) -> bool:
        """Another first or last day, other words of the order: one event says that it was put right."""
        before = f"{clock.local(case.starts_at):%Y-%m-%d}—{_last_day(case):%Y-%m-%d}"
        same_start = clock.local(case.starts_at).date() == row.values["starts"]
        starts_at = case.starts_at if same_start else row.starts_at
        ends_at = case.ends_at if _last_day(case) == row.values["ends"] else row.ends_at
        new = redate(case, starts_at, ends_at, by=self.context.actor)
        if new:
            after = f"{row.values['starts']:%Y-%m-%d}—{row.values['ends']:%Y-%m-%d}"
            self.context.ignored(
                row.batch,
                row.at,
                "ends",
                TERM_PUT_RIGHT.code,
                number=case.number,
                before=before,
                after=after,
            )
        other = {name: text for name, text in row.texts().items() if getattr(case, name) != text}
        if other:
            Case.objects.filter(pk=case.pk).update(**_stored(other))
        ledger.append(new)
        return bool(new or other)

    def _reseat(self, case: Case, posts: dict[str, int]) -> bool:
        """Seats that the row names otherwise pass on now; an empty cell leaves its seat as it is."""
        running = dict(
            CaseSeat.objects.filter(holds_at(max(clock.now(), case.starts_at)), case=case).values_list(
                "seat", "post_id"
            )
        )
        other = {seat: post for seat, post in posts.items() if running.get(seat) != post}
        if other:
            self.context.before("case_seats", case.pk, {seat: running.get(seat) for seat in other})
        for seat, post in other.items():
            seats.assign(case=case, seat=seat, post=post, by=self.context.actor)
        return bool(other)

    def _tell_overloads(self, rows: list[Row], cells: dict[int, list[SeatCell]], book: SeatBook) -> None:
        """Tell once, at the first row that names it, of each post that answers for too many."""
        first: dict[tuple[str, int], Row] = {}
        for row in rows:
            for seat, post in _posts(cells.get(id(row), []), book).items():
                first.setdefault((seat, post), row)
        for load in seats.overloaded((post for _seat, post in first), orders=self.orders):
            named = first.get((load.seat, load.post))
            if named is not None:
                self.context.ignored(
                    named.batch,
                    named.at,
                    load.seat,
                    seats.SEAT_OVERLOADED.code,
                    seat=Seat(load.seat).label,
                    count=load.count,
                    most=load.most,
                )


def _stored(texts: dict[str, str]) -> dict[str, Any]:
    """The order's words as a case keeps them."""
    return {
        name if name != "evidence" else "evidence_sealed": text if name != "evidence" else seal_evidence(text)
        for name, text in texts.items()
    }


def shown_of(case: Case) -> dict[str, str]:
    """What a workbook says of a case, by its columns."""
    reach = seal.unseal(case.sealed)
    return {
        "starts": f"{clock.local(case.starts_at):%Y-%m-%d}",
        "ends": f"{_last_day(case):%Y-%m-%d}",
        "measure": case.measure,
        "ground": case.ground,
        "decided_by": case.decided_by,
        "address": reach.get("address", ""),
        "phone": reach.get("phone", ""),
        "came_from": reach.get("from", ""),
        "returned": reach.get("returned", ""),
    }


def shown_of_row(row: Row) -> dict[str, str]:
    """The same of a row."""
    values = row.values
    dates = {name: values[name].isoformat() for name in ("starts", "ends", "returned")}
    texts = ("measure", "ground", "decided_by", "address", "phone", "came_from")
    return {name: str(values[name] or "") for name in texts} | dates


def _posts(cells: Iterable[SeatCell], book: SeatBook) -> dict[str, int]:
    found = ((cell.seat, book.post_of(cell)) for cell in cells)
    return {seat: post for seat, post in found if post is not None}


def _with_places(
    fresh: list[tuple[Row, Person]], changed: list[tuple[Row, Case]]
) -> Iterator[tuple[Row, str]]:
    yield from ((row, _place(row, person)) for row, person in fresh)
    yield from ((row, case.place) for row, case in changed)


def _place(row: Row, person: Person) -> str:
    """The door where the person is registered when that is in the row's village, else the village."""
    return person.place if person.place.startswith(row.village) else row.village


def _overlap(one: Row, other: Row) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _last_day(case: Case) -> date:
    return clock.local(case.ends_at - MICROSECOND).date()


def _cases_of(persons: set[int]) -> dict[int, list[Case]]:
    """The cases of persons, the latest first."""
    cases: dict[int, list[Case]] = defaultdict(list)
    for part in in_parts(sorted(persons)):
        for case in Case.objects.filter(person_id__in=part).order_by("-starts_at"):
            cases[case.person_id].append(case)
    return cases
