"""The contract of a kind of obligation, and the registry of all kinds.

A new kind is one class in one file of its room. It says who owes (a query), when (windows from a
directive's typed values) and what counts as proof (facts). Boards, ladders, exports, generated
documents and the laws iterate over the registry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.facts.base import Fact
from bulou.facts.windows import window_label
from bulou.kernel import clock
from bulou.kernel.fields import MICROSECOND
from bulou.kernel.problems import problem
from bulou.obligations.values import Values, value

NO_SUCH_KIND = problem("no-such-kind", _("没有“{kind}”这一类责任。可用的有:{known}。"), status=404)

KINDS: dict[str, Kind] = {}
UNOWED: dict[str, Kind] = {}
"""What directives speak of besides, under which nothing is owed: they only give the program its values."""

NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""Later than every county day; the end of windows that stay open."""

MONTH_OF_HOURS = 30 * 24
"""No value of a directive reaches further: what is owed for longer is no duty of a day."""

UNIVERSE_COLUMNS = (
    "subject",
    "place",
    "post",
    "opens_at",
    "due_at",
    "excused_at",
    "excuse",
)


@dataclass(frozen=True)
class WindowSpan:
    """A window before it is stored. See `models.Window` for the meaning of each instant."""

    label: str
    opens_at: datetime
    closes_at: datetime
    due_at: datetime
    late_until: datetime


@dataclass(frozen=True, kw_only=True)
class Params(Values):
    """What each kind of obligation has; its own extend it. `owner` names the seat whose post answers."""

    owner: str = value(_("负责的岗位"), _("谁的岗位对这类责任负责;岗位空缺时记为“无人负责”。"), default="")
    late_hours: int = value(
        _("迟到多久仍算数"),
        _("过了时限以后,多少小时之内补办仍记为“迟到”;再晚只进履历,不再抵账。"),
        unit=_("小时"),
        default=24,
    )

    def __post_init__(self) -> None:
        check_between("late_hours", self.late_hours, 0, MONTH_OF_HOURS)


ParamsClass = type[Values]


def check_between(name: str, given: int, least: int, most: int) -> None:
    """Raises ValueError with the name of the value when it lies outside, ends included."""
    if not least <= given <= most:
        raise ValueError(name)


