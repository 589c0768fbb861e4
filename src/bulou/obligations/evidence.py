"""Done with evidence: the proof of a duty entered by somebody in the office, through the way of every proof.

The form is made from the proof's own class, so a new kind needs none. Whether the proof fits the duty is said
before anything is written: one that came too late, or for another window, would prove nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulou.facts import hearers
from bulou.facts.base import Fact, parse
from bulou.facts.subjects import SUBJECTS
from bulou.kernel import audit, clock, events
from bulou.kernel.database import atomic
from bulou.kernel.events import ID_REUSED, NewEvent, Status
from bulou.kernel.fields import MICROSECOND
from bulou.kernel.problems import problem
from bulou.obligations import followup
from bulou.obligations.kinds import KINDS, Kind
from bulou.obligations.models import Obligation, Window

EVIDENCED = events.declare("obligations.evidenced")

NO_PROOF = problem(
    "no-proof-by-form",
    _("“{kind}”要由有权的人办理(如解除、配齐责任人),不能在这里补录:请打开人员页办理。"),
    status=409,
)
NO_SOURCE = problem("evidence-without-source", _("请选择这件事是怎样知道的。"))
NOT_YET = problem("evidence-not-yet", _("办理时间 {at} 晚于现在:还没有发生的事不能当作已办。"))
TOO_EARLY = problem(
    "evidence-too-early", _("办理时间 {at} 早于这一时段的开始({opens}),抵不了这一项:请核对时间。")
)
TOO_LATE = problem(
    "evidence-too-late",
    _("办理时间 {at} 已超过这一时段最晚的 {latest},抵不了这一项,只会留在经过里:请核对时间。"),
)


class Source(models.TextChoices):
    """How it is known that something was done."""

    OWNER = "owner_told", _("责任人电话告知")
    SEEN = "seen", _("我在现场看到")
    PERSON = "person_told", _("对象本人告知")
    PAPER = "paper", _("纸质台账或签字")
    PICTURE = "picture", _("照片或截图")
    OTHER_SYSTEM = "other_system", _("其他系统查到")


@dataclass(frozen=True)
class Duty:
    """One line of the books, and what would prove it."""

    line: Obligation
    kind: Kind
    window: Window

    @property
    def proofs(self) -> list[type[Fact]]:
        """The proofs that somebody may enter; decisions are made where they are made."""
        return [proof for proof in self.kind.proofs if proof.from_outside]

    def names_window(self, proof: type[Fact]) -> bool:
        """Whether a proof entered for this duty says which window it is for."""
        return bool(self.window.label) and "window" in proof.model_fields

    def bounds(self, proof: type[Fact]) -> tuple[datetime | None, datetime | None]:
        """When such a proof may have happened, ends included: what the books count for this line."""
        if self.kind.own_times:
            return (None if self.kind.early else self.line.opens_at), None
        if self.names_window(proof):
            return clock.start_of(clock.local(self.window.opens_at).date()), self.window.late_until
        return self.window.opens_at, self.window.closes_at - MICROSECOND

    def check(self, proof: type[Fact], at: datetime, now: datetime) -> None:
        """Raises `evidence-not-yet`, `evidence-too-early`, `evidence-too-late`."""
        earliest, latest = self.bounds(proof)
        if at > now:
            raise NOT_YET.error(at=_short(at))
        if earliest is not None and at < earliest:
            raise TOO_EARLY.error(at=_short(at), opens=_short(earliest))
        if latest is not None and at > latest:
            raise TOO_LATE.error(at=_short(at), latest=_short(latest))

    def is_late(self, at: datetime) -> bool:
        """Whether a proof of this moment makes it late rather than on time."""
        return at > self.line.due_at


def duty(obligation_id: int) -> Duty:
    """A line of the books with its kind and window. Raises `no-such-obligation`."""
    line = (
        Obligation.objects.select_related("window__kind", "window__directive")
        .filter(pk=obligation_id)
        .first()
    )
    if line is None:
        raise followup.NO_SUCH_OBLIGATION.error(id=obligation_id)
    return Duty(line, KINDS[line.window.kind.name], line.window)


@dataclass(frozen=True)
class Evidence:
    """What is known: which proof with which values, when it happened, who did it, how it is known."""

    proof: str
    values: Mapping[str, Any]
    happened_at: datetime
    source: str
    done_by: str = ""
    words: str = ""


def enter(of: Duty, evidence: Evidence, *, by: str, key: uuid.UUID) -> bool:
    """Enter a proof; the books match it at once. False when this one (by its key) was entered already.

    Raises `gap-closed`, `no-proof-by-form`, `evidence-without-source`, the problems of `Duty.check` and of
    the proof's values (`bad-event-data`), `id-reused` when the key stands for other content.
    """
    now = clock.now()
    if evidence.source not in Source:
        raise NO_SOURCE.error()
    proof = next((one for one in of.proofs if one.kind == evidence.proof), None)
    if proof is None:
        raise NO_PROOF.error(kind=of.kind.title)
    fact = _fact(of, proof, evidence)
    of.check(proof, evidence.happened_at, now)
    new = _event(of, fact, evidence, by=by, key=key)
    with atomic():
        before = events.newest_seq()
        fresh = Obligation.objects.get(pk=of.line.pk)
        status = events.append([new])[0]
        if status is Status.REFUSED:
            raise ID_REUSED.error(id=key)
        if status is Status.IDENTICAL:
            return False
        if fresh.met_at is not None:
            raise followup.CLOSED.error()
        _tell(of, evidence, by=by, id=followup.event_id(key, of.line.pk))
        hearers.tell([new])
        hearers.told({new.kind}, before)
    return True


def _fact(of: Duty, proof: type[Fact], evidence: Evidence) -> Fact:
    """The proof, naming the duty's own window when its class can name one."""
    values = dict(evidence.values)
    if of.names_window(proof):
        day = clock.local(of.window.opens_at).date()
        values |= {"window": of.window.label[8:], "date": day.isoformat()}
    return parse(proof.kind, values)


def _event(of: Duty, fact: Fact, evidence: Evidence, *, by: str, key: uuid.UUID) -> NewEvent:
    return NewEvent(
        id=key,
        kind=fact.kind,
        subject=of.line.subject,
        place=_where(of),
        actor=by,
        happened_at=evidence.happened_at,
        window=of.window.label if getattr(fact, "window", None) else "",
        data=fact.to_data(),
    )


def _where(of: Duty) -> str:
    """Where the subject is now, as for a proof from a phone."""
    register = SUBJECTS.get(of.kind.subject_type)
    code = register.code_of([of.line.subject]).get(of.line.subject) if register else None
    found = register.find([code]).get(code) if register and code else None
    return found.place if found else of.line.place


def _tell(of: Duty, evidence: Evidence, *, by: str, id: uuid.UUID) -> None:
    """How it is known: an event of the line beside the proof, the words in the audit chain."""
    data = {"source": evidence.source, "proof": evidence.proof, "done_by": evidence.done_by or by}
    events.record(
        NewEvent(
            kind=EVIDENCED,
            subject=of.line.pk,
            place=of.line.place,
            actor=by,
            happened_at=clock.now(),
            data=data,
            id=id,
        )
    )
    audit.record(
        EVIDENCED,
        by=by,
        subject=f"obligation:{of.line.pk}",
        place=of.line.place,
        reason=evidence.words[: followup.WORDS],
        detail=data,
    )


def _short(at: datetime) -> str:
    return f"{clock.local(at):%m-%d %H:%M}"
