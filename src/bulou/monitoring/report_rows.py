"""Temperature registers (每日体温登记) into health reports. 300,000 rows go in by parts, each in sets."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bulou.facts import hearers
from bulou.facts.monitoring import HealthReported, ReportWithdrawn
from bulou.facts.windows import window_label
from bulou.kernel import clock, events, seal
from bulou.kernel.database import in_parts
from bulou.kernel.events import NewEvent, Status, kind_id
from bulou.kernel.fields import to_micros
from bulou.kernel.models import Event
from bulou.kernel.problems import problem
from bulou.monitoring.models import Case
from bulou.monitoring.obligations import HealthReport
from bulou.obligations.kinds import Daily, minutes_of
from bulou.obligations.orders import Orders
from bulou.people import book, keys
from bulou.sheets.cells import IGNORED
from bulou.sheets.changes import differing
from bulou.sheets.checking import Batch
from bulou.sheets.columns import Counts
from bulou.sheets.context import Context
from bulou.sheets.kinds.rows import OUTSIDE_SCOPE, refuse_repeats
from bulou.sheets.reading import Problem

NOT_MONITORED = problem(
    "not-monitored",
    _("居家监测台账中没有此人,已列入底数外线索:请核实身份,需要监测的先登记到监测台账。"),
)
OUTSIDE_TERM = problem(
    "outside-term", _("{day} 不在编号 {number} 的监测期内:已记入本人记录,不计为完成任何责任。")
)
ENTERED_LATE = problem(
    "entered-late", _("工作表“{sheet}”有 {count} 条在测量 12 小时之后才录入:只作提示,不影响是否按时。")
)
AT_ONCE = 5_000
"""Rows whose events are written together."""
LATE_ENTRY = timedelta(hours=12)
SUBJECT = ("identity", "date", "window")
NOON = ("", "06:00", "18:00")
"""Stands for a window that the directive does not have; its middle is noon."""


class Stay(NamedTuple):
    """What is needed of a case to write events about it."""

    id: int
    number: str
    place: str
    starts_at: datetime
    ends_at: datetime


class Row(NamedTuple):
    """One report as the workbook has it."""

    batch: Batch
    at: int
    name: str
    identity: str
    day: date
    window: str
    temperature: Decimal
    symptoms: str
    measured_at: time | datetime | None


@dataclass
class Reports:
    """The rows of one file on their way into the ledger."""

    context: Context
    orders: Orders = field(default_factory=Orders)
    counts: Counter[str] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)
    _stays: dict[str, list[Stay]] = field(default_factory=dict)
    _middles: dict[tuple[str, date, str], datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._hash = seal.identifier_hasher("health-report")
        self._unknown = seal.identifier_hasher("not-monitored")

    def take(self, rows: Sequence[Row]) -> None:
        """Write what is new of some rows; a changed value corrects the report that an import brought."""
        self._read_stays(rows)
        pairs = []
        for row in rows:
            stay = self._stay(row)
            if stay:
                pairs.append((row, stay, self._event(row, stay)))
        ledger = _Standing.of(event for _row, _stay, event in pairs)
        new = []
        for row, stay, draft in pairs:
            event = ledger.anew(draft)
            if event.id in ledger.known:
                self.counts["unchanged"] += 1
                continue
            before = ledger.reports.get((event.subject, event.window))
            self.counts["updated" if before else "new"] += 1
            new.append(_correcting(event, before[0]) if before else event)
            if self.context.check:
                self._tell_change(row, stay, event, before[1] if before else None)
            if event.received_at - event.happened_at > LATE_ENTRY:
                self.late[row.batch.refs[row.at][0]] += 1
        _append(new)

    def _tell_change(self, row: Row, stay: Stay, event: NewEvent, before: dict[str, Any] | None) -> None:
        """Note what is new or will differ, to be shown."""
        ref = row.batch.refs[row.at]
        if before is None:
            self.context.changes.note_new(*ref, row.name, stay.place)
            return
        fields = differing(_shown(before), _shown(event.data))
        self.context.changes.note_changed(*ref, row.name, fields, stay.place)

    def tell_late(self) -> None:
        """One line for each sheet of how many rows were entered long after they were measured."""
        for sheet, count in self.late.items():
            params = {"sheet": sheet, "count": count}
            self.context.problems.append(
                Problem(sheet, 0, "", str(count), IGNORED, ENTERED_LATE.code, params)
            )

    def _read_stays(self, rows: Sequence[Row]) -> None:
        """Read the cases of whoever was not met yet."""
        numbers = {row.identity for row in rows} - self._stays.keys()
        by_key = {keys.id_key(number): number for number in numbers}
        people = book.find(by_key)
        cases = _stays_of({person.pk for found in people.values() for person in found})
        for key, number in by_key.items():
            ids = {person.pk for person in people.get(key, ())}
            self._stays[number] = sorted(
                (stay for id in ids for stay in cases.get(id, ())), key=lambda stay: stay.starts_at
            )

    def _stay(self, row: Row) -> Stay | None:
        """The stay that a report belongs to: that of its day, else the latest before it, else the first."""
        stays = self._stays[row.identity]
        if not stays:
            self._tell_unknown(row)
            return None
        stays = [stay for stay in stays if self.context.covers(stay.place)]
        if not stays:
            self.context.refuse(row.batch, row.at, "identity", OUTSIDE_SCOPE.error())
            return None
        self.context.area.see(stays[-1].place)
        begins, ends = clock.start_of(row.day), clock.end_of(row.day)
        for stay in reversed(stays):
            if stay.starts_at < ends and stay.ends_at > begins:
                return stay
        earlier = [stay for stay in stays if stay.starts_at < ends]
        stay = earlier[-1] if earlier else stays[0]
        self.context.ignored(
            row.batch, row.at, "date", OUTSIDE_TERM.code, day=str(row.day), number=stay.number
        )
        return stay

    def _tell_unknown(self, row: Row) -> None:
        """Refuse the row, and keep it sealed as a lead: one for each person."""
        self.context.refuse(row.batch, row.at, "identity", NOT_MONITORED.error())
        content = {"name": row.name, "id": row.identity, "day": row.day.isoformat(), "window": row.window}
        hearers.tell_unknown(
            HealthReported.kind,
            settings.BULOU_COUNTY,
            self._unknown(row.identity).hex(),
            seal.seal({**content, "temperature": str(row.temperature), "symptoms": row.symptoms}),
        )

    def _event(self, row: Row, stay: Stay) -> NewEvent:
        """The event of a row. The same row in any file is the same event."""
        label = window_label(row.day, row.window)
        middle = self._middle(stay, row.day, row.window)
        symptoms = row.symptoms.split(",") if row.symptoms else []
        content = f"{stay.id}|{label}|{float(row.temperature)}|{row.symptoms}|{row.measured_at or ''}"
        return NewEvent(
            id=_id_of(middle, self._hash(content)),
            kind=HealthReported.kind,
            subject=stay.id,
            place=stay.place,
            actor=self.context.actor,
            happened_at=_measured(row.measured_at, row.day) or middle,
            received_at=self.context.now,
            window=label,
            data={
                "temperature": str(row.temperature),
                "symptoms": symptoms,
                "window": row.window,
                "date": row.day.isoformat(),
            },
        )

    def _middle(self, stay: Stay, day: date, window: str) -> datetime:
        """The middle of a window: when a report without a time counts as measured, whenever it is entered."""
        village = stay.place[:12]
        key = (village, day, window)
        if key not in self._middles:
            params: Daily = self.orders.of(HealthReport.name, village)
            _name, opens, due = next((one for one in params.windows if one[0] == window), NOON)
            minutes = (minutes_of(opens) + minutes_of(due)) // 2
            self._middles[key] = clock.start_of(day) + timedelta(minutes=minutes)
        return self._middles[key]


def apply(batches: Iterable[Batch], context: Context) -> Counts:
    """Bring reports in. The same workbook again adds nothing; a changed value is a correction."""
    reports, repeated = Reports(context), 0
    before = events.newest_seq()
    waiting: list[Row] = []
    for batch, index, is_new in refuse_repeats(batches, context, SUBJECT, at="identity"):
        if not is_new:
            repeated += 1
            continue
        waiting.append(_row(batch, index))
        if len(waiting) == AT_ONCE:
            reports.take(waiting)
            waiting = []
    reports.take(waiting)
    reports.tell_late()
    hearers.told({HealthReported.kind}, before)
    return Counts(
        new=reports.counts["new"],
        updated=reports.counts["updated"],
        unchanged=reports.counts["unchanged"] + repeated,
    )


def _row(batch: Batch, index: int) -> Row:
    name, identity, day, window, temperature, symptoms, measured_at, _noted_by = batch.rows[index]
    return Row(batch, index, name, identity, day, window, temperature, symptoms or "", measured_at)


def _measured(moment: time | datetime | None, day: date) -> datetime | None:
    """When it was measured, in the county's time."""
    if moment is None:
        return None
    local = moment if isinstance(moment, datetime) else datetime.combine(day, moment)
    return local.replace(tzinfo=clock.COUNTY_ZONE)


