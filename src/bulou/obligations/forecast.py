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
from bulou.obligations.kinds import kind_named
from bulou.obligations.models import Directive, DirectiveDraft
from bulou.places import codes
from bulou.places.queries import held_at


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
        return self._by(0)

    def by_post(self) -> Counter[int]:
        return self._by(1)

    def _by(self, column: int) -> Counter:  # type: ignore[type-arg]
        found: Counter = Counter()  # type: ignore[type-arg]
        for cell, count in self.cells.items():
            found[cell[column]] += count
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


def forecast(draft: DirectiveDraft) -> Forecast:
    """The first whole county day of a draft, or what is left of it when it ends earlier."""
    starts = start_of(draft)
    since = clock.start_of(clock.local(starts).date())
    if since < starts:
        since = clock.start_of(clock.local(starts).date() + clock.DAY)
    return between(draft, since, clock.end_of(clock.local(since).date()) - MICROSECOND)


def between(draft: DirectiveDraft, since: datetime, until: datetime) -> Forecast:
    """What would open from one instant to another, ends included."""
    kind = draft.kind.name
    held = frozenset(held_at(since))
    width = _next_width(draft.place)
    standing = directives.in_force(kind, since, until)
    return Forecast(
        since,
        until,
        Counts(_count(kind, draft.place, width, since, until, after_signing(draft, since, until)), held),
        Counts(_count(kind, draft.place, width, since, until, standing), held),
    )


def start_of(draft: DirectiveDraft) -> datetime:
    """From when a draft would hold if it were signed now."""
    return max(draft.valid_from or clock.now(), clock.now() + MICROSECOND)


def after_signing(draft: DirectiveDraft, since: datetime, until: datetime) -> list[Directive]:
    """The directives that would hold between two instants if a draft were signed; none is saved."""
    starts, ends = start_of(draft), draft.valid_until
    found: list[Directive] = []
    for one in directives.in_force(draft.kind.name, since, until):
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
    kind_name: str, place: str, width: int, since: datetime, until: datetime, standing: list[Directive]
) -> Counter[tuple[str, int]]:
    kind, found = kind_named(kind_name), Counter[tuple[str, int]]()
    low, high = codes.scope(place)
    for directive, span, narrower in opening.spans(kind, since, until, standing):
        sql, params = opening.universe_sql(kind, directive, span, narrower)
        counted = (
            f"SELECT substr(c.place, 1, {int(width)}), coalesce(c.post, 0), count(*) FROM ({sql}) c "
            "WHERE c.place >= %s AND c.place < %s GROUP BY 1, 2"
        )
        for where, post, count in rows(counted, (*params, low, high)):
            found[where, post] += count
    return found
