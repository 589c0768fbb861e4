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
from bulou.obligations.kinds import Kind, ordered_kind, ordered_kinds
from bulou.obligations.models import Directive, DirectiveDraft, KindName, LadderStep
from bulou.obligations.values import Values
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
    _kinds.give(ordered_kinds())


def start_defaults(county: str) -> None:
    """Give each kind that has no directive the values that a county starts from, and the ladder."""
    with atomic():
        known = set(Directive.objects.values_list("kind__name", flat=True))
        for name, kind in ordered_kinds().items():
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
    kind: str,
    *,
    place: str,
    params: dict[str, Any],
    valid_from: datetime | None,
    valid_until: datetime | None = None,
    by: str,
    number: str = "",
    order: DirectiveDraft | None = None,
    signed_at: datetime | None = None,
) -> Directive:
    """Put a new directive in force; those of the same kind and place give way while it holds.

    Without `valid_from` it holds at once. With `valid_until` the one before holds again from then on. Windows
    that have opened by `valid_from` stay under the directive they opened under; one that opens at the instant
    of signing may have been opened already, so "now" means the instant after. Raises `bad-directive-values`,
    `directive-back-dated`.
    """
    ordered_kind(kind).Params.read(kind, params)
    signed_at = signed_at or clock.now()
    valid_from = not_yesterday(valid_from, signed_at)
    with atomic():
        directive = Directive(
            kind_id=kind_id(kind),
            place=place,
            valid_from=valid_from,
            valid_until=valid_until,
            params=params,
            number=number,
            signed_by=by,
            signed_at=signed_at,
            order=order,
        )
        make_way(kind, place, valid_from, valid_until)
        directive.save()
        audit.record(
            "directive.signed", by=by, subject=f"directive:{directive.pk}", place=place, detail=params
        )
    return directive


def repeal(
    kind: str,
    *,
    place: str,
    valid_from: datetime | None,
    valid_until: datetime | None,
    by: str,
    signed_at: datetime | None = None,
) -> None:
    """End a place's own directive, so that a wider place's holds. Raises `directive-back-dated`."""
    valid_from = not_yesterday(valid_from, signed_at or clock.now())
    with atomic():
        make_way(kind, place, valid_from, valid_until)
        audit.record("directive.repealed", by=by, subject=f"kind:{kind}", place=place)


def not_yesterday(valid_from: datetime | None, now: datetime) -> datetime:
    """From when a directive that is signed now can hold; None is at once. Raises `directive-back-dated`."""
    if valid_from is not None and valid_from < now:
        raise BACK_DATED.error(
            valid_from=f"{clock.local(valid_from):%Y-%m-%d %H:%M}", now=f"{clock.local(now):%Y-%m-%d %H:%M}"
        )
    return max(valid_from or now, now + MICROSECOND)


def make_way(kind: str, place: str, since: datetime, until: datetime | None) -> None:
    """Cut a span out of the directives of a kind and place, in the caller's transaction."""
    for one in Directive.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=since), kind_id=kind_id(kind), place=place
    ).order_by("valid_from", "pk"):
        before, after = without(one, since, until)
        one.valid_from, one.valid_until = before or (since, since)
        one.save(update_fields=["valid_from", "valid_until"])
        if after is not None:
            one.pk, (one.valid_from, one.valid_until) = None, after
            one.save(force_insert=True)


Span = tuple[datetime, datetime | None]


def without(one: Directive, since: datetime, until: datetime | None) -> tuple[Span | None, Span | None]:
    """When a directive still holds, before and after a span that is cut out of its time.

    One that only begins within the span is moved to its end rather than split.
    """
    ends = one.valid_until
    if until is not None and one.valid_from >= until:
        return (one.valid_from, ends), None
    reaches_over = until is not None and (ends is None or ends > until)
    after = (until, ends) if until is not None and reaches_over else None
    if one.valid_from < since:
        return (one.valid_from, since), after
    return after, None


def read_params(directive: Directive, kind: Kind) -> Values:
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


def among(found: list[Directive], since: datetime, until: datetime) -> list[Directive]:
    """Those of a wider `in_force` that hold at some instant of `since` to `until`."""
    return [
        one
        for one in found
        if one.valid_from <= until and (one.valid_until is None or one.valid_until > since)
    ]


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
    return read_params(governing(kind, place, at), ordered_kind(kind))
