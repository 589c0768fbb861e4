"""Cases back into a monitoring workbook, so that the import takes it unchanged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from bulou.kernel import clock, seal
from bulou.kernel.database import in_parts
from bulou.kernel.fields import MICROSECOND
from bulou.kernel.moments import holds_at
from bulou.monitoring.models import Case, CaseSeat
from bulou.places import codes
from bulou.places.models import Level
from bulou.places.queries import Owner, owners, paths_of
from bulou.sheets.columns import kind_named

AT_ONCE = 2_000


def export(*, place: str, purpose: str) -> Iterator[tuple[Any, ...]]:
    """Every case under a place, in the order of the numbers; the seats as they are now."""
    names = kind_named("monitoring").names
    found = list(
        Case.objects.filter(codes.within("place", place)).order_by("number").values_list("pk", flat=True)
    )
    for start in range(0, len(found), AT_ONCE):
        cases = Case.objects.filter(pk__in=found[start : start + AT_ONCE]).select_related("person")
        for row in _rows(list(cases.order_by("number"))):
            yield tuple(row.get(name) for name in names)


def _rows(cases: Sequence[Case]) -> Iterator[dict[str, Any]]:
    seats = seats_of(cases)
    areas = paths_of({case.place for case in cases})
    for case in cases:
        who, reach = seal.unseal(case.person.sealed), seal.unseal(case.sealed)
        area = areas[case.place]
        yield {
            "number": case.number,
            "name": who.get("name", ""),
            "identity": who.get("id", ""),
            "phone": reach.get("phone") or who.get("phone", ""),
            "township": area.get(Level.TOWNSHIP, ""),
            "village": area.get(Level.VILLAGE, ""),
            "address": reach.get("address", ""),
            "came_from": reach.get("from", ""),
            "returned": date.fromisoformat(reach["returned"]) if "returned" in reach else None,
            "measure": case.measure,
            "starts": clock.local(case.starts_at).date(),
            "ends": clock.local(case.ends_at - MICROSECOND).date(),
            "ground": case.ground,
            "decided_by": case.decided_by,
            **{seat: (owner.name, owner.phone) for seat, owner in seats[case.pk].items()},
        }


def seats_of(cases: Sequence[Case]) -> dict[int, dict[str, Owner]]:
    """Who holds the seats of cases now, by case and seat."""
    now = clock.now()
    rows: list[tuple[int, str, int]] = []
    for part in in_parts([case.pk for case in cases]):
        found = CaseSeat.objects.filter(holds_at(now), case_id__in=part)
        rows += found.values_list("case_id", "seat", "post_id")
    holders = owners((post for _case, _seat, post in rows), now)
    seats: dict[int, dict[str, Owner]] = defaultdict(dict)
    for case, seat, post in rows:
        if post in holders:
            seats[case][seat] = holders[post]
    return seats
