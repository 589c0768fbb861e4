"""What a list of arrivals changes, told at its rows and among the changes of the import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.arrivals import sheet_known
from bulou.arrivals.models import Journey
from bulou.arrivals.registration import Origin, Registration, words_hasher
from bulou.arrivals.sheet_known import Known
from bulou.arrivals.sheet_registering import Row
from bulou.kernel import clock, seal
from bulou.kernel.problems import problem
from bulou.places.queries import name_paths
from bulou.sheets.cells import Parser
from bulou.sheets.changes import SHOWN
from bulou.sheets.choices import Choice
from bulou.sheets.columns import Counts, SheetKind
from bulou.sheets.context import Context

OTHER_WORDS = problem(
    "other-words", _("此人已有行程 {number}({origins}登记):不同之处见变更清单,两种说法都保留,请核对。")
)


@dataclass
class Told:
    """Rows beside the journeys that they are about now."""

    context: Context
    known: Known
    told: Sequence[tuple[Row, Registration]]
    journeys: Sequence[Journey]

    def counts(self) -> Counts:
        """Tell what is new and what lists say differently; what became of the rows."""
        hash_words = words_hasher()
        fresh: set[int] = set()
        new = updated = unchanged = 0
        others: list[tuple[Row, Registration, Journey]] = []
        for (row, one), journey in zip(self.told, self.journeys, strict=True):
            if journey.pk not in self.known.open and journey.pk not in fresh:
                fresh.add(journey.pk)
                self.context.changes.note_new(*row.ref, row.values["name"], journey.place)
                new += 1
            elif (journey.pk, hash_words(one)) in self.known.sources:
                unchanged += 1
            else:
                others.append((row, one, journey))
                updated += 1
        self._tell_others(others)
        sheet_known.complete([(one, journey) for _row, one, journey in others], self.context)
        self.context.made("visit", self.known.visits_since({journey.pk for *_of, journey in others}))
        return Counts(new=new, updated=updated, unchanged=unchanged)

    def _tell_others(self, others: Sequence[tuple[Row, Registration, Journey]]) -> None:
        """What a list says otherwise than those before it: noted at the row, and shown among the changes."""
        context = self.context
        shown: list[tuple[Row, Journey, dict[str, Any], dict[str, str]]] = []
        for row, one, journey in others:
            if journey.pk not in self.known.open:
                continue
            origins = "、".join(str(Origin(name).label) for name in self.known.origins[journey.pk])
            context.ignored(
                row.batch, row.at, "identity", OTHER_WORDS.code, number=journey.number, origins=origins
            )
            # Where the journey is another's, what others said of it is not shown.
            if len(shown) < SHOWN and context.covers(journey.place):
                shown.append((row, journey, seal.unseal(journey.sealed), one.words()))
        places = name_paths(
            {said.get("place", "") for *_of, before, after in shown for said in (before, after)}
        )
        for row, journey, before, after in shown:
            fields = differing(before, after, context.kind, places)
            context.changes.note_changed(*row.ref, row.values["name"], fields, journey.place)


COLUMN_OF = {"place": "village", "arrives_at": "arrives"}
"""Where the kind's column has another name than what is sealed."""


def differing(
    before: Mapping[str, Any], after: Mapping[str, Any], kind: SheetKind, places: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """(column, what was said, what the row says) where both say something, and not the same."""
    found = []
    for name, text in after.items():
        column = COLUMN_OF.get(name, name)
        if column in kind.names and before.get(name) and text and str(before[name]) != str(text):
            parse = kind.columns[kind.index(column)].parse
            old, new = (_plain(name, one, parse, places) for one in (before[name], text))
            found.append((column, old, new))
    return found


def _plain(name: str, text: Any, parse: Parser, places: Mapping[str, str]) -> str:
    if name == "arrives_at":
        return f"{clock.local(clock.parse_instant(str(text))):%Y-%m-%d %H:%M}"
    if name == "place":
        return places.get(text, str(text))
    return str(parse.write(text)) if isinstance(parse, Choice) else str(text)
