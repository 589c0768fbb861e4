"""The shape of what is owed because somebody comes: once, from a moment on."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from bulou.kernel.fields import InstantField
from bulou.obligations.kinds import NEVER, OnceKind
from bulou.places.roles import ROLES

Universe = QuerySet[Any, dict[str, Any]]
ENDING_COLUMNS = ("subject", "starts_at", "ends_at", "ended_at", "excuse")
DESK = "pickup_desk"
NOT_YET = Value(NEVER, InstantField())
"""In SQL, the start of what has not begun: no window reaches it."""


def excused(stops: str, excuse: Combinable) -> dict[str, Combinable]:
    """The columns that say why a duty ended before it was due; `stops` is the instant that ended it."""
    early = Q(**{f"{stops}__lt": F("due_at")})
    return {
        "excused_at": Case(When(early, then=F(stops)), output_field=InstantField()),
        "excuse": Case(When(early, then=excuse), default=Value(""), output_field=CharField()),
    }


class ArrivalKind(OnceKind, abstract=True):
    """Owed once, from the moment that makes it owed; what was done shortly before counts too."""

    owners = tuple((role.code, role.title) for role in ROLES.values())
    early = True
