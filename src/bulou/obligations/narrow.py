"""Parts of SQL that lists share: what is asked for beyond place, kind and time, and who stands first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from bulou.kernel.database import as_sql
from bulou.obligations import directives
from bulou.obligations.kinds import KINDS

FOLLOW_UP = "obligations_followup"
Posts = tuple[int, ...] | QuerySet[Any, Any]
"""Numbers of posts, or a query of them."""


@dataclass(frozen=True)
class Narrow:
    """What of the gaps is asked for beyond place, kind and time; for lines of the books alone.

    `ids`: these lines. `posts`: owed by one of these. `handed_to`: in the hands of one of these;
    `handed_by`: an actor who handed them on. `subjects`: as `first` of `gaps`, these and no others.
    """

    ids: tuple[int, ...] | None = None
    posts: Posts | None = None
    called: bool | None = None
    postponed: bool | None = None
    handed_to: Posts | None = None
    handed_by: str = ""
    subjects: Mapping[str, QuerySet[Any, Any]] = field(default_factory=dict, compare=False)

    def __bool__(self) -> bool:
        asked = (self.ids, self.posts, self.called, self.postponed, self.handed_to)
        return any(one is not None for one in asked) or bool(self.handed_by or self.subjects)

    def sql(self, now: int) -> tuple[str, tuple[Any, ...]]:
        """A condition on an obligation `o` of kind `w.kind_id` with its follow-up `f`, and its parameters."""
        parts: list[str] = []
        params: tuple[Any, ...] = ()
        if self.ids is not None:
            parts.append(f"o.id IN ({numbers(self.ids)})")
        for column, posts in (("o.post_id", self.posts), ("f.handed_to_id", self.handed_to)):
            if posts is not None:
                sql, values = _posts(posts)
                parts.append(f"{column} IN ({sql})")
                params += values
        if self.called is not None:
            parts.append("f.calls > 0" if self.called else "coalesce(f.calls, 0) = 0")
        if self.postponed is not None:
            until = "coalesce(f.postponed_until, 0)"
            parts.append(f"{until} {'>' if self.postponed else '<='} {now}")
        if self.handed_by:
            parts.append("f.handed_by = %s")
            params += (self.handed_by,)
        if self.subjects:
            those, values = of_subjects(self.subjects, "w.kind_id", "o.subject")
            parts.append(f"({those})")
            params += values
        return " AND ".join(parts) or "1 = 1", params


NOTHING = Narrow()


def rank(first: Mapping[str, QuerySet[Any, Any]]) -> tuple[str, tuple[Any, ...]]:
    """SQL that sorts the subjects of the given queries before the others, in a query of rows `g`."""
    those, params = of_subjects(first, "g.kind_id", "g.subject")
    # A bare number in ORDER BY would name a column.
    return (f"CASE WHEN {those} THEN 0 ELSE 1 END" if those else "1 + 0"), params


def of_subjects(
    by_type: Mapping[str, QuerySet[Any, Any]], kind: str, subject: str
) -> tuple[str, tuple[Any, ...]]:
    parts, params = [], ()
    for subject_type, subjects in by_type.items():
        kinds = [directives.kind_id(name) for name, one in KINDS.items() if one.subject_type == subject_type]
        if kinds:
            sql, values = as_sql(subjects)
            parts.append(f"{kind} IN ({numbers(kinds)}) AND {subject} IN ({sql})")
            params += values
    return " OR ".join(parts), params


def _posts(posts: Posts) -> tuple[str, tuple[Any, ...]]:
    return as_sql(posts) if isinstance(posts, QuerySet) else (numbers(posts), ())


def numbers(ids: Iterable[int]) -> str:
    return ", ".join(str(int(id)) for id in ids) or "0"
