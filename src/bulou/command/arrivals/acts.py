"""What the office can do with a journey: each act's form, and doing it for a post."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bulou.arrivals import actions
from bulou.arrivals.models import Break, Handover, Journey, Side, Stay, Where
from bulou.command.place_choice import chosen
from bulou.command.powers import Power
from bulou.facts.arrivals import JourneyEnd
from bulou.kernel import clock
from bulou.kernel.problems import problem
from bulou.places import codes, queries
from bulou.places.models import Level, Post
from bulou.places.roles import title_of
from bulou.rights.capabilities import Capability

CUSTODY = ("pickup_desk", "station_desk", "driver", "isolation_point", "hospital")
"""Roles whose posts may have anybody of the county."""
MOST_POSTS = 400
IN_THE_FUTURE = problem("arrival-act-in-the-future", _("时间 {at} 晚于现在:请写实际发生的时间。"))
POST_MISSING = problem("arrival-post-missing", _("请选择岗位:只能替本辖区内的岗位记录。"))
TIME_MISSING = problem("arrival-time-missing", _("请写明日期和时间。"))
REASON_UNKNOWN = problem("arrival-end-unknown", _("请选择结束的原因。"))
END_IS_DECISION = problem(
    "arrival-end-decides", _("此人有正在执行的管控:由有权决定的人办理解除,行程随之结束。"), status=403
)
PLACE_MISSING = problem("arrival-place-missing", _("请写明拟住地点。"))
PLACE_OUTSIDE = problem("arrival-place-outside", _("这个地点在您的辖区以外:请由上一级办理。"), status=403)
NOTHING_TO_EXPLAIN = problem("arrival-break-missing", _("没有这次脱节:请从交接经过里进入。"), status=404)
NOTHING_TO_CORRECT = problem("arrival-side-missing", _("请选择要更正的那一条交接记录。"))


@dataclass(frozen=True)
class Done:
    """Who asks, and what the form says."""

    mandate: Power
    given: Mapping[str, str]
    by: str
    key: UUID

    def text(self, name: str) -> str:
        """A field without blanks around it."""
        return self.given.get(name, "").strip()

    def moment(self, name: str) -> datetime | None:
        """A time of the county, None when it was left empty. Raises `bad-instant`."""
        return clock.parse_instant(self.text(name)) if self.text(name) else None

    def past(self, name: str) -> datetime | None:
        """The same, which must not lie ahead. Raises `arrival-act-in-the-future`."""
        at = self.moment(name)
        if at is not None and at > clock.now():
            raise IN_THE_FUTURE.error(at=clock.local(at).strftime("%Y-%m-%d %H:%M"))
        return at


def redate(journey: Journey, done: Done) -> Any:
    """Another arrival time. Raises `arrival-time-missing`, `bad-instant`, `journey-ended`."""
    at = done.moment("arrives_at")
    if at is None:
        raise TIME_MISSING.error()
    actions.redate(journey=journey, arrives_at=at, by=done.by)
    return _("已改期。")


def redirect(journey: Journey, done: Done) -> Any:
    """Another place to live at. Raises `arrival-place-missing`, `arrival-place-outside`, `journey-ended`."""
    place = chosen(done.given, "place", done.mandate.scope)
    if not place:
        raise PLACE_MISSING.error()
    if not done.mandate.covers(place):
        raise PLACE_OUTSIDE.error()
    actions.redirect(journey=journey, place=place, by=done.by)
    return _("已改地点:由新地点的乡镇接返。")


def give(journey: Journey, done: Done) -> Any:
    """A post of the reader's places gave the person. Raises `arrival-post-missing`."""
    mine, other = _posts(done)
    actions.give(journey=journey, handover=done.key, post=mine, to=other, by=done.by, at=done.past("at"))
    return _("已记录交出。")


def take(journey: Journey, done: Done) -> Any:
    """A post of the reader's places took the person. Raises `arrival-post-missing`."""
    mine, other = _posts(done)
    actions.take(journey=journey, handover=done.key, post=mine, giver=other, by=done.by, at=done.past("at"))
    return _("已记录接到。")


def end(journey: Journey, done: Done) -> Any:
    """Nobody has to have the person any more.

    Raises `arrival-end-unknown`, `arrival-end-decides`, `still-bound`, `taken-since`.
    """
    if done.text("reason") not in set(JourneyEnd):
        raise REASON_UNKNOWN.error()
    reason = JourneyEnd(done.text("reason"))
    if is_decision(journey, reason) and not done.mandate.may(Capability.DECIDE_CASES):
        raise END_IS_DECISION.error()
    at, note = done.past("at"), done.text("note")
    actions.end(journey=journey, reason=reason, by=done.by, words=note, at=at)
    return _("行程已结束。")