def _id_of(moment: datetime, digest: bytes) -> UUID:
    """A UUIDv7 (RFC 9562) whose random bits are a keyed digest of the content: found again by it."""
    value = (to_micros(moment) // 1000 & (2**48 - 1)) << 80
    tail = int.from_bytes(digest[:10], "big")
    return UUID(int=value | 0x7 << 76 | (tail >> 62 & 0xFFF) << 64 | 0b10 << 62 | tail & (2**62 - 1))


def _correcting(event: NewEvent, before: UUID) -> NewEvent:
    return replace(event, corrects=before)


@dataclass
class _Standing:
    """What the ledger has of some cases and windows.

    `reports`: the import's report that stands, with its data; `known`: every id; `withdrawn`: the ids of
    those that an undo took back.
    """

    reports: dict[tuple[int, str], tuple[UUID, dict[str, Any]]] = field(default_factory=dict)
    known: set[UUID] = field(default_factory=set)
    withdrawn: set[UUID] = field(default_factory=set)

    @classmethod
    def of(cls, drafts: Iterable[NewEvent]) -> _Standing:
        wanted: dict[int, set[str]] = defaultdict(set)
        for event in drafts:
            wanted[event.subject].add(event.window)
        labels = sorted({label for of_case in wanted.values() for label in of_case})
        found = cls()
        for part in in_parts(sorted(wanted)):
            found._read(part, labels)
        return found

    def _read(self, cases: Sequence[int], labels: Sequence[str]) -> None:
        taken_back = Event.objects.filter(kind_id=kind_id(ReportWithdrawn.kind), subject__in=cases)
        self.withdrawn.update(id for id in taken_back.values_list("corrects", flat=True) if id)
        reports = Event.objects.filter(
            kind_id=kind_id(HealthReported.kind), subject__in=cases, window__in=labels
        ).order_by("seq")
        for id, subject, label, actor, data in reports.values_list(
            "id", "subject", "window", "actor", "data"
        ):
            self.known.add(id)
            if actor.startswith("import:") and id not in self.withdrawn:
                self.reports[subject, label] = (id, data)

    def anew(self, event: NewEvent) -> NewEvent:
        """The event under an id that no undo took back: the same row brought in again is told again."""
        while event.id in self.withdrawn:
            digest = hashlib.blake2b(event.id.bytes, digest_size=10).digest()
            event = replace(event, id=_id_of(event.happened_at, digest))
        return event


def _shown(data: dict[str, Any]) -> dict[str, str]:
    """What a workbook says of a report, by its columns."""
    return {"temperature": data.get("temperature", ""), "symptoms": ",".join(data.get("symptoms", ()))}


def _append(new: Sequence[NewEvent]) -> None:
    """Append, and tell who hears. Every id was looked for, so that none is taken."""
    if not new:
        return
    statuses = events.append(new)
    hearers.tell(event for event, status in zip(new, statuses, strict=True) if status is Status.NEW)


def _stays_of(persons: set[int]) -> dict[int, list[Stay]]:
    found: dict[int, list[Stay]] = defaultdict(list)
    for part in in_parts(sorted(persons)):
        cases = Case.objects.filter(person_id__in=part)
        rows = cases.values_list("person_id", "id", "number", "place", "starts_at", "ends_at")
        for person, id, number, place, starts_at, ends_at in rows:
            found[person].append(Stay(id, number, place, starts_at, ends_at))
    return found
