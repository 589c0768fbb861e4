"""What the drill itself knows about its county: kept beside the county folder, never in it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from bulou.drill.cases import Case
from bulou.drill.staff import DOCTOR, Holder, Post


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

    def ill_doctor(self, on: date) -> Holder:
        """The doctor with the most people in her care on a day: the one who falls ill."""
        held = [c.seats[DOCTOR] for c in self.active(on) if c.seats[DOCTOR]]
        held = held or [post.holder for post in self.doctor_posts]
        return Holder(*max(sorted(set(held)), key=held.count))

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
