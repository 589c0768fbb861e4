from __future__ import annotations

import uuid
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bulou.kernel import clock
from bulou.kernel.fields import to_micros
from bulou.kernel.ids import is_uuid7, uuid7, uuid7_hexes

moments = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))


@given(moments)
def test_an_id_carries_its_version_and_its_millisecond(moment):
    made = uuid7(moment)
    assert is_uuid7(made)
    assert made.int >> 80 == to_micros(moment) // 1000


@given(moments, moments)
def test_ids_sort_by_their_millisecond(one, other):
    if to_micros(one) // 1000 < to_micros(other) // 1000:
        assert uuid7(one) < uuid7(other)


def test_ids_of_one_moment_differ():
    moment = datetime(2022, 4, 16, tzinfo=UTC)
    assert len({uuid7(moment) for _ in range(2_000)}) == 2_000


def test_every_random_bit_is_used():
    moment = datetime(2022, 4, 16, tzinfo=UTC)
    fixed = (0xF << 76) | (0b11 << 62) | ((2**48 - 1) << 80)
    seen_set, seen_clear = 0, 0
    for _ in range(200):
        seen_set |= uuid7(moment).int
        seen_clear |= ~uuid7(moment).int
    assert seen_set & seen_clear & (2**128 - 1) | fixed == 2**128 - 1


@given(st.uuids(version=4))
def test_other_versions_are_told_apart(other):
    assert not is_uuid7(other)
    assert not is_uuid7(uuid.UUID(int=other.int & ~(0xF << 76) | 0x7 << 76 | 0b11 << 62))


def test_many_ids_at_once_are_ids_of_now():
    with clock.at("2022-04-16T12:00"):
        made = [uuid.UUID(hex=digits) for digits in uuid7_hexes(500)]
        assert {id.int >> 80 for id in made} == {to_micros(clock.now()) // 1000}
    assert len(set(made)) == 500
    assert all(is_uuid7(id) for id in made)
    assert uuid7_hexes(0) == []
