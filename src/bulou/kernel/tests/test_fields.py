from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulou.kernel.fields import FOREVER, InstantField, from_micros, micros, to_micros
from bulou.kernel.models import AuditLine

zones = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=zones)


@given(moments)
def test_an_instant_survives_the_database(moment):
    assert from_micros(to_micros(moment)) == moment


@given(moments, moments)
def test_the_numbers_sort_as_the_instants_do(one, other):
    assert (to_micros(one) < to_micros(other)) == (one < other)


@given(moments, st.timedeltas(timedelta(-900), timedelta(900)))
def test_spans_add_up_in_the_database_as_in_python(moment, span):
    assert to_micros(moment) + micros(span) == to_micros(moment + span)


@given(moments)
def test_the_field_reads_back_what_it_writes(moment):
    field, line = InstantField(name="at"), AuditLine(at=moment)
    field.attname = "at"
    assert field.from_db_value(field.get_prep_value(moment)) == moment
    assert field.to_python(field.value_to_string(line)) == moment
    assert field.to_python(str(to_micros(moment))) == moment


def test_the_field_knows_nothing_and_numbers():
    field = InstantField(name="at")
    field.attname = "at"
    assert field.from_db_value(None) is field.to_python(None) is field.get_prep_value(None) is None
    assert field.value_to_string(AuditLine(at=None)) == ""
    assert field.get_prep_value(FOREVER) == FOREVER
    assert field.to_python(datetime(2022, 4, 16, tzinfo=UTC)) == datetime(2022, 4, 16, tzinfo=UTC)


def test_a_moment_without_a_zone_is_no_instant():
    with pytest.raises(ValueError, match="time zone"):
        to_micros(datetime(2022, 4, 16))
