"""Directives: who signs what, from when, for which place; and which one governs a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulou.kernel import audit, clock
from bulou.kernel.database import atomic
from bulou.kernel.fields import MICROSECOND
from bulou.kernel.numbered import Numbered
from bulou.kernel.problems import problem
from bulou.obligations.kinds import KINDS, Kind, Params, kind_named
from bulou.obligations.models import Directive, KindName, LadderStep
from bulou.places import codes

BACK_DATED = problem(
    "directive-back-dated",
    _("指令的生效时间 {valid_from} 早于签发时间 {now}:昨天按昨天的指令判定,请把生效时间定在现在或以后。"),
)
NO_DIRECTIVE = problem("no-directive", _("“{kind}”在 {place} 于 {at} 没有生效的指令:请先签发。"), status=404)

# Before any county day: the values a county starts from hold for every case that its workbooks bring.
BEGINNING = datetime(2019, 12, 31, 16, tzinfo=UTC)
STARTING_NUMBER = "起始值(待确认)"

# (step, minutes overdue, who is told): the owner, then up the levels.
STARTING_LADDER = (
    (1, 0, "owner"),
    (2, 60, "grid"),
    (3, 120, "village"),
    (4, 240, "township"),
    (5, 480, "county"),
)


_kinds = Numbered(KindName)
kind_id = _kinds.number


def number_kinds(**_: Any) -> None:
    """Give each registered kind its number (after `migrate`)."""
    _kinds.give(KINDS)


def start_defaults(county: str) -> None:
    """Give each kind that has no directive the values that a county starts from, and the ladder."""
    with atomic():
        known = set(Directive.objects.values_list("kind__name", flat=True))
        for name, kind in KINDS.items():
            if name not in known:
                _start(kind, county)
        if not LadderStep.objects.exists():
            LadderStep.objects.bulk_create(
                LadderStep(step=step, after_minutes=minutes, told=told)
                for step, minutes, told in STARTING_LADDER
            )


def _start(kind: Kind, county: str) -> None:
    kind.Params.read(kind.name, kind.default)
    Directive.objects.create(
        kind_id=kind_id(kind.name),
        place=county,
        valid_from=BEGINNING,
        params=kind.default,
        number=STARTING_NUMBER,
        signed_by="system",
        signed_at=clock.now(),
    )


def sign(
    kind: str, *, place: str, params: dict[str, Any], valid_from: datetime, by: str, number: str = ""
) -> Directive:
    """Put a new directive in force; the standing one of the same kind and place ends where it begins.

    Windows that have opened by then stay under the directive they opened under; one that opens at the
    instant of signing may have been opened already, so "now" means the instant after. Raises
    `bad-directive-values`, `directive-back-dated`.
    """
    now = clock.now()
    kind_named(kind).Params.read(kind, params)
    if valid_from < now:
        raise BACK_DATED.error(valid_from=clock.local(valid_from), now=clock.local(now))
    valid_from = max(valid_from, now + MICROSECOND)
    with atomic():
        same = Directive.objects.filter(kind_id=kind_id(kind), place=place)
        same.filter(valid_from__gte=valid_from).update(valid_until=valid_from, valid_from=valid_from)
        same.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=valid_from)).update(
            valid_until=valid_from
        )
        directive = Directive.objects.create(
            kind_id=kind_id(kind),
            place=place,
            valid_from=valid_from,
            params=params,
            number=number,
            signed_by=by,
            signed_at=now,
        )
        audit.record(
            "directive.signed", by=by, subject=f"directive:{directive.pk}", place=place, detail=params
        )
    return directive


def read_params(directive: Directive, kind: Kind) -> Params:
    """The typed values of a directive."""
    return kind.Params.read(kind.name, directive.params)


def in_force(kind: str, since: datetime, until: datetime) -> list[Directive]:
    """Directives of a kind that hold at some instant of `since` to `until`, widest place first."""
    found = Directive.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=since),
        kind_id=kind_id(kind),
        valid_from__lte=until,
    )
    return sorted(found, key=lambda one: (len(one.place), one.place, one.valid_from))


def governing(kind: str, place: str, at: datetime) -> Directive:
    """The directive of a kind that holds for a place at an instant: the nearest one above it.

    Raises `no-directive`.
    """
    for directive in reversed(in_force(kind, at, at)):
        low, high = codes.scope(directive.place)
        if low <= place < high and directive.valid_from <= at:
            return directive
    raise NO_DIRECTIVE.error(kind=kind, place=place, at=clock.local(at))


def params_of(kind: str, place: str, at: datetime) -> Any:
    """The typed values that hold for a place at an instant. Raises `no-directive`."""
    return read_params(governing(kind, place, at), kind_named(kind))
