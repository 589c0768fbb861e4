"""What the office does with journeys and hand-overs. Each verb records its event in the same transaction."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from bulou.arrivals import custody, exposure, ledger
from bulou.arrivals.models import Break, Handover, Journey, Side, Stay, Where
from bulou.arrivals.obligations import DESK
from bulou.arrivals.registration import exposed_since
from bulou.arrivals.stays import keeping
from bulou.facts import arrivals as facts
from bulou.kernel import audit, clock, seal
from bulou.kernel.database import atomic
from bulou.kernel.events import NewEvent
from bulou.kernel.problems import problem
from bulou.obligations.orders import Orders
from bulou.places.queries import find as post_for
from bulou.places.queries import place as place_of

JOURNEY_ENDED = problem("journey-ended", _("编号 {number} 已结束({reason}),不能再办理。"), status=409)
TAKEN_SINCE = problem(
    "taken-since", _("编号 {number} 在 {at} 之后又有岗位接到此人:请先核对交接记录,再结束。"), status=409
)
STILL_BOUND = problem(
    "still-bound",
    _("编号 {number} 的管控措施还在执行中:请先由有权的人办理解除,行程随之结束。"),
    status=409,
)
EXPLANATION_MISSING = problem("explanation-missing", _("请写明脱节的原因(4 到 500 个字)。"))
EXPLAINED_ALREADY = problem("explained-already", _("这次脱节已经说明过。"), status=409)
WHY_MISSING = problem("why-withdrawn-missing", _("请写明为什么要更正这条交接记录(至少 4 个字)。"))
WITHDRAWN_ALREADY = problem("side-withdrawn", _("这条交接记录已经更正过。"), status=409)
SHORTEST, LONGEST = 4, 500


def redate(*, journey: Journey, arrives_at: datetime, by: str) -> Journey:
    """The arrival is expected at another time (a late train). Raises `journey-ended`."""
    with atomic():
        journey = _running(journey)
        if journey.arrives_at == arrives_at:
            return journey
        journey.arrives_at, journey.changed_seq = arrives_at, ledger.next_seq()
        journey.exposed_since = exposed_since(arrives_at, journey.place, Orders())
        journey.save(update_fields=["arrives_at", "exposed_since", "changed_seq"])
        exposure.ask([journey.pk], ledger.next_seq())
        ledger.append([ledger.of_journey(journey, facts.Redated(arrives_at=arrives_at), by=by)])
        keeping.settle([journey.pk])
    return journey


def redirect(*, journey: Journey, place: str, by: str) -> Journey:
    """The person will live at another place; its township owes them from now on.

    Raises `journey-ended`, `no-such-place`.
    """
    with atomic():
        journey = _running(journey)
        code = place_of(place).code
        if code == journey.place:
            return journey
        journey.place, journey.desk, journey.changed_seq = code, post_for(DESK, code), ledger.next_seq()
        journey.save(update_fields=["place", "desk", "changed_seq"])
        ledger.append([ledger.of_journey(journey, facts.Redirected(), by=by)])
        custody.amount_to([journey.pk], ledger.next_seq())
    return journey


def end(
    *, journey: Journey, reason: facts.JourneyEnd, by: str, words: str = "", at: datetime | None = None
) -> Journey:
    """Nobody has to have the person from an instant on.

    Raises `journey-ended`, `taken-since`, `still-bound`.
    """
    with atomic():
        journey = _running(journey)
        _check_free(journey, reason)
        moment = at or clock.now()
        later = Handover.objects.filter(journey=journey, took_at__gt=moment).order_by("took_at").first()
        if later is not None:
            raise TAKEN_SINCE.error(number=journey.number, at=clock.local(moment))
        journey.ended_at, journey.end_reason, journey.changed_seq = moment, reason.value, ledger.next_seq()
        journey.save(update_fields=["ended_at", "end_reason", "changed_seq"])
        ended = facts.JourneyEnded(reason=reason)
        ledger.append([ledger.of_journey(journey, ended, by=by, happened_at=moment)])
        custody.amount_to([journey.pk], ledger.next_seq())
        keeping.settle([journey.pk])
        audit.record(
            facts.JourneyEnded.kind,
            by=by,
            subject=f"journey:{journey.number}",
            place=journey.place,
            reason=words[:300],
            detail={"reason": reason.value},
        )
    return journey


def give(
    *, journey: Journey, handover: uuid.UUID, post: int, to: int | None, by: str, at: datetime | None = None
) -> NewEvent:
    """A post gives the person to another; told by the office for it, or by its holder's page."""
    return _side(journey, facts.Gave(handover=handover, post=post, to=to), by=by, at=at)


def take(
    *,
    journey: Journey,
    handover: uuid.UUID,
    post: int,
    giver: int | None,
    by: str,
    at: datetime | None = None,
) -> NewEvent:
    """A post takes the person; told by the office for it, or by its holder's page."""
    return _side(journey, facts.Took(handover=handover, post=post, giver=giver), by=by, at=at)


def withdraw(*, side: Side, by: str, words: str) -> None:
    """A side was told by mistake and never happened. Raises `side-withdrawn`, `why-withdrawn-missing`."""
    if len(words.strip()) < SHORTEST:
        raise WHY_MISSING.error()
    with atomic():
        journey = Journey.objects.select_for_update().get(pk=side.journey_id)
        if Side.objects.filter(corrects=side.event).exists():
            raise WITHDRAWN_ALREADY.error()
        event = ledger.of_journey(journey, facts.SideWithdrawn(), by=by)
        ledger.append([replace(event, corrects=side.event)])
        audit.record(
            facts.SideWithdrawn.kind,
            by=by,
            subject=f"journey:{journey.number}",
            place=journey.place,
            reason=words[:300],
        )


def _side(journey: Journey, side: facts.SideFact, *, by: str, at: datetime | None) -> NewEvent:
    event = ledger.of_journey(journey, side, by=by, happened_at=at)
    ledger.append([event])
    return event


def explain(*, broken: Break, words: str, by: str) -> Break:
    """Say how a break of custody came about. Raises `explanation-missing`, `explained-already`."""
    text = words.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise EXPLANATION_MISSING.error()
    with atomic():
        now = clock.now()
        changed = Break.objects.filter(pk=broken.pk, explained_at__isnull=True).update(
            explained_at=now, sealed=seal.seal({"words": text, "by": by})
        )
        if not changed:
            raise EXPLAINED_ALREADY.error()
        broken.refresh_from_db()
        place = broken.journey.place
        ledger.append([ledger.of_part(facts.BreakExplained(), broken.pk, place, by=by, happened_at=now)])
    return broken


def _check_free(journey: Journey, reason: facts.JourneyEnd) -> None:
    """Raises `still-bound`: who is released is released from the measure, by whoever is entitled to it."""
    bound = Stay.objects.filter(
        journey=journey, begun_at__isnull=False, over_at__isnull=True, part__ends_at__gt=clock.now()
    ).exclude(part__where=Where.FREE)
    if reason == facts.JourneyEnd.RELEASED and bound.exists():
        raise STILL_BOUND.error(number=journey.number)


def _running(journey: Journey) -> Journey:
    """The journey as it stands. Raises `journey-ended`."""
    found = Journey.objects.select_for_update().get(pk=journey.pk)
    if found.ended_at is not None:
        raise JOURNEY_ENDED.error(number=found.number, reason=found.end_reason)
    return found
