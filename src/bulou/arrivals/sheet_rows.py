"""Lists of people who come, into journeys: one journey a person and trip, however many lists name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from bulou.arrivals import whereabouts
from bulou.arrivals.obligations import Decide
from bulou.arrivals.registration import Origin, Registration, register_many
from bulou.arrivals.sheet_known import Known
from bulou.arrivals.sheet_places import HOME_MISSING, HOME_OF_REGISTER, HOME_UNREAD, Homes
from bulou.arrivals.sheet_registering import Parties, Row, Stations, registration
from bulou.arrivals.sheet_telling import Told
from bulou.facts.arrivals import JourneyEnd
from bulou.kernel import clock, seal
from bulou.kernel.problems import BulouError, problem
from bulou.obligations.orders import Orders
from bulou.people import keys
from bulou.people.book import find, nearest
from bulou.people.models import Person
from bulou.sheets.checking import Batch
from bulou.sheets.columns import Counts
from bulou.sheets.context import Context
from bulou.sheets.kinds.rows import NAME_READ, ROW_REPEATED, row_place

MEASURE_IS_WORDS = problem(
    "measure-is-words",
    _("管控措施和起止时间只按原文保留,不作决定:此人的措施由有权的人在“返乡人员定级”里逐人决定。"),
)
WITHOUT_TIME = problem(
    "arrival-without-time",
    _("只有日期、没有到达时刻:从 {day} 00:00 起等人,请按车次或航班补上时刻,免得提前记为“到点未接到”。"),
)
SAME_PERSON = problem(
    "same-person-in-list", _("与{first}是同一人:合为一次行程,两行的说法都保留,请核对不同之处。")
)
TRIP_OVER = problem(
    "trip-over", _("此人这一次行程({number})已结束({reason}):没有再登记;确实又来的,请核对到达日期。")
)
NAME_DIFFERS = problem(
    "arrival-name-differs", _("登记册中这个身份证号的姓名与此不同:按身份证号登记,请核对姓名。")
)
END_WORDS = {
    JourneyEnd.RELEASED: _("已解除"),
    JourneyEnd.TRANSFERRED: _("转往外地"),
    JourneyEnd.NOT_COMING: _("没有来"),
    JourneyEnd.NOT_FOUND: _("查无此人"),
    JourneyEnd.DIED: _("死亡"),
}
SAME_TRIP = timedelta(days=1)
"""An arrival so near to one that has ended is the same one."""


class Repeated(NamedTuple):
    """A row that repeats an earlier one of the file word for word."""

    row: tuple[Any, ...]
    ref: tuple[str, int]


def apply_of(origin: Origin) -> Callable[[Iterable[Batch], Context], Counts]:
    """What brings in the rows of a list of an origin."""

    def apply(batches: Iterable[Batch], context: Context) -> Counts:
        """Register whoever is new; what lists say differently is kept and shown; again it changes nothing."""
        return List(context, origin).take(batches)

    return apply


@dataclass
class List:
    """One list on its way in."""

    context: Context
    origin: Origin
    orders: Orders = field(default_factory=Orders)
    unchanged: int = 0

    def __post_init__(self) -> None:
        self._homes = Homes(self.context)
        self._stations = Stations()
        self._today = clock.local(self.context.now).date()
        self._look_backs: dict[str, int] = {}
        self._hash_name = seal.lookup_hasher(keys.NAME)

    def take(self, batches: Iterable[Batch]) -> Counts:
        """Judge every row, and write in sets."""
        rows = self._placed([row for batch in batches for row in self._rows(batch)])
        Parties().bind(rows)
        told = self._told(rows)
        known = Known.of([row.values["identity"] for row, _one in told])
        told = [pair for pair in told if not self._is_over(*pair, known)]
        journeys = register_many([one for _row, one in told], by=self.context.actor)
        found = Told(self.context, known, told, journeys).counts()
        return found + Counts(unchanged=self.unchanged)

    def _rows(self, batch: Batch) -> list[Row]:
        names = self.context.kind.names
        return [
            Row(batch, at, dict(zip(names, values, strict=True)), "") for at, values in enumerate(batch.rows)
        ]

    def _placed(self, rows: Sequence[Row]) -> list[Row]:
        """The rows whose person will live within reach, each once, with their homes."""
        persons = _persons([row.values["identity"] for row in rows])
        seen: dict[str, list[Repeated]] = defaultdict(list)
        return [
            row
            for row in rows
            if self._is_first(row, seen) and self._find_home(row, persons.get(row.values["identity"], []))
        ]

    def _is_first(self, row: Row, seen: dict[str, list[Repeated]]) -> bool:
        """Whether no earlier row is the same; one of the same person that says something else is told."""
        content = row.batch.rows[row.at]
        others = seen[row.values["identity"]]
        same = next((other for other in others if other.row == content), None)
        if same is not None:
            self.context.ignored(row.batch, row.at, "identity", ROW_REPEATED.code, first=row_place(same.ref))
            self.unchanged += 1
            return False
        if others:
            self.context.ignored(
                row.batch, row.at, "identity", SAME_PERSON.code, first=row_place(others[0].ref)
            )
        others.append(Repeated(content, row.ref))
        return True

    def _find_home(self, row: Row, persons: Sequence[Person]) -> bool:
        try:
            home = self._homes.of(row.values)
        except BulouError as error:
            self.context.refuse(row.batch, row.at, self._column_of(row), error)
            return False
        for reading in home.readings:
            column = reading.level.value
            self.context.repaired(row.batch, row.at, column, NAME_READ.code, read=reading.name)
        known = self._homes.registered(nearest(persons, home.code)) if persons else ""
        row.place = known if known.startswith(home.code) else home.code
        self._tell_home(row, home.code, home.unread, known)
        row.place = row.place or self._homes.default()
        self.context.area.see(row.place)
        if persons and bytes(persons[0].name_key) != self._hash_name(row.values["name"]):
            self.context.ignored(row.batch, row.at, "name", NAME_DIFFERS.code)
        return True

    def _tell_home(self, row: Row, code: str, unread: bool, known: str) -> None:
        if code:
            return
        if unread and not known:
            home = row.values.get("home")
            self.context.ignored(row.batch, row.at, "home", HOME_UNREAD.code, value=home)
        elif known:
            read = self._homes.name(known)
            self.context.ignored(row.batch, row.at, "home", HOME_OF_REGISTER.code, read=read)
        elif not self.context.scope:
            self.context.ignored(row.batch, row.at, "home", HOME_MISSING.code)

    def _column_of(self, row: Row) -> str:
        """The column in which a place stands that cannot be."""
        filled = (name for name in ("village", "township", "home") if row.values.get(name))
        return next(filled, "home")

    def _told(self, rows: Sequence[Row]) -> list[tuple[Row, Registration]]:
        """The rows that can be registered, as registrations."""
        told = []
        for row in rows:
            found = whereabouts.read(
                row.values, row.day, look_back=self._look_back(row.place), near=row.place, today=self._today
            )
            row.stops = found.stops
            one = registration(row, self.origin.value, self._stations)
            try:
                one.check()
            except BulouError as error:
                self.context.refuse(row.batch, row.at, "arrives", error)
                continue
            self._tell(row, found.findings)
            told.append((row, one))
        return told

    def _look_back(self, place: str) -> int:
        if place not in self._look_backs:
            self._look_backs[place] = self.orders.of(Decide.name, place).look_back
        return self._look_backs[place]

    def _tell(self, row: Row, findings: Sequence[whereabouts.Finding]) -> None:
        for found in findings:
            self.context.ignored(row.batch, row.at, found.column, found.kind.code, **found.params)
        if row.time is None:
            day = f"{row.day:%Y-%m-%d}"
            self.context.ignored(row.batch, row.at, "arrives", WITHOUT_TIME.code, day=day)
        said = next((name for name in ("measure", "starts", "ends") if row.values.get(name)), "")
        if said:
            self.context.ignored(row.batch, row.at, said, MEASURE_IS_WORDS.code)

    def _is_over(self, row: Row, one: Registration, known: Known) -> bool:
        """Whether this is a journey that has ended: it is told, and no other begins."""
        ended = known.ended_near(row.values["identity"], one.arrives_at, SAME_TRIP)
        if ended is None:
            return False
        reason = END_WORDS[JourneyEnd(ended.end_reason)]
        self.context.ignored(row.batch, row.at, "arrives", TRIP_OVER.code, number=ended.number, reason=reason)
        self.unchanged += 1
        return True


def _persons(numbers: Sequence[str]) -> dict[str, list[Person]]:
    """The register's persons by identity number, as it stands before the list."""
    hash_id = seal.lookup_hasher(keys.IDENTITY)
    by_key = {hash_id(number): number for number in numbers}
    return {by_key[key]: persons for key, persons in find(by_key).items() if key in by_key}


APPLY = {
    "arrivals": apply_of(Origin.TOWNSHIP),
    "arrivals_railway": apply_of(Origin.RAILWAY),
    "arrivals_big_data": apply_of(Origin.BIG_DATA),
}
"""What brings in each kind of list."""
