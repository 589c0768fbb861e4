"""Rows of the lists with all that a reader needs beside them, fetched for the whole page at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bulou.command.asked import Page
from bulou.command.subjects import Face, faces_by_code, faces_by_id, with_needs
from bulou.command.words import ENDINGS
from bulou.command.worklists.calls import Call, last_calls
from bulou.command.worklists.duties import CASE, Duty
from bulou.kernel import clock
from bulou.kernel.ids import uuid7
from bulou.obligations import gaps
from bulou.obligations.gaps import Gap, GapRow
from bulou.obligations.kinds import KINDS
from bulou.obligations.models import LadderStep
from bulou.places import posts, queries
from bulou.places.queries import Owner

TOLD = {
    "owner": _("责任人"),
    "grid": _("网格"),
    "village": _("村(社区)"),
    "township": _("乡镇"),
    "county": _("县"),
}


@dataclass(frozen=True)
class Row:
    """One row as a page shows it."""

    source: Duty | GapRow
    kind: Any
    face: Face | None
    code: str
    where: str
    seat: str
    owner: Owner | None
    now: datetime
    told: Any = ""
    call: Call | None = None
    key: UUID | None = None
    excuse: str = ""

    @property
    def late_by(self) -> timedelta | None:
        """How long it has been overdue."""
        due = self.source.due_at
        return self.now - due if due is not None and due < self.now else None


@dataclass(frozen=True)
class GapsAsked:
    """Which gaps: a place and below, a kind, one of the three, a span of openings."""

    place: str
    kind: str
    gap: Gap
    opened_from: datetime | None
    opened_to: datetime | None

    @cached_property
    def _where(self) -> dict[str, Any]:
        span = {"opened_from": self.opened_from, "opened_to": self.opened_to}
        return {"kind": self.kind or None, "now": clock.now(), **span}

    def counts(self) -> dict[Gap, int]:
        """How many of each of the three."""
        return gaps.counts(self.place, **self._where)

    def rows(self, page: Page) -> list[GapRow]:
        """One page of them, those with needs first."""
        return gaps.gaps(
            self.place, gap=self.gap, first=with_needs(), limit=page.size, offset=page.offset, **self._where
        )


def of_gaps(asked: GapsAsked, scope: str, page: Page) -> list[Row]:
    """A page of gaps with owners, persons, places, ladder and calls."""
    found = asked.rows(page) if page.total else []
    faces = faces_by_code((row.subject for row in found if row.gap != Gap.UNKNOWN), scope=scope)
    paths = queries.name_paths((row.place for row in found), above=asked.place)
    owners = queries.owners(row.post_id for row in found if row.post_id)
    told = _told() if found else {}
    calls = last_calls(row.id for row in found if row.gap != Gap.UNKNOWN)
    now = clock.now()
    return [
        Row(
            source=row,
            kind=KINDS[row.kind].title,
            face=faces.get(row.subject),
            code=row.subject,
            where=paths[row.place],
            seat=row.owner or "",
            owner=owners.get(row.post_id or 0),
            now=now,
            told=told.get(row.level, ""),
            call=calls.get(row.id) if row.gap != Gap.UNKNOWN else None,
            key=uuid7(),
        )
        for row in found
    ]


def _told() -> dict[int, Any]:
    """Who has been told at each step of the general ladder."""
    return {step.step: TOLD.get(step.told, step.told) for step in LadderStep.objects.filter(kind="")}


def of_duties(found: list[Duty], scope: str, place: str) -> list[Row]:
    """A page of duties with owners, persons and places."""
    cases = (row.subject for row in found if not row.evidence and KINDS[row.kind].subject_type == CASE)
    faces = faces_by_id(cases, scope=scope)
    paths = queries.name_paths((row.place for row in found), above=place)
    owners, seats = _seats(row.post_id for row in found)
    now = clock.now()
    return [
        Row(
            source=row,
            kind=KINDS[row.kind].title,
            face=faces.get(row.subject) if not row.evidence else None,
            code=row.evidence,
            where=paths[row.place],
            seat=seats.get(row.post_id or 0, ""),
            owner=owners.get(row.post_id or 0),
            now=now,
            excuse=str(ENDINGS.get(row.excuse, row.excuse)),
        )
        for row in found
    ]


def _seats(post_ids: Iterable[int | None]) -> tuple[dict[int, Owner], dict[int, str]]:
    ids = {id for id in post_ids if id}
    return queries.owners(ids), posts.labels(ids)
