"""Questions about orders: what changes from the one before, which one wins where, who drafted and signed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import Q

from bulou.command.actors import actor_titles
from bulou.command.directives.form import shown
from bulou.command.keeping.state import Moved, moved
from bulou.command.powers import Power
from bulou.kernel import retention
from bulou.kernel.fields import MICROSECOND
from bulou.obligations import directives, drafts, kept_days
from bulou.obligations.forecast import Forecast, first_day, forecast, start_of
from bulou.obligations.kinds import Kind, ordered_kind
from bulou.obligations.models import Directive, DirectiveDraft
from bulou.obligations.values import Said, said
from bulou.places import codes, queries
from bulou.places.models import Post
from bulou.places.roles import title_of
from bulou.rights.models import Mandate

SHOWN_POSTS = 30
HISTORY = 50


@dataclass(frozen=True)
class ValueRow:
    """One value of an order beside the same value of the one before."""

    said: Said
    old: str
    new: str

    @property
    def changed(self) -> bool:
        return self.old != self.new


@dataclass(frozen=True)
class Neighbour:
    """An order of the same kind above or below in the tree of places, and where it wins."""

    directive: Directive
    place: str
    above: bool
    differs: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One line of a preview: how many would open, how many open without the order."""

    title: str
    after: int
    today: int
    unowned: bool = False

    @property
    def change(self) -> int:
        return self.after - self.today


@dataclass(frozen=True)
class Preview:
    """What an order would open on its first whole day."""

    counted: Forecast
    places: list[Line]
    posts: list[Line]
    more_posts: int

    @property
    def fewer(self) -> int:
        return -self.counted.change


@dataclass(frozen=True)
class OrderPage:
    """An order as its page shows it."""

    order: DirectiveDraft
    kind: Kind
    place: str
    is_open: bool
    before: Directive | None
    rows: list[ValueRow]
    neighbours: list[Neighbour]
    titles: dict[str, str]
    known: list[Directive]

    @property
    def drafter(self) -> str:
        return self.titles[self.order.drafted_by]

    @property
    def decider(self) -> str:
        return self.titles.get(self.order.decided_by, "")


def of_scope(power: Power) -> Q:
    """A filter on `place`: the reader's own places, and those above it, whose orders hold there too."""
    return codes.within("place", power.scope) | Q(place__in=codes.path(power.scope)[:-1])


def sees(power: Power, place: str) -> bool:
    """Whether somebody sees the orders of a place: its own, and those above."""
    return power.covers(place) or place in codes.path(power.scope)


def around(order: DirectiveDraft) -> tuple[datetime, list[Directive]]:
    """When an order begins, and the directives of its kind that hold from then until its preview ends."""
    signed = order.decision == drafts.Decision.SIGNED
    at = (order.valid_from if signed else None) or start_of(order)
    until = first_day(order)[1] if drafts.is_open(order) else at
    found = directives.in_force(order.kind.name, at - MICROSECOND, until)
    return at, [one for one in found if order.pk is None or one.order_id != order.pk]


def before(order: DirectiveDraft, at: datetime, found: list[Directive]) -> Directive | None:
    """What governs the place until the order begins."""
    over = [one for one in found if one.place in codes.path(order.place) and one.valid_from < at]
    return over[-1] if over else None


def rows_of(order: DirectiveDraft, old: Directive | None) -> list[ValueRow]:
    """Field by field: the values of the order before, and those of this one (a repeal has none)."""
    kind = ordered_kind(order.kind.name)
    was = full(kind, old.params) if old else {}
    now = {} if order.repeals else full(kind, order.params)
    return [
        ValueRow(
            said(field),
            shown(kind, field, was[field.name]) if was else "",
            shown(kind, field, now[field.name]) if now else "",
        )
        for field in fields(kind.Params)
    ]


def full(kind: Kind, params: dict[str, Any]) -> dict[str, Any]:
    """Every value, those that an order left to their default too."""
    return asdict(kind.Params.read(kind.name, params))


def neighbours(
    order: DirectiveDraft, at: datetime, found: list[Directive], names: dict[str, str]
) -> list[Neighbour]:
    """Orders above and below that hold when this one begins, the widest place first."""
    kind = ordered_kind(order.kind.name)
    own = full(kind, order.params) if not order.repeals else {}
    return [
        Neighbour(one, names[one.place], len(one.place) < len(order.place), tuple(_differing(kind, own, one)))
        for one in found
        if one.place != order.place
        and one.valid_from <= at
        and (one.valid_until is None or one.valid_until > at)
        and (order.place.startswith(one.place) or one.place.startswith(order.place))
    ]


def _differing(kind: Kind, own: dict[str, Any], other: Directive) -> Iterator[str]:
    values = full(kind, other.params)
    return (
        str(said(field).title)
        for field in fields(kind.Params)
        if own and own[field.name] != values[field.name]
    )


