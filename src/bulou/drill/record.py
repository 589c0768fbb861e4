"""What the drill itself knows about its county: kept beside the county folder, never in it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from bulou.drill.cases import Case
from bulou.drill.staff import DOCTOR, Holder, Post

ILL_ON, SUCCESSOR_ON = 3, 5
"""Days of the drill (from 1): a doctor falls ill, somebody takes her posts."""


@dataclass(frozen=True)
class County:
    """The part of a made county that its days need: who is monitored when, and the doctors."""

    seed: str
    scale: str
    day: date
    cases: tuple[Case, ...]
    doctor_posts: tuple[Post, ...] = ()
    spare_doctors: dict[str, Holder] = field(default_factory=dict)

    def active(self, day: date) -> list[Case]:
        """Those who owe reports on a day."""
        return [case for case in self.cases if case.active(day)]

    @property
    def ill_from(self) -> date:
        """The day on which a doctor falls ill."""
        return self.day + timedelta(days=ILL_ON - 1)

    @property
    def successor_from(self) -> date:
        """The day on which somebody takes her posts."""
        return self.day + timedelta(days=SUCCESSOR_ON - 1)

    @cached_property
    def ill_doctor(self) -> Holder:
        """The doctor who falls ill: she has the most people in her care on that day."""
        held = [seat for case in self.active(self.ill_from) if (seat := case.seats[DOCTOR])]
        held = held or [post.holder for post in self.doctor_posts]
        return max(sorted(set(held)), key=held.count)

    def save(self, path: Path) -> None:
        """Write everything as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, default=str), "utf-8")


def load(path: Path) -> County:
    """What `County.save` wrote."""
    row = json.loads(path.read_text("utf-8"))
    return County(
        seed=row["seed"],
        scale=row["scale"],
        day=date.fromisoformat(row["day"]),
        cases=tuple(_case(r) for r in row["cases"]),
        doctor_posts=tuple(_post(r) for r in row["doctor_posts"]),
        spare_doctors={place: Holder(*held) for place, held in row["spare_doctors"].items()},
    )


def _case(row: dict[str, Any]) -> Case:
    dates = {key: date.fromisoformat(row[key]) for key in ("returned", "start", "end")}
    seats = {role: Holder(*held) if held else None for role, held in row["seats"].items()}
    return Case(**{**row, **dates, "seats": seats})


def _post(row: dict[str, Any]) -> Post:
    end = date.fromisoformat(row["end"]) if row["end"] else None
    start = date.fromisoformat(row["start"])
    return Post(**{**row, "holder": Holder(*row["holder"]), "start": start, "end": end})
