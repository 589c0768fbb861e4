"""The questions that wait for a decision: the list, one of them, and what the directive says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulou.arrivals import deciding
from bulou.arrivals.deciding import Decision
from bulou.arrivals.measures import STAYS, Measure
from bulou.arrivals.models import Exposure, Proposal
from bulou.arrivals.obligations import Decide
from bulou.command.arrivals.rows import face_with_needs
from bulou.command.subjects import Face
from bulou.kernel import clock
from bulou.kernel.problems import problem
from bulou.monitoring.obligations import Notice
from bulou.obligations import directives
from bulou.obligations.orders import Orders
from bulou.places.queries import name_paths

NOT_LOOKED_AT = problem(
    "decision-not-looked-at",
    gettext_lazy("编号 {number} 的证据您还没有看过:请先逐个打开,再定级。"),
    status=409,
)
OTHER_WITHOUT_REASON = problem(
    "decision-other-rule", gettext_lazy("没有按规则给出的措施定级:请写明理由(至少 4 个字)。")
)
NO_SUCH_RULE = problem("decision-no-such-rule", gettext_lazy("请选择一种措施。"))
BAD_FIRST_DAY = problem("decision-first-day", gettext_lazy("第 1 天应写成日期,如 2022-04-16。"))
NOTHING_CHOSEN = problem("decision-nothing-chosen", gettext_lazy("没有选中任何人:请先在清单里选中。"))
LEAST_WORDS = 4
KEPT = ("ground", "decided_by")
"""What a decider says the same of one person as of the next."""


@dataclass(frozen=True)
class Waiting:
    """One question in the list."""

    proposal: Proposal
    face: Face
    where: str
    exposure: str
    before: str
    rule: Measure
    looked_at: bool
    now: datetime

    @property
    def waits(self) -> timedelta:
        """How long it has waited."""
        return self.now - self.proposal.made_at


def listed(scope: str) -> QuerySet[Proposal, Proposal]:
    """The questions of a place and below, the longest waiting first; each has its journey's person."""
    return deciding.waiting(scope).select_related("journey__person", "journey__station", "area", "visit")


def rows_of(
    found: Iterable[Proposal], seen: set[int], *, above: str, orders: Orders | None = None
) -> list[Waiting]:
    """Questions with persons, places and what the directive says."""
    found, orders, now = list(found), orders or Orders(), clock.now()
    paths = name_paths({one.journey.place for one in found}, above=above) if found else {}
    return [_row(one, paths, seen, orders, now) for one in found]


def _row(one: Proposal, paths: Mapping[str, str], seen: set[int], orders: Orders, now: datetime) -> Waiting:
    before = one.before
    return Waiting(
        proposal=one,
        face=face_with_needs(one.journey),
        where=paths[one.journey.place],
        exposure=str(Exposure(one.exposure).label),
        before="" if before is None else str(Exposure(before).label),
        rule=deciding.measure_for(one.exposure, one.journey.place, orders),
        looked_at=one.pk in seen,
        now=now,
    )


def rules(place: str, orders: Orders) -> Sequence[Measure]:
    """The rules of the directive in force at a place."""
    found: Sequence[Measure] = orders.of(Decide.name, place).rules
    return found


def in_words(rule: Measure) -> str:
    """What a rule says: its label, where, how many days, on which days a sample is taken."""
    parts = [rule.label, str(dict(STAYS)[rule.stay])]
    if rule.days:
        parts.append(_("{n} 天").format(n=rule.days))
    if rule.after_days:
        parts.append(_("之后健康监测 {n} 天").format(n=rule.after_days))
    if rule.tests:
        days = "、".join(map(str, rule.tests))
        parts.append(_("第 {days} 天检测").format(days=days))
    return " · ".join(parts)


def prefilled(proposal: Proposal, office: str, last: Mapping[str, str], orders: Orders) -> dict[str, str]:
    """What a decision's form starts with: the directive's rule and words, else what was said `last`."""
    place = proposal.journey.place
    return {
        "rule": deciding.measure_for(proposal.exposure, place, orders).exposure,
        "ground": last.get("ground", "") or paper(place),
        "decided_by": last.get("decided_by", "") or office,
        "appeal": orders.of(Notice.name, place).appeal,
        "words": "",
        "first_day": "",
    }


def paper(place: str) -> str:
    """The number of the order by which people are classified at a place; "" where nobody signed one."""
    now = clock.now()
    found = directives.in_force(Decide.name, now, now)
    number = next((one.number for one in reversed(found) if place.startswith(one.place)), "")
    return "" if number == directives.STARTING_NUMBER else number


def read(proposal: Proposal, given: Mapping[str, str], orders: Orders | None = None) -> Decision:
    """The decision that a form says.

    Raises `decision-no-such-rule`, `decision-other-rule`, `decision-first-day`.
    """
    place, orders = proposal.journey.place, orders or Orders()
    rule = next((one for one in rules(place, orders) if one.exposure == given.get("rule", "")), None)
    if rule is None:
        raise NO_SUCH_RULE.error()
    said = given.get("words", "").strip()
    if rule != deciding.measure_for(proposal.exposure, place, orders) and len(said) < LEAST_WORDS:
        raise OTHER_WITHOUT_REASON.error()
    return Decision(
        measure=rule,
        ground=given.get("ground", "").strip(),
        decided_by=given.get("decided_by", "").strip(),
        appeal=given.get("appeal", "").strip(),
        words=said,
        first_day=_first_day(given.get("first_day", "").strip()),
    )


def _first_day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BAD_FIRST_DAY.error() from error