def is_decision(journey: Journey, reason: JourneyEnd) -> bool:
    """Whether an end lifts a restriction, which only somebody entitled may."""
    runs = Stay.objects.filter(journey=journey.pk, begun_at__isnull=False, over_at__isnull=True)
    return reason == JourneyEnd.RELEASED or runs.exclude(part__where=Where.FREE).exists()


def standing_sides(journey: int) -> list[Side]:
    """What was told of a journey's hand-overs and nothing corrects, the latest first."""
    sides = list(Side.objects.filter(journey=journey).order_by("-at", "event"))
    gone = {one.corrects for one in sides}
    return [one for one in sides if one.which != Side.Which.VOID and one.event not in gone]


def withdraw(journey: Journey, done: Done) -> Any:
    """A side of a post of the reader's places never happened.

    Raises `arrival-side-missing`, `arrival-post-missing`, `side-withdrawn`, `why-withdrawn-missing`.
    """
    found = Side.objects.filter(journey=journey.pk).exclude(which=Side.Which.VOID).select_related("post")
    event = uuid_of(done.text("side"))
    side = found.filter(pk=event).first() if event else None
    if side is None:
        raise NOTHING_TO_CORRECT.error()
    if not done.mandate.covers(side.post.place):
        raise POST_MISSING.error()
    actions.withdraw(side=side, by=done.by, words=done.text("note"))
    return _("已更正:那一条记录不再算数。")


def explain(journey: Journey, done: Done) -> Any:
    """How a break came about. Raises `arrival-break-missing`, `explanation-missing`, `explained-already`."""
    found = Break.objects.filter(journey=journey.pk, pk=number_of(done.text("break"))).first()
    if found is None:
        raise NOTHING_TO_EXPLAIN.error()
    actions.explain(broken=found, words=done.text("note"), by=done.by)
    return _("已记下说明。")


Act = Callable[[Journey, Done], Any]
ACTS: dict[str, tuple[Any, Act]] = {
    "redate": (_("改期"), redate),
    "redirect": (_("改地点"), redirect),
    "give": (_("记录交出"), give),
    "take": (_("记录接到"), take),
    "end": (_("结束行程"), end),
    "withdraw": (_("更正交接记录"), withdraw),
    "explain": (_("说明脱节原因"), explain),
}


@dataclass(frozen=True)
class Choice:
    """A post that can be chosen; `mine`: the reader may tell a side for it."""

    id: int
    label: str
    mine: bool


def posts(journey: Journey, mandate: Power) -> list[Choice]:
    """The posts that may have the person: those of custody in the county, and those of the home's places."""
    found = _posts_for(journey.place).order_by("role", "place", "number", "pk")[:MOST_POSTS]
    known = queries.names(post.place for post in found)
    return [
        Choice(post.pk, f"{known.get(post.place, '')} {title_of(post.role)}", mandate.covers(post.place))
        for post in found
    ]


def _posts_for(place: str) -> Any:
    county = place[: codes.WIDTHS[Level.COUNTY]]
    open_ = Post.objects.filter(closed_at__isnull=True)
    custody = open_.filter(codes.within("place", county), role__in=CUSTODY)
    return custody | open_.filter(place__in=codes.path(place))


def _posts(done: Done) -> tuple[int, int | None]:
    """The post that tells its side, which lies in the reader's places, and the other one."""
    mine = Post.objects.filter(pk=number_of(done.text("post")), closed_at__isnull=True).first()
    if mine is None or not done.mandate.covers(mine.place):
        raise POST_MISSING.error()
    other = Post.objects.filter(pk=number_of(done.text("other"))).first() if done.text("other") else None
    return mine.pk, other.pk if other else None


def handover_of(journey: Journey, text: str) -> Handover | None:
    """A hand-over of the journey by its id, for the side that is missing."""
    uid = uuid_of(text)
    return Handover.objects.filter(journey=journey.pk, uid=uid).first() if uid else None


def number_of(text: str) -> int:
    """The number of a form's field, 0 for none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def uuid_of(text: str) -> UUID | None:
    """The id of a form's field."""
    try:
        return UUID(text)
    except ValueError:
        return None
