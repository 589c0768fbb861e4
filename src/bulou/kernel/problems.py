"""The catalogue of problems: stable codes, and a sentence the reader can act on.

A problem is declared once with `problem(code, text)`; the text is a Chinese sentence with named
`{placeholders}` (English by gettext). Codes are part of what is relied on from outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CATALOGUE: dict[str, ProblemKind] = {}


@dataclass(frozen=True)
class ProblemKind:
    """One kind of problem: its stable code, its sentence and the HTTP status it answers with."""

    code: str
    text: Any
    status: int = 422

    def say(self, **params: object) -> str:
        """The sentence with its parameters, in the reader's language."""
        return str(self.text).format(**params)

    def error(self, **params: object) -> BulouError:
        """The exception to raise for this problem."""
        return BulouError(self, params)


class BulouError(Exception):
    """A named problem with its parameters. `str()` is the sentence for the reader."""

    def __init__(self, kind: ProblemKind, params: dict[str, object]) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.params = params

    @property
    def code(self) -> str:
        return self.kind.code

    def __str__(self) -> str:
        return self.kind.say(**self.params)


def problem(code: str, text: Any, status: int = 422) -> ProblemKind:
    """Declare a problem; a code declared twice is a programming error."""
    if code in CATALOGUE:
        raise ValueError(f"problem declared twice: {code}")
    CATALOGUE[code] = ProblemKind(code, text, status)
    return CATALOGUE[code]
