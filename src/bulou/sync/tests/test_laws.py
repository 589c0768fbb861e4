"""Laws of intake: whatever comes in is answered, and the ledger does not depend on how it was delivered."""

import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulou.kernel.models import Event
from bulou.sync import intake
from bulou.sync.models import Refusal
from bulou.sync.tests.support import CASES, CONTACT, REPORT

pytestmark = pytest.mark.django_db

COUNTY = "141022"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
moments = st.datetimes(datetime(2022, 4, 1), datetime(2022, 5, 1), timezones=st.just(UTC))
contents = st.one_of(
    st.fixed_dictionaries(
        {"temperature": st.integers(340, 430).map(lambda tenths: tenths / 10)},
        optional={"window": st.sampled_from(["am", "pm"]), "symptoms": st.just(["fever"])},
    ).map(lambda data: {"kind": REPORT, "data": data}),
    st.just({"kind": CONTACT, "data": {"seat": "doctor", "method": "call"}}),
)


def uuid7(bits):
    """A UUIDv7 of given random bits, so that an example can be played again."""
    return uuid.UUID(int=bits & ~(0xF << 76 | 0b11 << 62) | 0x7 << 76 | 0b10 << 62)


@st.composite
def good_items(draw):
    return {
        "id": str(uuid7(draw(st.integers(0, 2**128 - 1)))),
        "subject": draw(st.sampled_from(sorted(CASES))),
        "happened_at": draw(moments).isoformat(),
    } | draw(contents)


bent_items = st.tuples(
    good_items(), st.sampled_from(["id", "kind", "subject", "happened_at", "data"]), json_values
).map(lambda bent: bent[0] | {bent[1]: bent[2]})


def receive(items):
    return intake.receive(items, actor="post:1", scope=COUNTY)


def ledger():
    return set(
        Event.objects.values_list("id", "kind", "subject", "happened_at", "window", "corrects", "digest")
    )


@given(items=st.lists(json_values | bent_items | good_items(), max_size=8))
def test_every_item_is_answered_and_whatever_is_refused_is_kept(rolled_back, items):
    with rolled_back():
        answers = receive(items)
        assert len(answers) == len(items)
        for item, answer in zip(items, answers, strict=True):
            assert (answer["status"] == "refused") == (answer["problem"] is not None)
            assert answer["id"] is None or answer["id"] == item["id"]
        assert Event.objects.count() == sum(answer["status"] == "new" for answer in answers)
        assert Refusal.objects.exists() == any(answer["status"] == "refused" for answer in answers)


@given(
    data=st.data(), items=st.lists(good_items(), min_size=1, max_size=6, unique_by=lambda item: item["id"])
)
def test_replays_reorderings_and_duplicates_leave_the_same_ledger(rolled_back, data, items):
    with rolled_back():
        receive(items)
        expected = ledger()
    again = st.lists(st.sampled_from(items), max_size=6)
    delivered = data.draw(st.permutations(items + data.draw(again)))
    cut = data.draw(st.integers(0, len(delivered)))
    with rolled_back():
        receive(delivered[:cut])
        statuses = [answer["status"] for answer in receive(delivered[cut:] + delivered[:cut])]
        assert ledger() == expected
        assert "refused" not in statuses


@given(
    items=st.lists(good_items(), min_size=1, max_size=6, unique_by=lambda item: item["id"]),
    other=st.floats(34, 43),
)
def test_a_changed_content_under_a_known_id_never_changes_the_ledger(rolled_back, items, other):
    with rolled_back():
        receive(items)
        before = ledger()
        receive([item | {"kind": REPORT, "data": {"temperature": other}} for item in items])
        assert ledger() == before
