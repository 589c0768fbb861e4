"""Following up a gap: call, postpone, hand to somebody, take back. The books do not change by it.

An overdue duty stays overdue and counted, and the owner's post stays the owner's, whatever is noted here.
Every act is an event of its own; the key made with the form makes a second click harmless, for one line as
for many.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from bulou.kernel import audit, clock, events, seal
from bulou.kernel.database import atomic
from bulou.kernel.events import Status
from bulou.kernel.problems import ProblemKind, problem
from bulou.obligations.followup_model import FollowUp, Outcome, Why
from bulou.obligations.models import Obligation

CALLED = events.declare("obligations.called")
POSTPONED = events.declare("obligations.postponed")
HANDED = events.declare("obligations.handed")
TAKEN_BACK = events.declare("obligations.taken_back")

NO_SUCH_OBLIGATION = problem("no-such-obligation", _("没有编号为 {id} 的责任。"), status=404)
CLOSED = problem("gap-closed", _("这一项已经完成或已免,不用再跟进。"), status=409)
NOT_DUE = problem("gap-not-open-yet", _("这一项还没有到开始时间,到时再跟进。"), status=409)
NOT_HANDED = problem("gap-not-handed", _("这一项没有转交给别人,不用收回。"), status=409)
HANDED_ALREADY = problem("gap-handed-already", _("这一项已经在这个岗位手里。"), status=409)
NEEDS_FIRST = problem(
    "gap-needs-first", _("对象有急需(透析、孕产、独居等):请逐条打开,确认后再推迟。"), status=409
)
NO_OUTCOME = problem("call-without-outcome", _("请选择电话的结果;选“其他”时请写一句说明。"))
NO_REASON = problem("postponed-without-reason", _("请选择推迟的原因;选“其他”时请写一句说明。"))
TOO_LONG = problem("postponed-too-long", _("最晚只能推迟到明天 24:00({latest}):更久的请联系对象或换人办理。"))
NOT_LATER = problem("postponed-not-later", _("推迟到的时间要晚于现在:请重新选择。"))

WORDS = 200
"""How many signs the words of an act may have."""


@dataclass(frozen=True)
class Act:
    """What is done about lines. Subclasses say what they check, what is told, and what they change."""

    kind: ClassVar[str]
    words: str = ""

    def check(self, now: datetime) -> None:
        """Raises the problem of an act that can be done about no line at all."""

    def refuses(self, line: Obligation, known: FollowUp | None) -> ProblemKind | None:
        """Why the act cannot be done about this line, or None."""
        return None

    def data(self) -> dict[str, Any]:
        """What its event says."""
        return {}

    def change(self, follow_up: FollowUp, *, by: str, now: datetime) -> None:
        """Bring the read model up to date."""


@dataclass(frozen=True)
class Call(Act):
    """The owner was called. `outcome` is a code of `Outcome`."""

    kind = CALLED
    outcome: str = ""

    def check(self, now: datetime) -> None:
        if self.outcome not in Outcome or (self.outcome == Outcome.OTHER and not self.words):
            raise NO_OUTCOME.error()

    def data(self) -> dict[str, Any]:
        return {"outcome": self.outcome}

    def change(self, follow_up: FollowUp, *, by: str, now: datetime) -> None:
        follow_up.calls, follow_up.called_at, follow_up.outcome = follow_up.calls + 1, now, self.outcome


@dataclass(frozen=True)
class Postpone(Act):
    """The line sinks in lists until an instant, at most the end of the next day, for a reason.

    `apart` are subjects whom nobody may postpone together with others: those with needs.
    """

    kind = POSTPONED
    until: datetime | None = None
    why: str = ""
    apart: Collection[int] = field(default=(), repr=False)

    def check(self, now: datetime) -> None:
        if self.why not in Why or (self.why == Why.OTHER and not self.words):
            raise NO_REASON.error()
        if self.until is None or self.until <= now:
            raise NOT_LATER.error()
        if self.until > latest(now):
            raise TOO_LONG.error(latest=f"{clock.local(latest(now) - timedelta(seconds=1)):%m-%d %H:%M}")

    def refuses(self, line: Obligation, known: FollowUp | None) -> ProblemKind | None:
        return NEEDS_FIRST if line.subject in self.apart else None

    def data(self) -> dict[str, Any]:
        return {"until": self.until.isoformat() if self.until else "", "why": self.why}

    def change(self, follow_up: FollowUp, *, by: str, now: datetime) -> None:
        follow_up.postponed_until, follow_up.why = self.until, self.why
        follow_up.sealed = seal.seal({"words": self.words}) if self.words else None


@dataclass(frozen=True)
class Hand(Act):
    """Another post follows the line up from now on; its owner stays the owner."""

    kind = HANDED
    post: int = 0

    def refuses(self, line: Obligation, known: FollowUp | None) -> ProblemKind | None:
        return HANDED_ALREADY if known and known.handed_to_id == self.post else None

    def data(self) -> dict[str, Any]:
        return {"post": self.post}

    def change(self, follow_up: FollowUp, *, by: str, now: datetime) -> None:
        follow_up.handed_to_id, follow_up.handed_by = self.post, by


@dataclass(frozen=True)
class TakeBack(Act):
    """The line is with its owner again."""

    kind = TAKEN_BACK

    def refuses(self, line: Obligation, known: FollowUp | None) -> ProblemKind | None:
        return None if known and known.handed_to_id else NOT_HANDED

    def change(self, follow_up: FollowUp, *, by: str, now: datetime) -> None:
        follow_up.handed_to_id, follow_up.handed_by = None, ""


@dataclass
class Result:
    """What became of the lines: how many were done, were done before by the same key, and were refused."""

    done: int = 0
    repeated: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    example: ProblemKind | None = None

    def add(self, other: Result) -> None:
        self.done += other.done
        self.repeated += other.repeated
        self.refused += other.refused
        self.example = self.example or other.example


def latest(now: datetime) -> datetime:
    """Until when something may be postponed: 24:00 of the next county day."""
    return clock.end_of(clock.local(now).date() + clock.DAY)


def follow_ups(obligation_ids: Iterable[int]) -> dict[int, FollowUp]:
    """What has been noted about lines."""
    return FollowUp.objects.select_related("handed_to").in_bulk(list(obligation_ids))


def preview(act: Act, obligation_ids: Sequence[int]) -> Result:
    """What `apply` would do, without doing it. Raises what the act's check raises."""
    now = clock.now()
    act.check(now)
    good, refused = _sorted(act, obligation_ids, now)
    return _result(len(good), 0, refused)


