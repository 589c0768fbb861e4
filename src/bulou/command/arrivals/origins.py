"""Where somebody was, in words: read as a division of the country, or said what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bulou.arrivals.registration import Stop
from bulou.kernel.problems import problem
from bulou.places import country
from bulou.places.country import Division

PLACE_UNKNOWN = problem("origin-unknown", _("认不出“{text}”是哪里:请写到市、县(区),如“上海市浦东新区”。"))
PLACE_SEVERAL = problem("origin-several", _("“{text}”可能是几个地方:{shown}。请写上省、市。"))
PLACE_WIDE = problem("origin-wide", _("“{text}”只写到省:请写到市或县(区)。"))


@dataclass(frozen=True)
class Been:
    """One row of a form: where, and from which day until which, as they were typed."""

    where: str = ""
    since: str = ""
    until: str = ""
    error: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.where or self.since or self.until)


def division_of(text: str) -> Division:
    """The division that words mean. Raises `origin-unknown`, `origin-several`."""
    found = country.find(text, near=settings.BULOU_COUNTY)
    if found.division is not None:
        return found.division
    if found.ambiguous:
        raise PLACE_SEVERAL.error(text=text, shown=found.shown())
    raise PLACE_UNKNOWN.error(text=text)


def stops_of(text: str, since: date, until: date) -> Sequence[Stop]:
    """Where somebody was in those days, as registrations keep it. Raises as `division_of`, `origin-wide`."""
    division = division_of(text)
    if not division.stops:
        raise PLACE_WIDE.error(text=text)
    return [Stop(code, division.name, since, until) for code in division.stops]
