"""The map: outlines that fit together, tiles where there are none, and the numbers of the table."""

import re
from datetime import date
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulou.command.board import maps
from bulou.command.tests.world import TOWN
from bulou.kernel import clock
from bulou.obligations.balance import Counts
from bulou.places.shape_model import Shape

pytestmark = pytest.mark.django_db
OTHER = "141022101"


def square(left, bottom, side=20_000):
    return [[left, bottom], [left + side, bottom], [left + side, bottom + side], [left, bottom + side]]


def shape(code, *rings):
    return Shape.objects.create(
        place_id=code,
        polygons=[[ring] for ring in rings],
        datum="CGCS2000",
        source="测绘队",
        as_of=date(2022, 1, 1),
        imported_at=clock.now(),
    )


def labels(page):
    """(address, overdue, all) of each area of the map."""
    areas = re.findall(r'<a href="([^"]*)" aria-label="[^"]*逾期 ([\d,]+),[^"]*应落实 ([\d,]+)">', page)
    return [(unescape(href), overdue, whole) for href, overdue, whole in areas]


def test_without_outlines_there_are_equal_tiles_in_the_order_of_codes(log_in):
    page = log_in("county").get("/").content.decode()
    assert "不代表位置和大小" in page
    assert [TOWN in href for href, *_numbers in labels(page)] == [True, False]


def test_with_outlines_there_is_a_map_whose_origin_is_said(log_in, world):
    shape(TOWN, square(11_100_000, 3_500_000))
    shape(OTHER, square(11_120_000, 3_500_000))
    page = log_in("county").get("/").content.decode()
    assert "边界:测绘队,坐标系 CGCS2000" in page
    assert page.count('class="area on-') == 2


def test_the_numbers_of_the_map_are_those_of_the_page_that_each_area_leads_to(log_in, world):
    browser = log_in("county")
    for href, overdue, whole in labels(browser.get("/").content.decode()):
        page = browser.get(href).content.decode()
        assert re.search(r'class="stat">([\d,]+)', page)[1] == overdue
        below = re.search(r'id="below".*', page, re.S)[0]
        total = re.search(r'<tr class="total">.*?data-label="应落实">(.*?)</td>', below, re.S)[1]
        assert re.sub(r"<[^>]*>", "", total) == whole


def test_a_place_without_an_outline_is_named(log_in, world):
    shape(TOWN, square(11_100_000, 3_500_000))
    assert "没有边界的:南梁镇" in log_in("county").get("/").content.decode()


def test_neighbours_keep_their_common_border():
    left = Shape(place_id=TOWN, polygons=[[square(11_100_000, 3_500_000)]])
    right = Shape(place_id=OTHER, polygons=[[square(11_120_000, 3_500_000)]])
    project, height = maps._projection([left, right])
    one, other = (maps._outline(each, project) for each in (left, right))
    shared = set(one.rings[0]) & set(other.rings[0])
    assert len(shared) == 2
    assert 0 < height <= maps.MOST_TALL
    assert max(x for x, _y in other.rings[0]) <= maps.WIDTH - maps.MARGIN


def test_an_outline_too_small_to_draw_is_left_out():
    large = Shape(place_id=TOWN, polygons=[[square(11_100_000, 3_500_000, 500_000)]])
    project, _height = maps._projection([large])
    assert (
        maps._outline(Shape(place_id=OTHER, polygons=[[square(11_100_000, 3_500_000, 3)]]), project) is None
    )


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=3, max_size=12, unique=True))
def test_a_path_goes_through_every_point(ring):
    path = maps._path(ring)
    x, y = map(int, re.match(r"M(-?\d+) (-?\d+)", path).groups())
    walked = [(x, y)]
    for step in (
        path[path.index("l") + 1 : -1].split(" ")
        if False
        else re.findall(r"(-?\d+)[ ]?(-?\d+)", path[path.index("l") + 1 :])
    ):
        x, y = x + int(step[0]), y + int(step[1])
        walked.append((x, y))
    assert walked == ring


def test_a_label_lies_inside_a_bent_outline():
    bent = [(0, 0), (100, 0), (100, 100), (80, 100), (80, 20), (0, 20)]
    x, y, room = maps._label_point(bent)
    assert 80 <= x <= 100 or y <= 20
    assert room > 0


@pytest.mark.parametrize(
    ("counts", "look"),
    [
        (Counts(), "nothing"),
        (Counts(universe=5, met=5), "met"),
        (Counts(universe=5, open=5), "open"),
        (Counts(universe=19, overdue=19), "some"),
        (Counts(universe=1000, overdue=9), "some"),
        (Counts(universe=1000, overdue=10), "more"),
        (Counts(universe=1000, overdue=50), "most"),
    ],
)
def test_small_numbers_never_paint_a_place_red(counts, look):
    assert maps.look_of(counts) == look