def apply(act: Act, obligation_ids: Sequence[int], *, by: str, key: uuid.UUID) -> Result:
    """Do an act about lines, all in one transaction. Lines that refuse it are left out and counted.

    The same key said again does nothing about the lines that it was done about. Raises what the act's check
    raises.
    """
    now = clock.now()
    act.check(now)
    with atomic():
        repeated = _done_before(obligation_ids, key)
        good, refused = _sorted(act, [id for id in obligation_ids if id not in repeated], now)
        told = [_event(act, line, by=by, id=event_id(key, line.pk), now=now) for line in good]
        fresh = [
            line
            for line, status in zip(good, events.append(told) if told else [], strict=True)
            if status is Status.NEW
        ]
        if fresh:
            _keep(act, fresh, by=by, now=now)
            _audit(act, fresh, by=by, key=key)
    return _result(len(fresh), len(repeated) + len(good) - len(fresh), refused)


def one(act: Act, obligation_id: int, *, by: str, key: uuid.UUID | None = None) -> Result:
    """The same for one line; a refusal is raised. Raises also `no-such-obligation`."""
    if not Obligation.objects.filter(pk=obligation_id).exists():
        raise NO_SUCH_OBLIGATION.error(id=obligation_id)
    result = apply(act, [obligation_id], by=by, key=key or uuid.uuid4())
    if result.example:
        raise result.example.error()
    return result


def event_id(key: uuid.UUID, obligation_id: int) -> uuid.UUID:
    """The event's id of one line under a key: the same at every attempt."""
    return uuid.uuid5(key, str(obligation_id))


def _done_before(ids: Sequence[int], key: uuid.UUID) -> set[int]:
    from bulou.kernel.models import Event

    by_event = {event_id(key, id): id for id in ids}
    found = Event.objects.filter(id__in=list(by_event)).values_list("id", flat=True)
    return {by_event[id] for id in found}


def _sorted(
    act: Act, ids: Sequence[int], now: datetime
) -> tuple[list[Obligation], list[tuple[Obligation, ProblemKind]]]:
    known = follow_ups(ids)
    good: list[Obligation] = []
    refused: list[tuple[Obligation, ProblemKind]] = []
    for line in Obligation.objects.filter(pk__in=list(ids)).order_by("pk"):
        why = _closed(line, now) or act.refuses(line, known.get(line.pk))
        if why:
            refused.append((line, why))
        else:
            good.append(line)
    return good, refused


def _closed(line: Obligation, now: datetime) -> ProblemKind | None:
    if line.met_at is not None or line.excused_at is not None:
        return CLOSED
    return NOT_DUE if line.opens_at > now else None


def _result(done: int, repeated: int, refused: list[tuple[Obligation, ProblemKind]]) -> Result:
    return Result(
        done, repeated, Counter(why.code for _line, why in refused), refused[0][1] if refused else None
    )


def _event(act: Act, line: Obligation, *, by: str, id: uuid.UUID, now: datetime) -> events.NewEvent:
    return events.NewEvent(
        kind=act.kind,
        subject=line.pk,
        place=line.place,
        actor=by,
        happened_at=now,
        data=act.data(),
        id=id,
    )


def _keep(act: Act, lines: Sequence[Obligation], *, by: str, now: datetime) -> None:
    known = follow_ups(line.pk for line in lines)
    kept = []
    for line in lines:
        follow_up = known.get(line.pk) or FollowUp(obligation_id=line.pk, subject=line.subject)
        act.change(follow_up, by=by, now=now)
        follow_up.changed_at = now
        kept.append(follow_up)
    FollowUp.objects.bulk_create(
        kept, update_conflicts=True, unique_fields=["obligation"], update_fields=_CHANGING, batch_size=500
    )


_CHANGING = (
    *("calls", "called_at", "outcome", "postponed_until", "why", "sealed", "handed_to", "handed_by"),
    "changed_at",
)


def _audit(act: Act, lines: Sequence[Obligation], *, by: str, key: uuid.UUID) -> None:
    """One line for the whole act: the events name the lines."""
    alone = len(lines) == 1
    audit.record(
        act.kind,
        by=by,
        subject=f"obligation:{lines[0].pk}" if alone else "",
        place=lines[0].place if alone else "",
        reason=act.words[:WORDS],
        detail=act.data() | ({} if alone else {"lines": len(lines), "key": str(key)}),
    )
