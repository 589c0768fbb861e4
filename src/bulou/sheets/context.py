"""What an import hands to a kind's `apply`: who, when, how far, and where its findings go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bulou.kernel import clock, seal
from bulou.kernel.ids import uuid7
from bulou.kernel.problems import BulouError
from bulou.sheets.cells import IGNORED, REFUSED, REPAIRED, shown
from bulou.sheets.changes import Changes
from bulou.sheets.columns import SheetKind
from bulou.sheets.models import Trace

if TYPE_CHECKING:
    from bulou.sheets.checking import Batch
    from bulou.sheets.reading import Problem


@dataclass
class Area:
    """The smallest area that holds every place seen."""

    code: str | None = None

    def see(self, code: str) -> None:
        """Take one more place in."""
        if self.code is None:
            self.code = code
        while not code.startswith(self.code):
            self.code = self.code[:-1]


@dataclass
class Context:
    """One import of one file. `by` is who brings it in; `actor` stands on the events of its rows.

    `scope`: rows of other areas are refused. `whole`: the area whose list the file claims to be from first
    to last, or ""; who stands in the register there and not in the file is `gone`, and with `end_gone`
    they are registered as having left.
    """

    kind: SheetKind
    by: str
    check: bool = False
    now: datetime = field(default_factory=clock.now)
    run: UUID = field(default_factory=uuid7)
    problems: list[Problem] = field(default_factory=list)
    scope: str = ""
    whole: str = ""
    end_gone: bool = False
    area: Area = field(default_factory=Area)
    changes: Changes = field(default_factory=Changes)
    _made: dict[str, list[Any]] = field(default_factory=dict)
    _before: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def actor(self) -> str:
        return f"import:{self.run}"

    def covers(self, code: str) -> bool:
        """Whether a place lies where this import may change anything."""
        return code.startswith(self.scope)

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

    def made(self, model: str, keys: Iterable[Any]) -> None:
        """Note what this import made, so that it can be taken back."""
        self._made.setdefault(model, []).extend(keys)

    def before(self, model: str, key: Any, values: Mapping[str, Any]) -> None:
        """Note the (plain) values that this import replaces; those that are told first are the old ones."""
        self._before.setdefault(model, {}).setdefault(str(key), dict(values))

    def keep_traces(self) -> None:
        """Write down what was made and replaced, when the run itself stands."""
        Trace.objects.bulk_create(
            Trace(
                run_id=self.run,
                model=model,
                made=self._made.get(model, []),
                before=seal.seal(self._before[model]) if model in self._before else None,
            )
            for model in self._made.keys() | self._before.keys()
        )
