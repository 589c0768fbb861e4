"""Lists of people to be found (协查) into leads, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bulou.arrivals import lead_answers, leads, whereabouts
from bulou.arrivals.leads import NewLead
from bulou.arrivals.models import Lead
from bulou.arrivals.obligations import Decide
from bulou.arrivals.sheet_known import Known
from bulou.arrivals.sheet_places import Homes
from bulou.arrivals.sheet_registering import Row
from bulou.kernel import clock
from bulou.kernel.database import in_parts
from bulou.kernel.problems import BulouError, problem
from bulou.obligations.orders import Orders
from bulou.sheets.checking import Batch
from bulou.sheets.columns import Counts
from bulou.sheets.context import Context
from bulou.sheets.kinds.rows import ROW_REPEATED, row_place
from bulou.sheets.undo import Undoing, takes_back

LEAD_UNREACHABLE = problem(
    "lead-unreachable", _("只有姓名,没有身份证号也没有电话:只能靠走访查找,请向下发单位补问。")
)
LEAD_OVERDUE = problem("lead-overdue", _("反馈截止时间 {at} 已过:照常登记,一登记就是逾期。"))
LEAD_STANDS = problem("lead-stands", _("这一条协查已经登记过,没有再登记。"))
SAID = ("from", "visited", "trip", "relation", "reference", "home", "remark")


@dataclass
class Search:
    """One list on its way to leads."""

    context: Context
    orders: Orders = field(default_factory=Orders)

    def __post_init__(self) -> None:
        self._homes = Homes(self.context)
        self._hash = leads.words_hasher()
        self._today = clock.local(self.context.now).date()

    def take(self, batches: Iterable[Batch]) -> Counts:
        """Take in what is new; the rest stands already."""
        seen: dict[bytes, tuple[Row, NewLead]] = {}
        repeated = 0
        for batch in batches:
            for row in self._rows(batch):
                one = self._lead(row)
                if one is None:
                    continue
                first, _same = seen.setdefault(self._hash(one), (row, one))
                if first is not row:
                    where = row_place(first.ref)
                    self.context.ignored(batch, row.at, "name", ROW_REPEATED.code, first=where)
                    repeated += 1
        known = Known.of([one.identity for _row, one in seen.values() if one.identity])
        made = leads.receive([one for _row, one in seen.values()], by=self.context.actor)
        named = {lead.journey_id for lead in made if lead.journey_id is not None}
        self.context.made("visit", known.visits_since(named))
        self._tell(seen, {bytes(lead.words_key): lead for lead in made})
        self.context.made("lead", [lead.pk for lead in made])
        return Counts(new=len(made), unchanged=len(seen) - len(made) + repeated)

    def _rows(self, batch: Batch) -> list[Row]:
        names = self.context.kind.names
        return [
            Row(batch, at, dict(zip(names, values, strict=True)), "") for at, values in enumerate(batch.rows)
        ]

    def _lead(self, row: Row) -> NewLead | None:
        """A row as a lead; None when its place cannot be, which is told."""
        values = row.values
        try:
            home = self._homes.of(values)
        except BulouError as error:
            self.context.refuse(row.batch, row.at, _place_column(values), error)
            return None
        row.place = home.code or self.context.scope
        arrives = values["arrives"]
        day = arrives[0] if arrives else self._today
        look_back = self.orders.of(Decide.name, row.place or settings.BULOU_COUNTY).look_back
        found = whereabouts.read(values, day, look_back=look_back, near=row.place, today=self._today)
        for one in found.findings:
            if one.kind is not whereabouts.NO_VISIT:
                self.context.ignored(row.batch, row.at, one.column, one.kind.code, **one.params)
        if row.place:
            self.context.area.see(row.place)
        return NewLead(
            name=values["name"],
            issued_by=values["issued_by"],
            identity=values["identity"] or "",
            phone=values["phone"] or "",
            place=row.place,
            deadline=self._deadline(row),
            arrives_at=row.arrives_at if arrives else None,
            details=_details(row),
            stops=found.stops,
        )

    def _deadline(self, row: Row) -> Any:
        """The instant that a row gives, else so many hours from now, else None."""
        at, hours = row.values["deadline"], row.values["hours"]
        if at:
            day, time, _rest = at
            end = (
                clock.start_of(day).replace(hour=time.hour, minute=time.minute) if time else clock.end_of(day)
            )
            if end < self.context.now:
                shown = f"{clock.local(end):%Y-%m-%d %H:%M}"
                self.context.ignored(row.batch, row.at, "deadline", LEAD_OVERDUE.code, at=shown)
            return end
        return self.context.now + timedelta(hours=hours) if hours else None

    def _tell(self, seen: dict[bytes, tuple[Row, NewLead]], made: dict[bytes, Lead]) -> None:
        for key, (row, one) in seen.items():
            if key not in made:
                self.context.ignored(row.batch, row.at, "name", LEAD_STANDS.code)
                continue
            self.context.changes.note_new(*row.ref, one.name, made[key].place)
            if not one.identity and not one.phone:
                self.context.ignored(row.batch, row.at, "identity", LEAD_UNREACHABLE.code)


def _place_column(values: Any) -> str:
    return next((name for name in ("village", "township") if values.get(name)), "home")


def _details(row: Row) -> dict[str, str]:
    said = {name: str(row.values.get(name) or "") for name in SAID}
    if row.values["arrives"]:
        said["arrives"] = f"{clock.local(row.arrives_at):%Y-%m-%d %H:%M}"
    return {name: text for name, text in said.items() if text}


def apply(batches: Iterable[Batch], context: Context) -> Counts:
    """Take in the leads of a list; the same list again changes nothing."""
    return Search(context).take(batches)


@takes_back(18)
def taken_in(undoing: Undoing) -> None:
    """Leads of the list are owed no longer; one that somebody answered stays."""
    kept: set[int] = set()
    for part in in_parts(undoing.made("lead")):
        found = list(Lead.objects.filter(pk__in=part, withdrawn_at__isnull=True))
        kept.update(lead.pk for lead in found if lead.answered_at is not None)
        free = [lead for lead in found if lead.answered_at is None]
        lead_answers.withdraw_many(free, by=undoing.by)
        undoing.taken_back += len(free)
    undoing.keep("lead", kept)
