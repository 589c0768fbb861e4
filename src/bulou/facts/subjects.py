"""What obligations and events are about, as the world outside names it.

Inside, a subject is a number; outside it is a code (a case number, a place code, a post). Whoever owns
the noun registers here how one becomes the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

SUBJECTS: dict[str, SubjectType] = {}


@dataclass(frozen=True)
class Found:
    """A subject that a register has: its number and the code of the place where it is."""

    id: int
    place: str


@dataclass(frozen=True)
class SubjectType:
    """How one type of subject is found by its code, and named by its number."""

    name: str
    find: Callable[[Iterable[str]], dict[str, Found]]
    code_of: Callable[[Iterable[int]], dict[int, str]]


def register(subject_type: SubjectType) -> None:
    """Make a type of subject known."""
    SUBJECTS[subject_type.name] = subject_type
