"""Arithmetic with instants inside queries: they are whole microseconds in the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from bulou.kernel import clock
from bulou.kernel.fields import EPOCH, InstantField, micros

DAY = micros(clock.DAY)
# Asia/Shanghai has had one offset since 1991, so days can be counted in whole numbers in SQL.
OFFSET = micros(clock.local(EPOCH + timedelta(days=20_000)).utcoffset() or timedelta())


def instant(moment: datetime) -> Value:
    """A moment as a value of a query."""
    return Value(moment, output_field=InstantField())


def no_instant() -> ExpressionWrapper:
    """NULL as a value of a query; PostgreSQL takes a plain one for text."""
    return as_instant(Cast(Value(None), BigIntegerField()))


def as_instant(moment: Combinable) -> ExpressionWrapper:
    """An expression in microseconds, read as an instant."""
    return ExpressionWrapper(moment, output_field=InstantField())


def minutes(count: int) -> int:
    """So many minutes in microseconds."""
    return micros(timedelta(minutes=count))


def plus(moment: Combinable, span: int) -> Combinable:
    """So many microseconds later, in SQL."""
    return as_instant(Cast(moment, BigIntegerField()) + number(span))


def start_of_day(moment: Combinable) -> Combinable:
    """00:00 of the county day of a moment, in SQL."""
    micro = Cast(moment, BigIntegerField())
    return as_instant(micro - (micro + number(OFFSET)) % number(DAY))


def number(value: int) -> Value:
    """A whole number as a value of a query."""
    return Value(value, output_field=BigIntegerField())


def holds_at(moment: Any, prefix: str = "") -> Q:
    """A filter: the interval `starts_at` to `ends_at` (not included) holds the moment."""
    return Q(**{f"{prefix}starts_at__lte": moment}) & (
        Q(**{f"{prefix}ends_at__isnull": True}) | Q(**{f"{prefix}ends_at__gt": moment})
    )