def page_of(order: DirectiveDraft) -> OrderPage:
    """Everything that an order's page shows but its preview."""
    at, known = around(order)
    found = directives.among(known, at - MICROSECOND, at)
    old = before(order, at, found)
    names = queries.name_paths({order.place, *(one.place for one in found)})
    is_open = drafts.is_open(order)
    return OrderPage(
        order,
        ordered_kind(order.kind.name),
        names[order.place],
        is_open,
        old,
        rows_of(order, old),
        neighbours(order, at, found, names),
        actor_titles({order.drafted_by, order.decided_by} - {""}),
        known,
    )


def days_moved(order: DirectiveDraft) -> list[Moved]:
    """The retention rules to which an order gives other days, and what the purge would erase at its start."""
    at = start_of(order)
    today, after = retention.ordered(at), kept_days.as_ordered(_standing_as(order, at))
    return moved(today.rules(), after.rules(), at)


def _standing_as(order: DirectiveDraft, at: datetime) -> Directive:
    """An order as the directive that it would become."""
    return Directive(kind=order.kind, place=order.place, params=order.params, valid_from=at)


def preview(order: DirectiveDraft, known: list[Directive] | None = None) -> Preview:
    """What the order would open on its first whole day, by place and by post, beside the orders of today."""
    counted = forecast(order, known)
    after, today = counted.after, counted.today
    posts_after, posts_today = after.by_post(), today.by_post()
    top = sorted(posts_after | posts_today, key=lambda post: -max(posts_after[post], posts_today[post]))
    shown_posts = {post.pk: post for post in Post.objects.filter(pk__in=top[:SHOWN_POSTS])}
    places_after, places_today = after.by_place(), today.by_place()
    names = queries.names({*places_after, *places_today, *(post.place for post in shown_posts.values())})
    posts = [
        Line(
            _label(shown_posts.get(post), names),
            posts_after[post],
            posts_today[post],
            unowned=post not in after.held,
        )
        for post in top[:SHOWN_POSTS]
    ]
    return Preview(counted, _lines(places_after, places_today, names), posts, max(len(top) - SHOWN_POSTS, 0))


def _label(post: Post | None, names: dict[str, str]) -> str:
    return f"{names.get(post.place, '')} {title_of(post.role)}".strip() if post else ""


def _lines(after: dict[str, int], today: dict[str, int], names: dict[str, str]) -> list[Line]:
    return [
        Line(names.get(code, code), after.get(code, 0), today.get(code, 0))
        for code in sorted({*after, *today})
    ]


@dataclass(frozen=True)
class Standing:
    """A directive in force, as the list shows it."""

    directive: Directive
    kind: Kind
    place: str
    values: list[tuple[Any, str]]


def standing(mandate: Mandate, kind: str, at: datetime) -> list[Standing]:
    """The directives in force or to come in a scope, by kind, the widest place first."""
    found = (
        Directive.objects.filter(of_scope(mandate))
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at))
        .select_related("kind")
        .order_by("kind__name", "place", "valid_from")
    )
    if kind:
        found = found.filter(kind__name=kind)
    directives_ = [one for one in found if one.valid_until is None or one.valid_until > one.valid_from]
    names = queries.name_paths({one.place for one in directives_})
    return [
        Standing(one, ordered_kind(one.kind.name), names[one.place], values_of(one)) for one in directives_
    ]


def values_of(one: Directive) -> list[tuple[Any, str]]:
    """(title, value in words with its unit) of a directive."""
    kind = ordered_kind(one.kind.name)
    values = full(kind, one.params)
    return [(said(field).title, _with_unit(kind, field, values[field.name])) for field in fields(kind.Params)]


def _with_unit(kind: Kind, field: Any, value: Any) -> str:
    return f"{shown(kind, field, value)} {said(field).unit}".strip()


@dataclass(frozen=True)
class DraftLine:
    """A draft or a decided order in the list."""

    order: DirectiveDraft
    kind: Kind
    place: str
    drafter: str
    decider: str
    is_open: bool


def draft_lines(mandate: Mandate, kind: str) -> list[DraftLine]:
    """The latest drafts and orders of a scope, whatever became of them."""
    found = drafts.drafts(of_scope(mandate))
    chosen = list((found.filter(kind__name=kind) if kind else found)[:HISTORY])
    titles = actor_titles(_actors(chosen))
    names = queries.name_paths({one.place for one in chosen})
    return [
        DraftLine(
            one,
            ordered_kind(one.kind.name),
            names[one.place],
            titles[one.drafted_by],
            titles.get(one.decided_by, ""),
            drafts.is_open(one),
        )
        for one in chosen
    ]


def _actors(found: Iterable[DirectiveDraft]) -> set[str]:
    return {actor for one in found for actor in (one.drafted_by, one.decided_by) if actor}
