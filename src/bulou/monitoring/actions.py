"""What is done about people under home monitoring. Each verb records its event in the same transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bulou.facts import monitoring as facts
from bulou.facts.windows import window_label
from bulou.kernel import audit, clock
from bulou.kernel.database import atomic
from bulou.kernel.events import NewEvent, kind_id
from bulou.kernel.fields import MICROSECOND
from bulou.kernel.models import Event
from bulou.kernel.moments import holds_at
from bulou.kernel.problems import problem
from bulou.monitoring import ledger, seats
from bulou.monitoring.admission import (
    RESTRICTION_INCOMPLETE,
    TERM_OUT_OF_ORDER,
    admit,
)
from bulou.monitoring.models import Case, CasePlace
from bulou.monitoring.permissions import check_may_release, may_release
from bulou.places.queries import place as place_of

__all__ = [
    "admit",
    "assign_seat",
    "can_release_now",
    "change_term",
    "check_may_release",
    "check_release_is_due",
    "end",
    "lift",
    "may_release",
    "move",
    "record",
    "release",
    "resume",
]

CASE_ENDED = problem("case-ended", _("编号 {number} 已于 {at} 终止({reason}),不能再办理。"), status=409)
NOT_ENDED = problem("case-not-ended", _("编号 {number} 没有终止记录,不需要撤销。"), status=409)
TOO_EARLY = problem(
    "too-early-to-release",
    _("最后一天({day})之前不能办理解除:如需提前,请先由决定人更正结束日期。"),
    status=409,
)
IN_THE_FUTURE = problem("not-yet-happened", _("发生时间 {at} 晚于现在:请核对。"))
USE_RELEASE = problem("use-release", _("解除请用“办理解除”,由有权的人决定。"))

assign_seat = seats.assign


def change_term(
    *,
    case: Case,
    decided_by: str,
    reason: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    by: str,
) -> Case:
    """Put the first or the last moment right; that needs a decision-maker and a reason like the first term.

    Raises `restriction-incomplete`, `term-out-of-order`, `case-ended`, `already-monitored`.
    """
    if not decided_by.strip() or not reason.strip():
        raise RESTRICTION_INCOMPLETE.error(missing=_("决定人或理由"))
    with atomic():
        case = fresh(case)
        _check_running(case)
        change = redate(case, starts_at or case.starts_at, ends_at or case.ends_at, by=by)
        if change:
            audit.record(
                "monitoring.term_changed",
                by=by,
                subject=f"case:{case.number}",
                place=case.place,
                reason=reason[:300],
                detail={"decided_by": decided_by},
            )
        ledger.append(change)
    return case


def redate(case: Case, starts_at: datetime, ends_at: datetime, *, by: str) -> list[NewEvent]:
    """Give a case another term; the event to append, or none. Raises `term-out-of-order`.

    The place and the seats that held from the start hold from the new start.
    """
    if ends_at <= starts_at:
        raise TERM_OUT_OF_ORDER.error()
    if (starts_at, ends_at) == (case.starts_at, case.ends_at):
        return []
    if starts_at != case.starts_at:
        case.places.filter(starts_at__lt=starts_at, ends_at__lte=starts_at).delete()
        case.seats.filter(starts_at__lt=starts_at, ends_at__lte=starts_at).delete()
        for intervals in (case.places, case.seats):
            intervals.filter(starts_at__lt=starts_at).update(starts_at=starts_at)
            intervals.filter(starts_at=case.starts_at).update(starts_at=starts_at)
    case.starts_at, case.ends_at = starts_at, ends_at
    case.save(update_fields=["starts_at", "ends_at"])
    return [ledger.event_of(case, facts.TermChanged(start=starts_at, end=ends_at), by=by)]


def move(*, case: Case, place: str, by: str, at: datetime | None = None) -> Case:
    """The person lives at another place from an instant on. Raises `case-ended`, `no-such-place`."""
    with atomic():
        case = fresh(case)
        _check_running(case)
        # From the instant after: what opens at this very moment may have been opened already.
        code, moment = place_of(place).code, max(_happened(at) + MICROSECOND, case.starts_at)
        if code == case.place:
            return case
        CasePlace.objects.filter(case=case, starts_at__gte=moment).delete()
        CasePlace.objects.filter(holds_at(moment), case=case).update(ends_at=moment)
        CasePlace.objects.create(case=case, place=code, starts_at=moment)
        case.place = code
        case.save(update_fields=["place"])
        ledger.append([ledger.event_of(case, facts.Moved(), by=by, happened_at=moment)])
    return case


def end(*, case: Case, reason: facts.EndReason, by: str, at: datetime | None = None) -> Case:
    """Death, hospital or transfer ends what is owed from an instant on.

    Raises `case-ended`, `use-release`.
    """
    if reason == facts.EndReason.RELEASED:
        raise USE_RELEASE.error()
    return _end(case, reason, facts.Ended(reason=reason), by=by, at=at)


def check_release_is_due(*, case: Case, at: datetime | None = None) -> None:
    """Whether a release may be done now, whoever does it. Raises `case-ended`, `too-early-to-release`."""
    _check_running(case)
    if (at or clock.now()) < last_day(case):
        raise TOO_EARLY.error(day=clock.local(last_day(case)).date())


def can_release_now(*, case: Case, at: datetime | None = None) -> bool:
    """The same question, for a button."""
    return case.ended_at is None and (at or clock.now()) >= last_day(case)


def last_day(case: Case) -> datetime:
    """The start of the last day of the term, or of the term when that is shorter."""
    return max(case.ends_at - clock.DAY, case.starts_at)


def release(*, case: Case, by: str, at: datetime | None = None) -> Case:
    """Somebody entitled to it releases the person, on the last day or afterwards.

    Raises `not-entitled-to-release`, `too-early-to-release`, `case-ended`.
    """
    check_may_release(by=by, case=case)
    check_release_is_due(case=case, at=at)
    return _end(case, facts.EndReason.RELEASED, facts.Released(), by=by, at=at)


def lift(*, case: Case, by: str, at: datetime | None = None) -> Case:
    """The restriction falls with the decision that it rested on. Raises `case-ended`."""
    return _end(case, facts.EndReason.RELEASED, facts.Released(), by=by, at=at)


def _end(case: Case, reason: facts.EndReason, fact: facts.ActedOn, *, by: str, at: datetime | None) -> Case:
    moment = _happened(at)
    with atomic():
        changed = Case.objects.filter(pk=case.pk, ended_at__isnull=True).update(
            ended_at=moment, end_reason=reason
        )
        case = fresh(case)
        if not changed:
            _check_running(case)
        ledger.append([ledger.event_of(case, fact, by=by, happened_at=moment)])
        audit.record(fact.kind, by=by, subject=f"case:{case.number}", place=case.place, reason=reason)
    return case


def withdraw(case: Case, *, by: str) -> NewEvent:
    """The admission was a mistake: what was owed because of it is owed no longer; the event to append."""
    case.ended_at, case.end_reason = case.starts_at, facts.MISTAKEN
    case.save(update_fields=["ended_at", "end_reason"])
    return ledger.event_of(case, facts.Withdrawn(), by=by, happened_at=case.starts_at)


def resume(*, case: Case, reason: str, by: str) -> Case:
    """Take back an end that was recorded by mistake; its event is corrected. Raises `case-not-ended`."""
    with atomic():
        changed = Case.objects.filter(pk=case.pk, ended_at__isnull=False).update(ended_at=None, end_reason="")
        case = fresh(case)
        if not changed:
            raise NOT_ENDED.error(number=case.number)
        kinds = [kind_id(fact.kind) for fact in (facts.Ended, facts.Released, facts.Withdrawn)]
        mistaken = Event.objects.filter(kind_id__in=kinds, subject=case.pk).order_by("-seq").first()
        new = ledger.event_of(case, facts.Resumed(), by=by, corrects=mistaken.id if mistaken else None)
        ledger.append([new])
        audit.record(new.kind, by=by, subject=f"case:{case.number}", place=case.place, reason=reason[:300])
    return case


def record(
    *,
    case: Case,
    fact: facts.CaseFact,
    by: str,
    happened_at: datetime | None = None,
    corrects: UUID | None = None,
) -> NewEvent:
    """Record what was done or told about a case: a report, a contact, a notice served, a test, a follow-up.

    Raises `kind-needs-its-action` for a fact that changes the case, `not-yet-happened`.
    """
    if not fact.from_outside:
        raise NEEDS_ITS_ACTION.error(kind=fact.kind)
    moment = _happened(happened_at)
    named = getattr(fact, "window", None)
    day = getattr(fact, "date", None) or clock.local(moment).date()
    new = ledger.event_of(
        case,
        fact,
        by=by,
        happened_at=moment,
        window=window_label(day, named) if named else "",
        corrects=corrects,
    )
    ledger.append([new])
    return new


NEEDS_ITS_ACTION = problem("kind-needs-its-action", _("“{kind}”会改变管控状态:请用相应的办理功能。"))


def fresh(case: Case) -> Case:
    """The case as it stands in the database now."""
    return Case.objects.get(pk=case.pk)


def _check_running(case: Case) -> None:
    if case.ended_at is not None:
        raise CASE_ENDED.error(
            number=case.number, at=f"{clock.local(case.ended_at):%Y-%m-%d %H:%M}", reason=case.end_reason
        )


def _happened(at: datetime | None) -> datetime:
    now = clock.now()
    if at is not None and at > now:
        raise IN_THE_FUTURE.error(at=f"{clock.local(at):%Y-%m-%d %H:%M}")
    return at or now
