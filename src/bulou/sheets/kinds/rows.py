"""What the registers' `apply` functions share; the process that reads workbooks never loads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.kernel import events
from bulou.kernel.models import Event
from bulou.kernel.problems import BulouError, problem
from bulou.places import codes
from bulou.places.book import NO_NUMBER_LEFT, AreaNames, Located, PlaceBook
from bulou.places.divisions import UNKNOWN_TOWNSHIP
from bulou.places.models import Place
from bulou.places.retiring import RETIRED_PLACE
from bulou.sheets.checking import Batch
from bulou.sheets.columns import SheetKind
from bulou.sheets.context import Context

NAME_READ = problem("place-name-read", _("按登记的名称读作“{read}”。"))
ROW_REPEATED = problem("row-repeated", _("与{first}完全相同,只登记一次。"))
ROW_CONTRADICTS = problem("row-contradicts", _("与{first}是同一对象而内容不同:请保留正确的一行。"))
ROW_PLACE = problem("row-place", _("工作表“{sheet}”第 {row} 行"))

GRID_KEPT = problem("grid-kept", _("该户已登记在{grid},网格没有更改:要换网格,请在地点管理中移动楼栋或户。"))
NO_GRID = problem("no-grid", _("“未划网格”"))

OUTSIDE_SCOPE = problem(
    "import-outside-scope", _("这一行在您的辖区以外,没有导入:请交给上一级导入。"), status=403
)

PLACE_WITHDRAWN = events.declare("places.withdrawn")
"""A place was made by mistake; it is retired until a row names it again."""

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
            found = self._found[key] = self._look(key, code, context)
        if isinstance(found, BulouError):
            context.refuse(batch, index, self._column(found), found)
            return ""
        for reading in found.readings:
            context.repaired(batch, index, reading.level.value, NAME_READ.code, read=reading.name)
        if found.stays_in is not None:
            context.ignored(batch, index, "grid", GRID_KEPT.code, grid=found.stays_in or NO_GRID.say())
        return found.code

    def _look(self, key: tuple[Any, ...], code: str, context: Context) -> Located | BulouError:
        given = iter(key)
        names = AreaNames(*((next(given) or "") if here else "" for here in self._blanks))
        made = len(self.book.fresh)
        try:
            found = self.book.locate(names, code)
        except BulouError as error:
            return error
        if not context.covers(found.code):
            # What the path would have made lies outside as well: above a place of the scope all stands.
            del self.book.fresh[made:]
            return OUTSIDE_SCOPE.error()
        context.area.see(found.code)
        return found

    def flush(self, context: Context) -> set[str]:
        """Write the new places; those that this import made, or that it named after an undo retired them."""
        fresh = {place.code for place in self.book.fresh}
        self.book.flush()
        made = fresh | self._revive()
        context.made("place", sorted(made))
        return made

    def _revive(self) -> set[str]:
        """Places that an undo retired and that rows name stand again; their codes."""
        retired = Place.objects.filter(retired_at__isnull=False, successor__isnull=True)
        codes_retired = set(retired.values_list("code", flat=True))
        if not codes_retired:
            return set()
        found = (one for one in self._found.values() if isinstance(one, Located))
        named = {step for one in found for step in codes.path(one.code)} & codes_retired
        withdrawn = _withdrawn(named)
        Place.objects.filter(pk__in=withdrawn).update(retired_at=None)
        return withdrawn

    def _column(self, error: BulouError) -> str:
        if error.kind is UNKNOWN_TOWNSHIP:
            return "township"
        deepest = [level for level in AREA_LEVELS if level in self.kind.names][-1]
        return deepest if error.kind is NO_NUMBER_LEFT else "village"


def _withdrawn(place_codes: set[str]) -> set[str]:
    """Of retired places those that an undo retired, rather than somebody's decision."""
    kinds = {events.kind_id(kind): kind == PLACE_WITHDRAWN for kind in (PLACE_WITHDRAWN, RETIRED_PLACE)}
    told = Event.objects.filter(kind_id__in=kinds, subject__in={int(code[:17]) for code in place_codes})
    last = dict(told.order_by("seq").values_list("place", "kind_id"))
    return {code for code in place_codes if code in last and kinds[last[code]]}


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
