"""Laws of place codes."""

from hypothesis import given
from hypothesis import strategies as st

from bulou.places import codes
from bulou.places.models import Level

OWN = {Level.COMPOUND: 3, Level.GRID: 2, Level.BUILDING: 3, Level.UNIT: 2, Level.DOOR: 4}


@st.composite
def inner_codes(draw):
    """A code below a village, with any of the levels left out."""
    code = "141022100003"
    for level, digits in OWN.items():
        if draw(st.booleans()):
            code = codes.child(code, level, draw(st.integers(1, 10**digits - 1)))
    return code


@given(inner_codes(), st.sampled_from(list(OWN)), st.integers(1, 9999))
def test_a_child_lies_in_its_parents_range_and_has_it_as_parent(code, level, number):
    if codes.LEVELS.index(level) <= codes.LEVELS.index(codes.level_of(code)) or number >= 10 ** OWN[level]:
        return
    child = codes.child(code, level, number)
    low, high = codes.scope(code)
    assert low <= child < high
    assert codes.level_of(child) == level
    assert codes.parent_of(child) == code


@given(inner_codes(), inner_codes())
def test_ranges_of_two_places_of_one_level_never_overlap(one, other):
    if len(one) != len(other) or one == other:
        return
    first, second = sorted([codes.scope(one), codes.scope(other)])
    assert first.high <= second.low


@given(inner_codes())
def test_a_path_leads_from_the_county_to_the_place(code):
    path = codes.path(code)
    assert path[0] == "141022" and path[-1] == code
    assert all(code.startswith(step) for step in path)
    assert [codes.parent_of(step) for step in path[1:]] == path[:-1]
