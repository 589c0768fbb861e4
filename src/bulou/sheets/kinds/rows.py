"""What the registers' `apply` functions share; the process that reads workbooks never loads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.kernel.problems import BulouError, problem
from bulou.places.book import NO_NUMBER_LEFT, AreaNames, Located, PlaceBook
from bulou.places.divisions import UNKNOWN_TOWNSHIP
from bulou.sheets.checking import Batch
from bulou.sheets.columns import SheetKind
from bulou.sheets.context import Context

NAME_READ = problem("place-name-read", _("按登记的名称读作“{read}”。"))
ROW_REPEATED = problem("row-repeated", _("与{first}完全相同,只登记一次。"))
ROW_CONTRADICTS = problem("row-contradicts", _("与{first}是同一对象而内容不同:请保留正确的一行。"))
ROW_PLACE = problem("row-place", _("工作表“{sheet}”第 {row} 行"))

GRID_KEPT = problem("grid-kept", _("该户已登记在{grid},网格没有更改:要换网格,请在地点管理中移动楼栋或户。"))
NO_GRID = problem("no-grid", _("“未划网格”"))

AREA_LEVELS = ("township", "village", "compound", "grid", "building", "unit", "door")


def row_place(ref: tuple[str, int]) -> str:
    """Where a row stands, for a sentence."""
    return ROW_PLACE.say(sheet=ref[0], row=ref[1])


@dataclass
class PlaceColumns:
    """The place columns of a kind: finds each row's place, and notes what was read otherwise."""

    kind: SheetKind
    book: PlaceBook = field(default_factory=PlaceBook)
    _found: dict[tuple[Any, ...], Located | BulouError] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = self.kind.names
        self.positions = [names.index(level) for level in AREA_LEVELS if level in names]
        self._blanks = [level in names for level in AREA_LEVELS]

    def locate(self, batch: Batch, index: int, context: Context, code: str = "") -> str:
        """The code of a row's place; "" when the row is refused."""
        row = batch.rows[index]
        key = tuple([row[position] for position in self.positions])
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._look(key, code)
        if isinstance(found, BulouError):
            context.refuse(batch, index, self._column(found), found)
            return ""
        for reading in found.readings:
            context.repaired(batch, index, reading.level.value, NAME_READ.code, read=reading.name)
        if found.stays_in is not None:
            context.ignored(batch, index, "grid", GRID_KEPT.code, grid=found.stays_in or NO_GRID.say())
        return found.code

    def _look(self, key: tuple[Any, ...], code: str) -> Located | BulouError:
        given = iter(key)
        names = AreaNames(*((next(given) or "") if here else "" for here in self._blanks))
        try:
            return self.book.locate(names, code)
        except BulouError as error:
            return error

    def _column(self, error: BulouError) -> str:
        if error.kind is UNKNOWN_TOWNSHIP:
            return "township"
        deepest = [level for level in AREA_LEVELS if level in self.kind.names][-1]
        return deepest if error.kind is NO_NUMBER_LEFT else "village"


def refuse_repeats(
    batches: Iterable[Batch], context: Context, columns: tuple[str, ...], *, at: str
) -> Iterator[tuple[Batch, int, bool]]:
    """(batch, index, fresh) of the rows that stand: equal values of the columns mean the same subject.

    A row repeated word for word is told and is not fresh; one with other content is refused.
    """
    seen: dict[tuple[Any, ...], tuple[tuple[str, int], tuple[Any, ...]]] = {}
    for batch in batches:
        places = [context.kind.index(name) for name in columns]
        for index, row in enumerate(batch.rows):
            first = seen.setdefault(tuple([row[place] for place in places]), (batch.refs[index], row))
            if first[1] is row:
                yield batch, index, True
            elif first[1] == row:
                context.ignored(batch, index, at, ROW_REPEATED.code, first=row_place(first[0]))
                yield batch, index, False
            else:
                context.refuse(batch, index, at, ROW_CONTRADICTS.error(first=row_place(first[0])))
