"""What a draft would do, counted by the engine's own universe queries; nothing is written.

The same windows and universes as the opening uses (`opening.spans`, `opening.universe_sql`), asked with the
directives as they would stand after the signature. On who is registered now.
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from bulou.kernel import clock
from bulou.kernel.database import rows
from bulou.kernel.fields import MICROSECOND
from bulou.obligations import directives, opening
from bulou.obligations.directives import without
from bulou.obligations.kinds import ordered_kind
from bulou.obligations.models import Directive, DirectiveDraft
from bulou.places import codes
from bulou.places.queries import held_at

AT_ONCE = 50
"""How many windows one statement counts."""


@dataclass
class Counts:
    """Obligations by (place, post); no post is 0. `held`: the posts that somebody answers for."""

    cells: Counter[tuple[str, int]] = field(default_factory=Counter)
    held: frozenset[int] = frozenset()

    @property
    def total(self) -> int:
        return sum(self.cells.values())

    @property
    def posts(self) -> int:
        """How many posts would owe something."""
        return len({post for _place, post in self.cells if post})

    @property
    def unowned(self) -> int:
        """How many nobody would answer for."""
        return sum(count for (_place, post), count in self.cells.items() if post not in self.held)

    def by_place(self) -> Counter[str]:
        found = Counter[str]()
        for (place, _post), count in self.cells.items():
            found[place] += count
        return found

    def by_post(self) -> Counter[int]:
        found = Counter[int]()
        for (_place, post), count in self.cells.items():
            found[post] += count
        return found


@dataclass(frozen=True)
class Forecast:
    """What would open from `since` to `until`, under the draft and under the orders that stand today."""

    since: datetime
    until: datetime
    after: Counts
    today: Counts

    @property
    def change(self) -> int:
        """How many more (fewer: negative) than without it."""
        return self.after.total - self.today.total


def forecast(draft: DirectiveDraft, known: list[Directive] | None = None) -> Forecast:
    """The first whole county day of a draft, or what is left of it when it ends earlier.

    `known`: the directives of its kind that hold then, where they were read before.
    """
    return between(draft, *first_day(draft), known)


def first_day(draft: DirectiveDraft) -> tuple[datetime, datetime]:
    """The first whole county day of a draft, ends included."""
    starts = start_of(draft)
    since = clock.start_of(clock.local(starts).date())
    if since < starts:
        since = clock.start_of(clock.local(starts).date() + clock.DAY)
    return since, clock.end_of(clock.local(since).date()) - MICROSECOND


def between(
    draft: DirectiveDraft, since: datetime, until: datetime, known: list[Directive] | None = None
) -> Forecast:
    """What would open from one instant to another, ends included."""
    held = frozenset(held_at(since))
    if known is None:
        known = directives.in_force(draft.kind.name, since, until)
    standing = directives.among(known, since, until)
    sides = [after_signing(draft, standing), standing]
    after, today = _count(draft, since, until, sides)
    return Forecast(since, until, Counts(after, held), Counts(today, held))


def start_of(draft: DirectiveDraft) -> datetime:
    """From when a draft would hold if it were signed now."""
    return max(draft.valid_from or clock.now(), clock.now() + MICROSECOND)


def after_signing(draft: DirectiveDraft, standing: list[Directive]) -> list[Directive]:
    """What would hold in the place of the directives that stand, if a draft were signed; none is saved."""
    starts, ends = start_of(draft), draft.valid_until
    found: list[Directive] = []
    for one in standing:
        if one.place == draft.place:
            found += [_cut(one, span) for span in without(one, starts, ends) if span]
        else:
            found.append(one)
    if not draft.repeals:
        found.append(
            Directive(
                kind=draft.kind,
                place=draft.place,
                valid_from=starts,
                valid_until=ends,
                params=draft.params,
                number=draft.number,
            )
        )
    return sorted(found, key=lambda one: (len(one.place), one.place, one.valid_from))


def _cut(one: Directive, span: directives.Span) -> Directive:
    part = copy.copy(one)
    part.valid_from, part.valid_until = span
    return part


def _next_width(place: str) -> int:
    """The digits of the level below a place, which a preview is told by; of a grid and below, the grid."""
    return min((width for width in codes.WIDTHS.values() if width > len(place)), default=len(place))


def _count(
    draft: DirectiveDraft, since: datetime, until: datetime, sides: list[list[Directive]]
) -> list[Counter[tuple[str, int]]]:
    """Who would owe, by place and post, for each list of directives; all in one statement as a rule."""
    kind, found = ordered_kind(draft.kind.name), [Counter[tuple[str, int]]() for _side in sides]
    low, high = codes.scope(draft.place)
    parts = [
        (
            f"SELECT {side}, substr(c.place, 1, {_next_width(draft.place)}), coalesce(c.post, 0), count(*) "
            f"FROM ({sql}) c WHERE c.place >= %s AND c.place < %s GROUP BY 2, 3",
            (*params, low, high),
        )
        for side, standing in enumerate(sides)
        for directive, span, narrower in opening.spans(kind, since, until, standing)
        for sql, params in [opening.universe_sql(kind, directive, span, narrower)]
    ]
    for start in range(0, len(parts), AT_ONCE):
        some = parts[start : start + AT_ONCE]
        counted = " UNION ALL ".join(sql for sql, _params in some)
        for side, where, post, count in rows(counted, [value for _sql, params in some for value in params]):
            found[side][where, post] += count
    return found
