"""Taking a whole import back within a day, by compensating events and by what stood before.

Each room says how it takes back its nouns with `takes_back`. What others have built on since stays, and is
named. An undo is whole or not at all; asked for twice it is done once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bulou.facts import hearers
from bulou.kernel import audit, clock, events, jobs, seal
from bulou.kernel.database import atomic
from bulou.kernel.events import NewEvent, kind_id
from bulou.kernel.models import Event
from bulou.kernel.problems import problem
from bulou.sheets.models import ImportRun, PersonBefore, Trace

NO_SUCH_RUN = problem("no-such-import", _("没有这次导入:请在导入记录里核对。"), status=404)
TOO_LATE = problem(
    "undo-too-late", _("导入已超过 24 小时,不能整份撤销:请用一份改好的表再导入一次。"), status=409
)
UNDONE_ALREADY = problem("undone-already", _("这次导入已经撤销过了。"), status=409)
BUILT_ON = "built-on"
WITHIN = timedelta(hours=24)
AT_ONCE = 5_000


class Kept(NamedTuple):
    """Something that an undo left as it is: "person:12", and why."""

    what: str
    why: str


@dataclass
class Undoing:
    """One import on its way back. `by` is who asked for it."""

    run: ImportRun
    by: str
    now: datetime = field(default_factory=clock.now)
    taken_back: int = 0
    kept: list[Kept] = field(default_factory=list)
    _traces: dict[str, Trace] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._traces = {trace.model: trace for trace in self.run.traces.all()}

    def made(self, model: str) -> list[Any]:
        """The keys of what the import made of a model."""
        trace = self._traces.get(model)
        return list(trace.made) if trace else []

    def before(self, model: str) -> dict[str, dict[str, Any]]:
        """By key (as text) what the import replaced of a model."""
        trace = self._traces.get(model)
        return seal.unseal(trace.before) if trace else {}

    def events(self, *kinds: str) -> list[Event]:
        """The events of these kinds that the import wrote, in their order."""
        first, last = self.run.first_seq or 0, self.run.last_seq or 0
        numbers = [kind_id(kind) for kind in kinds]
        written = Event.objects.filter(seq__gt=first, seq__lte=last, actor=self.run.actor)
        return list(written.filter(kind_id__in=numbers).order_by("seq"))

    def changed_since(self, kinds: Iterable[str], subjects: Sequence[int]) -> set[int]:
        """Which of these subjects have later events of these kinds."""
        numbers, found = [kind_id(kind) for kind in kinds], set[int]()
        for start in range(0, len(subjects), AT_ONCE):
            later = Event.objects.filter(
                kind_id__in=numbers,
                subject__in=subjects[start : start + AT_ONCE],
                seq__gt=self.run.last_seq or 0,
            )
            found.update(later.values_list("subject", flat=True))
        return found

    def append(self, new: Sequence[NewEvent], also: Iterable[str] = ()) -> None:
        """Write compensating events, and tell who hears; `also`: kinds of events that they make void."""
        if not new:
            return
        before = events.newest_seq()
        for start in range(0, len(new), AT_ONCE):
            events.append(new[start : start + AT_ONCE])
        hearers.tell(new)
        hearers.told({*also, *(event.kind for event in new)}, before)

    def keep(self, what: str, keys: Iterable[Any], why: str = BUILT_ON) -> None:
        """Name what stays."""
        self.kept += [Kept(f"{what}:{key}", why) for key in sorted(keys)]


TakesBack = Callable[[Undoing], object]
_TAKERS: list[tuple[int, TakesBack]] = []


def takes_back(order: int) -> Callable[[TakesBack], TakesBack]:
    """Register what takes back the nouns of one model; those that stand on others come first."""

    def register(taker: TakesBack) -> TakesBack:
        _TAKERS.append((order, taker))
        return taker

    return register


def check(run: ImportRun | None, now: datetime | None = None) -> ImportRun:
    """The run, when it can be taken back now. Raises `no-such-import`, `undone-already`, `undo-too-late`."""
    if run is None:
        raise NO_SUCH_RUN.error()
    if run.undone_at is not None:
        raise UNDONE_ALREADY.error()
    if (now or clock.now()) - run.started_at > WITHIN:
        raise TOO_LATE.error()
    return run


def id_of(text: str) -> UUID:
    """The id of an import as it was written down. Raises `no-such-import`."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NO_SUCH_RUN.error() from error


def undo(id: UUID, *, by: str) -> Undoing:
    """Take an import back. Raises `no-such-import`, `undone-already`, `undo-too-late`."""
    with atomic():
        run = check(ImportRun.objects.filter(pk=id).first())
        ours = ImportRun.objects.filter(pk=id, undone_at__isnull=True).update(
            undone_at=clock.now(), undone_by=by
        )
        if not ours:
            raise UNDONE_ALREADY.error()
        undoing = Undoing(run, by)
        for _order, taker in sorted(_TAKERS, key=lambda pair: pair[0]):
            taker(undoing)
        _record(undoing)
        jobs.hold_lease()
    return undoing


def _record(undoing: Undoing) -> None:
    run = undoing.run
    counts = {"taken_back": undoing.taken_back, "kept": len(undoing.kept)}
    ImportRun.objects.filter(pk=run.pk).update(**counts)
    run.traces.all().delete()
    PersonBefore.objects.filter(run=run).delete()
    Trace.objects.create(run=run, model="kept", made=[list(kept) for kept in undoing.kept])
    audit.record(
        "sheets.undone",
        by=undoing.by,
        subject=run.actor,
        place=run.place or run.scope,
        detail={"kind": run.kind, **counts},
    )