@dataclass(frozen=True, kw_only=True)
class Daily(Params):
    """Windows of each county day: (name, opens, due), clock times "HH:MM"; "24:00" is the day's end.

    The default is one a day that a proof does not have to name.
    """

    windows: tuple[tuple[str, str, str], ...] = value(
        _("时段"),
        _("每天的各个时段:名称(凭证可以指明,只有一个时段时可空)、开账时刻、时限。24:00 表示当天结束。"),
        read_by=_("健康报告的“上午/下午”即由此而来;改动后只影响此后开账的时段"),
        default=(("", "00:00", "24:00"),),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.windows:
            raise ValueError("windows")
        for _name, opens, due in self.windows:
            if not _clock_time(opens) < _clock_time(due) <= 24 * 60:
                raise ValueError("windows")


def _clock_time(text: str) -> int:
    try:
        return minutes_of(text)
    except ValueError:
        raise ValueError("windows") from None


@dataclass(frozen=True, kw_only=True)
class Within(Params):
    """Due so many minutes after what makes it owed."""

    minutes: int = value(_("多久之内办结"), _("从责任产生的那一刻起,多少分钟之内办结。"), unit=_("分钟"))

    def __post_init__(self) -> None:
        super().__post_init__()
        check_between("minutes", self.minutes, 1, MONTH_OF_HOURS * 60)


def minutes_of(text: str) -> int:
    """Minutes of the day of a clock time "HH:MM"; "24:00" is 1440. Raises ValueError."""
    hours, minutes = text.split(":")
    total = int(hours) * 60 + int(minutes)
    if not (0 <= int(minutes) < 60 and 0 <= total <= 24 * 60):
        raise ValueError(text)
    return total


class Kind:
    """One kind of obligation. Subclass, set the class attributes, give the universe."""

    name: ClassVar[str]
    title: ClassVar[Any]
    subject_type: ClassVar[str] = "case"
    proofs: ClassVar[tuple[type[Fact], ...]] = ()
    Params: ClassVar[ParamsClass]
    default: ClassVar[dict[str, Any]] = {}
    """The values of the directive that a new county starts from (each confirmed by who signs)."""

    owners: ClassVar[tuple[tuple[str, Any], ...]] = ()
    """The seats or roles that a directive may choose the `owner` from, with their titles."""

    binds_residents: ClassVar[bool] = False
    """Whether an order of this kind asks something of residents, so that it must name its legal ground."""

    changed_by: ClassVar[frozenset[str]] = frozenset()
    """Event kinds that change who owes, so that the books follow at once."""

    own_times: ClassVar[bool] = False
    """Whether each obligation has its own times; then all of a directive share one window."""

    early: ClassVar[bool] = False
    """Whether a proof that happened before the opening counts too (a notice served in advance)."""

    owes: ClassVar[bool] = True
    """Whether something is owed under it; if not, its directives only give the program values."""

    county_only: ClassVar[bool] = False
    """Whether one directive holds for the whole county, and none for a place within it."""

    ends_each: ClassVar[bool] = False
    """Whether `endings` speaks of single obligations, naming each by its `opens_at` (a report taken back)."""

    def __init_subclass__(cls, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not abstract:
            (KINDS if cls.owes else UNOWED)[cls.name] = cls()

    def windows(self, params: Any, since: datetime, until: datetime) -> Iterator[WindowSpan]:
        """Each window that opens at or after `since` and before or at `until`, in order."""
        raise NotImplementedError

    def universe(self, window: WindowSpan, params: Any) -> QuerySet[Any, dict[str, Any]]:
        """All who owe in this window: `.values(*UNIVERSE_COLUMNS)`, one row for each obligation.

        `place` and `post` as they were when the window opened, so that a late run gives what a punctual
        one gives. `excused_at`/`excuse` say what ended the duty before it was due, else NULL and "".
        """
        raise NotImplementedError

    def owed_since(self, seq: int) -> datetime | None:
        """The earliest opening that nouns changed by events after `seq` may have added, or None."""
        raise NotImplementedError

    def endings(self, seq: int) -> QuerySet[Any, dict[str, Any]]:
        """Subjects whose events after `seq` ended, un-ended or re-dated what they owe.

        `.values("subject", "starts_at", "ends_at", "ended_at", "excuse")`: an obligation is excused when it
        opens before `starts_at`, at or after `ends_at` ("term"), or is due after `ended_at`; otherwise not.
        With `ends_each` also "opens_at", and one row for each obligation that may have changed.
        """
        raise NotImplementedError

    def strays(self) -> str:
        """In SQL, of an obligation `o` of a window `w`: whether it is owed no longer though it opened within
        the term `n` that now holds. "" when the term alone says it.
        """
        return ""


class DailyKind(Kind, abstract=True):
    """A kind that is owed in windows of the day, the same for every subject."""

    Params: ClassVar[ParamsClass] = Daily

    def windows(self, params: Daily, since: datetime, until: datetime) -> Iterator[WindowSpan]:
        day = clock.local(since).date() - clock.DAY
        openings = []
        while (start := clock.start_of(day)) <= until + 2 * clock.DAY:
            openings += [(start, *window) for window in params.windows]
            day += clock.DAY
        late = timedelta(hours=params.late_hours)
        for (start, name, opens, due), following in pairwise(openings):
            opens_at = start + timedelta(minutes=minutes_of(opens))
            if not since <= opens_at <= until:
                continue
            due_at = start + timedelta(minutes=minutes_of(due))
            next_opens = following[0] + timedelta(minutes=minutes_of(following[2]))
            yield WindowSpan(
                label=window_label(clock.local(start).date(), name) if name else "",
                opens_at=opens_at,
                closes_at=min(max(next_opens, due_at), due_at + late),
                due_at=due_at,
                late_until=due_at + late,
            )


class OnceKind(Kind, abstract=True):
    """A kind that each subject owes once for each thing that makes it owed, at its own time.

    All obligations of a directive share one window. A late proof counts however late it comes.
    """

    Params: ClassVar[ParamsClass] = Within
    own_times = True

    def windows(self, params: Within, since: datetime, until: datetime) -> Iterator[WindowSpan]:
        yield WindowSpan(
            label="", opens_at=since, closes_at=until + MICROSECOND, due_at=NEVER, late_until=NEVER
        )


def kind_named(name: str) -> Kind:
    """The kind of obligation of this name. Raises `no-such-kind`."""
    return _named(name, KINDS)


def ordered_kinds() -> dict[str, Kind]:
    """All that directives speak of, owed or not."""
    return KINDS | UNOWED


def ordered_kind(name: str) -> Kind:
    """What a directive of this name speaks of, owed or not. Raises `no-such-kind`."""
    return _named(name, ordered_kinds())


def _named(name: str, known: dict[str, Kind]) -> Kind:
    try:
        return known[name]
    except KeyError:
        raise NO_SUCH_KIND.error(kind=name, known="、".join(sorted(known))) from None
