"""What the board was asked for, and the addresses that lead on from there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bulou.command.asked import day_of, kind_of
from bulou.kernel import clock
from bulou.obligations.gaps import Gap
from bulou.obligations.kinds import KINDS
from bulou.web.access import OfficeRequest

SORTS: dict[str, Any] = {"undone": _("逾期多的在前"), "rate": _("完成率低的在前"), "name": _("按名称")}


@lru_cache(maxsize=32)
def address(name: str) -> str:
    """The address of a page without parameters; a board has hundreds of them."""
    return reverse(name)


@dataclass(frozen=True)
class Asked:
    """A place, a county day, one kind or all (""), and how the places below are sorted."""

    place: str
    day: date
    kind: str = ""
    sort: str = "undone"

    @classmethod
    def of(cls, request: OfficeRequest, place: str) -> Asked:
        """What `?day=`, `?kind=` and `?sort=` say; anything unreadable is as if it were not there."""
        sort = request.GET.get("sort", "")
        return cls(place, day_of(request), kind_of(request), sort if sort in SORTS else "undone")

    @property
    def since(self) -> datetime:
        return clock.start_of(self.day)

    @property
    def until(self) -> datetime:
        return clock.end_of(self.day)

    @property
    def kind_title(self) -> Any:
        return KINDS[self.kind].title if self.kind else _("全部类别")

    def query(self) -> str:
        """The part of an address that asks for the same."""
        kind = f"&kind={self.kind}" if self.kind else ""
        sort = f"&sort={self.sort}" if self.sort != "undone" else ""
        # Digits, a day and names of our own: nothing of them is ever quoted.
        return f"place={self.place}&day={self.day.isoformat()}{kind}{sort}"

    def of_row(self, place: str, kind: str) -> str:
        """The part of an address that asks for a kind (or all) at a place on the day, with "&" at its end."""
        return f"place={place}&day={self.day.isoformat()}&" + (f"kind={kind}&" if kind else "")

    def url(self, name: str = "board", **changes: Any) -> str:
        """The address of a page of the board with something else asked for."""
        return f"{address(name)}?{replace(self, **changes).query() if changes else self.query()}"

    def hour_url(self, hour: datetime) -> str:
        """The address of the board as it was known at a full hour."""
        from bulou.obligations.snapshots import day_of as day_of_hour

        day = day_of_hour(hour)
        number = int((hour - clock.start_of(day)).total_seconds() // 3600)
        return f"{self.url('board_hour', day=day)}&hour={number}"

    def gap_url(self, gap: Gap, *, all_days: bool = False) -> str:
        """The address of the list of gaps behind a tile."""
        day = "all" if all_days else self.day.isoformat()
        return f"{address('gaps')}?place={self.place}&day={day}&gap={gap.value}"
