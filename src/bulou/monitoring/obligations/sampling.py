"""Samples on the days of the directive, or of the decision about the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, cast

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from bulou.facts import monitoring as facts
from bulou.kernel import clock
from bulou.kernel.fields import micros
from bulou.kernel.moments import DAY, instant, start_of_day
from bulou.monitoring.case_kinds import DailyCaseKind
from bulou.monitoring.models import CasePlace, CaseStay, CaseTest, Seat
from bulou.monitoring.universe import STARTS_AT, Universe, owing
from bulou.obligations import directives
from bulou.obligations.kinds import (
    Daily,
    WindowSpan,
)
from bulou.obligations.models import Directive
from bulou.obligations.values import value

MOST_DAYS = 60


@dataclass(frozen=True, kw_only=True)
class OnDays(Daily):
    """Windows on some days of the term only. `first_day`: whether day 1 is the start day or the next one."""

    days: tuple[int, ...] = value(
        _("第几天采样"), _("管控期内要采样的是第几天,可写多天,如 2、7。"), unit=_("天")
    )
    first_day: str = value(
        _("第 1 天从哪天算"),
        _("管控开始当天算第 1 天,还是次日算第 1 天。"),
        choices=(("start", _("开始当天")), ("next", _("次日"))),
        default="start",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.first_day not in {"start", "next"}:
            raise ValueError("first_day")
        if not self.days or not 1 <= min(self.days) <= max(self.days) <= MOST_DAYS:
            raise ValueError("days")

    def started(self, opens_at: datetime) -> Q:
        """The cases for which the day of an opening is one of `days`."""
        today = clock.start_of(clock.local(opens_at).date())
        on = Q()
        for first in (today - after * clock.DAY for after in self._after_start()):
            on |= Q(case__starts_at__gte=first, case__starts_at__lt=first + clock.DAY)
        return on

    def on_other_days(self) -> str:
        """In SQL: whether `o` opened on none of `days` of the term `n`, which starts with its day."""
        days = ", ".join(map(str, self._after_start()))
        return f"(o.opens_at - n.starts_at) / {micros(clock.DAY)} NOT IN ({days})"

    def _after_start(self) -> list[int]:
        return [day - (self.first_day == "start") for day in self.days]


DECIDED_DAYS = "EXISTS (SELECT 1 FROM monitoring_casestay s WHERE s.case_id = o.subject AND s.own)"
DECIDED_DAY = (
    "EXISTS (SELECT 1 FROM monitoring_casetest t WHERE t.case_id = o.subject "
    f"AND t.day <= o.opens_at AND o.opens_at < t.day + {DAY})"
)
"""SQL: whether the case of `o` has days of its own, and whether the day of its opening is one of them."""


class Sampling(DailyCaseKind):
    """A sample is taken on the directive's days of the term.

    A test on the start day is owed at whatever hour of that day the term began.
    """

    name, title = "monitoring.test", _("核酸检测")
    binds_residents = True
    proofs = (facts.Tested,)
    Params = OnDays
    default: ClassVar = {"owner": Seat.DOCTOR.value, "days": [2, 7]}

    def first(self, case: str) -> Combinable:
        return start_of_day(F(f"{case}starts_at"))

    def strays(self) -> str:
        # A start that was put right moves the days; a decision may name others.
        orders = Directive.objects.filter(kind__name=self.name).order_by("pk")
        by_order = " OR ".join(
            f"(w.directive_id = {one.pk} AND {self._days_of(one).on_other_days()})" for one in orders
        )
        return f"(CASE WHEN {DECIDED_DAYS} THEN NOT {DECIDED_DAY} ELSE {by_order} END)" if by_order else ""

    def _days_of(self, order: Directive) -> OnDays:
        return cast(OnDays, directives.read_params(order, self))

    def universe(self, window: WindowSpan, params: Any) -> Universe:
        opens = instant(window.opens_at)
        today = clock.start_of(clock.local(window.opens_at).date())
        decided = Exists(CaseStay.objects.filter(case=OuterRef("case"), own=True))
        named = Exists(CaseTest.objects.filter(case=OuterRef("case"), day=today))
        # A day that the decision names is owed within the case; the directive's days by all others.
        within = Q(case__starts_at__lt=today + clock.DAY) & named
        who = CasePlace.objects.filter(
            (params.started(window.opens_at) & ~decided) | within, case__ends_at__gt=window.opens_at
        )
        return owing(
            who,
            opens=opens,
            due=instant(window.due_at),
            owner=params.owner,
            seated=Greatest(opens, STARTS_AT),
        )
