"""A place that gets another code: what lies in it and all that points at it goes along.

Rooms above say which of their columns carry place codes with `codes_follow`. Obligations and events keep
the code of their day: yesterday's books are not rewritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bulou.kernel import clock
from bulou.kernel.database import among, insert_rows, rows, run
from bulou.kernel.fields import to_micros
from bulou.places import codes, naming
from bulou.places.codes import LEVELS, WIDTHS
from bulou.places.models import Level, Place

_FOLLOWERS: list[tuple[str, str]] = [
    ("places_post", "place"),
    ("places_worker", "home"),
]


def codes_follow(table: str, column: str) -> None:
    """Make a column go along when a place gets another code."""
    if (table, column) not in _FOLLOWERS:
        _FOLLOWERS.append((table, column))


def in_use(place_codes: Sequence[str]) -> set[str]:
    """Which of these places something points at: somebody, a post, a mandate, whatever follows a code."""
    found: set[str] = set()
    for start in range(0, len(place_codes), 5_000):
        part = place_codes[start : start + 5_000]
        for table, column in _FOLLOWERS:
            condition, values = among(column, part)
            found.update(row[0] for row in rows(f"SELECT {column} FROM {table} WHERE {condition}", [values]))
    return found


@dataclass(frozen=True)
class Move:
    """A place and its code before and after."""

    place: Place
    code: str
    parent: str
    name: str

    @property
    def plain(self) -> str:
        level = Level(self.place.level)
        return self.place.plain if self.name == self.place.name else naming.plain(level, self.name)


def plan(root: Place, parent: str, *, name_prefix: str = "") -> list[Move]:
    """New codes for a place and all below it under another parent, the root first."""
    code = free_code(parent, root.level, wanted=root.code)
    clash = Place.objects.filter(parent_id=parent, level=root.level, plain=root.plain).exists()
    moves = [Move(root, code, parent, name_prefix + root.name if clash else root.name)]
    moved = {root.code: code}
    low, high = codes.scope(root.code)
    for place in Place.objects.filter(code__gt=low, code__lt=high, retired_at__isnull=True).order_by("code"):
        above = moved[str(place.parent_id)]
        width = WIDTHS[codes.level_of(str(place.parent_id))]
        moved[place.code] = above + place.code[width:]
        moves.append(Move(place, moved[place.code], above, place.name))
    return moves


def free_code(parent: str, level: str, *, wanted: str = "") -> str:
    """A free code of a level under a parent: the number of `wanted` when it is free, else the next one."""
    above = WIDTHS[LEVELS[LEVELS.index(Level(level)) - 1]]
    digits = WIDTHS[Level(level)] - above
    prefix = parent.ljust(above, "0")
    taken = {
        int(code[above:])
        for code in Place.objects.filter(codes.within("code", prefix), level=level).values_list(
            "code", flat=True
        )
    }
    number = int(wanted[-digits:]) if wanted else 1
    if number in taken:
        number = next(free for free in range(1, 10**digits) if free not in taken)
    return codes.child(parent, Level(level), number)


def carry_out(moves: Iterable[Move]) -> None:
    """Make the new places, let everything follow and retire the old ones, in the caller's transaction."""
    moves = list(moves)
    insert_rows(
        "places_place",
        ("code", "level", "name", "plain", "kind", "parent_id", "property_company_id"),
        (
            (
                m.code,
                m.place.level,
                m.name,
                m.place.plain,
                m.place.kind,
                m.parent,
                m.place.property_company_id,
            )
            for m in moves
        ),
    )
    follow([(move.place.code, move.code) for move in moves])


def follow(pairs: list[tuple[str, str]]) -> None:
    """Everything that points at the first code of each pair points at the second; the first is retired."""
    run("CREATE TEMPORARY TABLE place_move (old varchar(26) PRIMARY KEY, new varchar(26) NOT NULL)")
    insert_rows("place_move", ("old", "new"), pairs)
    for table, column in [*_FOLLOWERS, ("places_gate", "compound_id")]:
        run(f"UPDATE {table} SET {column} = m.new FROM place_move m WHERE {table}.{column} = m.old")
    run(
        "UPDATE places_place SET successor_id = m.new, retired_at = %s FROM place_move m "
        "WHERE places_place.code = m.old",
        [to_micros(clock.now())],
    )
    run("DROP TABLE place_move")
