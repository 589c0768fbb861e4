"""What a person's history means for them: the directive's rule says it, somebody entitled decides it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.arrivals import ledger
from bulou.arrivals.measures import Measure
from bulou.arrivals.models import Exposure, Proposal
from bulou.arrivals.obligations import Decide
from bulou.arrivals.stays import keeping, parts
from bulou.facts import arrivals as facts
from bulou.kernel import audit, clock, seal
from bulou.kernel.database import atomic
from bulou.kernel.language import of_county
from bulou.kernel.problems import problem
from bulou.obligations.orders import Orders
from bulou.places import codes

DECISION_INCOMPLETE = problem(
    "decision-incomplete", _("不能定级:缺少{missing}。对人采取的措施必须有依据、决定人和申诉途径。")
)
DECIDED_ALREADY = problem(
    "decided-already", _("编号 {number} 的这一次定级已有人办理,或情况已变:请刷新后再看。"), status=409
)
NEEDED = {"ground": _("法律依据"), "decided_by": _("决定人"), "appeal": _("申诉途径")}


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What is decided about one person's journey: the measure, and what must be said with it.

    `first_day`: where the decision names it (days since leaving the risk area that count, 填平补齐).
    """

    measure: Measure
    ground: str
    decided_by: str
    appeal: str
    words: str = ""
    first_day: date | None = None

    def check(self) -> None:
        """Raises `decision-incomplete`."""
        missing = [str(title) for name, title in NEEDED.items() if not getattr(self, name).strip()]
        if missing:
            raise DECISION_INCOMPLETE.error(missing="、".join(missing))

    def sealed(self, proposal: Proposal) -> dict[str, Any]:
        """What is kept of it: the order's words, and the evidence about this person."""
        with of_county():
            said = evidence(proposal)
        return {
            "ground": self.ground,
            "decided_by": self.decided_by,
            "appeal": self.appeal,
            "words": self.words,
            "label": self.measure.label,
            "stay": self.measure.stay,
            "days": self.measure.days,
            "tests": list(self.measure.tests),
            "after_days": self.measure.after_days,
            "evidence": said,
        }


def evidence(proposal: Proposal) -> str:
    """Why this person, in words: where they were, when, and what is said of the place. It opens the visit."""
    if proposal.visit is None or proposal.area is None:
        return str(Exposure(proposal.exposure).label)
    where = seal.unseal(proposal.visit.sealed)["name"]
    return _("{since} 至 {until} 在{where};{area}自 {risk_since} 起为{exposure}({source})").format(
        since=proposal.visit.since,
        until=proposal.visit.until,
        where=where,
        area=proposal.area.name,
        risk_since=proposal.area.since,
        exposure=Exposure(proposal.exposure).label,
        source=proposal.area.source,
    )


def waiting(scope: str) -> QuerySet[Proposal, Proposal]:
    """Questions of a place and below that nobody has decided, those that have waited longest first."""
    return (
        Proposal.objects.filter(
            codes.within("journey__place", scope),
            superseded_at__isnull=True,
            decided_at__isnull=True,
            journey__ended_at__isnull=True,
        )
        .select_related("journey__person", "area", "visit")
        .order_by("made_at", "pk")
    )


def measure_for(exposure: int, place: str, orders: Orders | None = None) -> Measure:
    """What the directive in force says of an exposure: the rule of the nearest one that it names."""
    rules: Sequence[Measure] = (orders or Orders()).of(Decide.name, place).rules
    ranks = {rule: Exposure[rule.exposure.upper()].value for rule in rules}
    fitting = [rule for rule in rules if ranks[rule] <= exposure]
    return max(fitting, key=lambda rule: ranks[rule])


def decide(proposal: Proposal, decision: Decision, *, by: str) -> Proposal:
    """Decide what holds for one person. Raises `decision-incomplete`, `decided-already`."""
    (decided,) = decide_many([(proposal, decision)], by=by)
    return decided


def decide_many(made: Sequence[tuple[Proposal, Decision]], *, by: str) -> list[Proposal]:
    """Decide about several people who were looked at one by one. All or none.

    Raises `decision-incomplete`, `decided-already`.
    """
    for _proposal, decision in made:
        decision.check()
    now, seal_one = clock.now(), seal.sealer()
    with atomic():
        for proposal, decision in made:
            _keep(proposal, seal_one(decision.sealed(proposal)), now, by)
        parts.lay([(proposal, decision.measure, decision.first_day) for proposal, decision in made])
        ledger.append([_event(proposal, decision, by) for proposal, decision in made])
        keeping.settle(sorted({proposal.journey_id for proposal, _decision in made}))
        for proposal, decision in made:
            audit.record(
                facts.Decided.kind,
                by=by,
                subject=f"journey:{proposal.journey.number}",
                place=proposal.journey.place,
                reason=decision.ground[:300],
                detail={"measure": decision.measure.label},
            )
    return [proposal for proposal, _decision in made]


def _keep(proposal: Proposal, sealed: bytes, now: Any, by: str) -> None:
    changed = Proposal.objects.filter(
        pk=proposal.pk, decided_at__isnull=True, superseded_at__isnull=True
    ).update(decided_at=now, decided_by=by, sealed=sealed)
    if not changed:
        raise DECIDED_ALREADY.error(number=proposal.journey.number)
    proposal.refresh_from_db(fields=["decided_at", "decided_by", "sealed"])


def _event(proposal: Proposal, decision: Decision, by: str) -> Any:
    told = facts.Decided(stay=facts.Stay(decision.measure.stay), days=decision.measure.days)
    return ledger.of_part(told, proposal.pk, proposal.journey.place, by=by)
