"""What an import hands to a kind's `apply`: who, when, and where its findings go."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from bulou.kernel import clock
from bulou.kernel.ids import uuid7
from bulou.kernel.problems import BulouError
from bulou.sheets.cells import IGNORED, REFUSED, REPAIRED, shown
from bulou.sheets.columns import SheetKind

if TYPE_CHECKING:
    from bulou.sheets.checking import Batch
    from bulou.sheets.reading import Problem


@dataclass
class Context:
    """One import of one file. `by` is who brings it in; `actor` stands on the events of its rows."""

    kind: SheetKind
    by: str
    check: bool = False
    now: datetime = field(default_factory=clock.now)
    run: UUID = field(default_factory=uuid7)
    problems: list[Problem] = field(default_factory=list)

    @property
    def actor(self) -> str:
        return f"import:{self.run}"

    def refuse(self, batch: Batch, index: int, column: str, error: BulouError) -> None:
        """A row of a batch is not taken in. `column` is the kind's name for it, `error` says why."""
        self._tell(batch, index, column, REFUSED, error.code, error.params)

    def repaired(self, batch: Batch, index: int, column: str, code: str, **params: object) -> None:
        """A value of a row was read otherwise than it stands."""
        self._tell(batch, index, column, REPAIRED, code, params)

    def ignored(self, batch: Batch, index: int, column: str, code: str, **params: object) -> None:
        """Something of a row was left out, or is to be looked at."""
        self._tell(batch, index, column, IGNORED, code, params)

    def _tell(
        self, batch: Batch, index: int, column: str, action: str, code: str, params: dict[str, object]
    ) -> None:
        place = self.kind.index(column)
        value = batch.rows[index][place]
        said = "" if value is None else shown(value)
        self.problems.append(batch.problem(index, place, said, action, code, **params))
