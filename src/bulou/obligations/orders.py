"""What the directives in force say to the actions of a room."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from bulou.kernel import clock
from bulou.obligations import directives
from bulou.obligations.directives import NO_DIRECTIVE
from bulou.obligations.kinds import ordered_kind


class Orders:
    """The directives' values by kind and place at one instant; each kind is read once."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at or clock.now()
        self._standing: dict[str, list[tuple[str, Any]]] = {}
        directives.start_defaults(settings.BULOU_COUNTY)

    def of(self, kind: str, place: str) -> Any:
        """The typed values that hold for a place: the nearest directive above it. Raises `no-directive`."""
        if kind not in self._standing:
            self._standing[kind] = self._read(kind)
        for area, params in self._standing[kind]:
            if place.startswith(area):
                return params
        raise NO_DIRECTIVE.error(kind=kind, place=place, at=clock.local(self.at))

    def _read(self, kind: str) -> list[tuple[str, Any]]:
        """(place, values) of the directives in force, the narrowest place first."""
        found = directives.in_force(kind, self.at, self.at)
        return [(one.place, directives.read_params(one, ordered_kind(kind))) for one in reversed(found)]
