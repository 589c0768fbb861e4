"""The answers to leads: what came of a search, or that nobody has to search any longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from bulou.arrivals import leads, ledger
from bulou.arrivals.models import Journey, Lead, Outcome
from bulou.facts import leads as facts
from bulou.kernel import audit, clock, seal
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem

LEAD_SETTLED = problem("lead-settled", _("协查 {number} 已办结({outcome}),不能再答复。"), status=409)
LEAD_WITHDRAWN = problem("lead-withdrawn", _("协查 {number} 已撤回,不用再答复。"), status=409)
LEAD_WORDS = problem(
    "lead-words-missing",
    _("请写明核查情况(4 到 500 个字):怎么找的、找到谁、人在哪里,或者为什么不属本地。"),
)
LEAD_WITHOUT_JOURNEY = problem(
    "lead-without-journey",
    _("协查 {number} 还没有对应的行程:请先为找到的人登记行程,再答复“已找到”。"),
    status=409,
)
SHORTEST, LONGEST = 4, 500


def answer(
    *,
    lead: Lead,
    outcome: str,
    words: str,
    by: str,
    journey: Journey | None = None,
    at: datetime | None = None,
) -> Lead:
    """What came of a search. "Not found" answers in time, and the search goes on with its owner.

    Raises `lead-settled`, `lead-withdrawn`, `lead-words-missing`, `lead-without-journey`.
    """
    text = words.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise LEAD_WORDS.error()
    with atomic():
        lead = _open(lead)
        lead.journey = journey or lead.journey
        if outcome == Outcome.FOUND and lead.journey is None:
            raise LEAD_WITHOUT_JOURNEY.error(number=lead.number)
        moment = at or clock.now()
        _keep_answer(lead, Outcome(outcome), text, by, moment)
        told = [leads.event(lead, facts.LeadAnswered(outcome=facts.LeadOutcome(outcome)), by, moment)]
        if lead.settled_at is not None:
            told.append(leads.event(lead, facts.LeadSettled(), by, moment))
        ledger.append(told)
        audit.record(
            facts.LeadAnswered.kind,
            by=by,
            subject=f"lead:{lead.number}",
            place=lead.place,
            detail={"outcome": str(outcome)},
        )
    return lead


def _keep_answer(lead: Lead, outcome: Outcome, words: str, by: str, moment: datetime) -> None:
    lead.outcome, lead.changed_seq = outcome.value, ledger.next_seq()
    lead.answered_at = lead.answered_at or moment
    if outcome == Outcome.NOT_FOUND:
        lead.missing_since = lead.missing_since or moment
    else:
        lead.settled_at = moment
    said = seal.unseal(lead.sealed)
    new = {"at": moment.isoformat(), "outcome": outcome.value, "words": words, "by": by}
    lead.sealed = seal.seal({**said, "answers": [*said.get("answers", []), new]})
    lead.save()


def withdraw(*, lead: Lead, words: str, by: str) -> Lead:
    """Whoever issued a lead took it back. Raises `lead-settled`, `lead-withdrawn`, `lead-words-missing`."""
    text = words.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise LEAD_WORDS.error()
    with atomic():
        lead = _open(lead)
        withdraw_many([lead], by=by)
        audit.record(
            facts.LeadWithdrawn.kind,
            by=by,
            subject=f"lead:{lead.number}",
            place=lead.place,
            reason=text[:300],
        )
    return lead


def withdraw_many(withdrawn: Sequence[Lead], *, by: str) -> None:
    """These leads are owed no longer; the caller has looked that they are open."""
    now, seq = clock.now(), ledger.next_seq()
    for lead in withdrawn:
        lead.withdrawn_at, lead.changed_seq = now, seq
        # The same row may come again: then it is another lead.
        lead.words_key = seal.lookup(leads.WORDS, lead.number)
    Lead.objects.bulk_update(withdrawn, ["withdrawn_at", "changed_seq", "words_key"], batch_size=500)
    ledger.append([leads.event(lead, facts.LeadWithdrawn(), by, now) for lead in withdrawn])


def _open(lead: Lead) -> Lead:
    found = Lead.objects.select_for_update().get(pk=lead.pk)
    if found.withdrawn_at is not None:
        raise LEAD_WITHDRAWN.error(number=found.number)
    if found.settled_at is not None:
        raise LEAD_SETTLED.error(number=found.number, outcome=Outcome(found.outcome).label)
    return found
