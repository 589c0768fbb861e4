"""What the sources of a journey say, side by side, and where they disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bulou.arrivals.models import Source
from bulou.arrivals.registration import Origin
from bulou.command.arrivals import words
from bulou.kernel import clock, seal
from bulou.people.queries import mask_phone
from bulou.places.naming import squeeze
from bulou.web.formats import instant


@dataclass(frozen=True)
class Teller:
    """One source: what kind, who entered it, when."""

    title: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Line:
    """One value as each source says it; "" where it says nothing."""

    title: str
    values: tuple[str, ...]
    differs: bool


@dataclass(frozen=True)
class Said:
    """The sources, and the lines of their comparison."""

    tellers: tuple[Teller, ...]
    lines: tuple[Line, ...]

    @property
    def differing(self) -> list[str]:
        """What they disagree on."""
        return [line.title for line in self.lines if line.differs]


def compare(
    sources: Sequence[Source], actors: Mapping[int, str], paths: Mapping[str, str], *, opened: bool
) -> Said:
    """Sources side by side. What is sealed is only said to be there until it is `opened`."""
    said = [seal.unseal(one.sealed) for one in sources]
    names = sorted({name for one in said for name in one}, key=_rank)
    tellers = [Teller(_origin(one.origin), actors.get(one.pk, ""), one.told_at) for one in sources]
    return Said(tuple(tellers), tuple(_line(name, said, paths, opened) for name in names))


def _line(name: str, said: Sequence[Mapping[str, str]], paths: Mapping[str, str], opened: bool) -> Line:
    texts = [one.get(name, "") for one in said]
    told = {squeeze(text) for text in texts if text}
    shown = tuple(_shown(name, text, paths, opened) if text else "" for text in texts)
    return Line(words.detail_title(name), shown, len(told) > 1)


def _shown(name: str, text: str, paths: Mapping[str, str], opened: bool) -> str:
    if name == "arrives_at":
        return instant(clock.parse_instant(text))
    if name == "way":
        return words.way_title(text)
    if name == "place":
        return paths.get(text, text)
    if name == "phone" and not opened:
        return mask_phone(text)
    return text if opened or name in words.OPENLY else _("已登记")


def _origin(origin: str) -> str:
    return str(Origin(origin).label) if origin in Origin else origin


def _rank(name: str) -> tuple[int, Any]:
    known = list(words.DETAILS)
    return (known.index(name), "") if name in words.DETAILS else (len(known), name)
