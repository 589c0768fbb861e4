"""Outlines of places: what of a GeoJSON file is taken, and what is said of the rest."""

import json

import pytest

from bulou.kernel.models import AuditLine
from bulou.kernel.problems import BulouError
from bulou.places import shapes
from bulou.places.models import Place
from bulou.places.shape_model import Shape

pytestmark = pytest.mark.django_db
COUNTY, TOWN = "141022", "141022100"
SQUARE = [[111.0, 35.0], [111.1, 35.0], [111.1, 35.1], [111.0, 35.1], [111.0, 35.0]]


@pytest.fixture(autouse=True)
def places():
    Place.objects.create(code=COUNTY, level="county", name="翼城县", plain="翼城县")
    Place.objects.create(code=TOWN, level="township", name="唐兴镇", plain="唐兴镇", parent_id=COUNTY)


def feature(code=TOWN, rings=(SQUARE,), kind="Polygon"):
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": kind, "coordinates": list(rings)},
    }


@pytest.fixture
def bring(tmp_path):
    def bring(*features, name="county.geojson", **more):
        given = {"datum": "WGS84", "source": "测绘队", "as_of": "2022-01-01"} | more.pop("top", {})
        path = tmp_path / name
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **given}), "utf-8")
        return shapes.bring_in(path, by="test", **more)

    return bring


def test_an_outline_is_kept_in_whole_units_with_its_origin(bring):
    done = bring(feature())
    shape = Shape.objects.get(pk=TOWN)
    assert (done.new, done.refused) == (1, 0)
    assert shape.polygons == [
        [[[11100000, 3500000], [11110000, 3500000], [11110000, 3510000], [11100000, 3510000]]]
    ]
    assert (shape.datum, shape.source, shape.as_of.isoformat()) == ("WGS84", "测绘队", "2022-01-01")
    assert AuditLine.objects.get().action == "places.shapes_imported"


def test_the_same_file_again_changes_nothing(bring):
    bring(feature())
    before = shapes.version()
    again = bring(feature())
    assert (again.new, again.updated, again.unchanged) == (0, 0, 1)
    assert shapes.version() == before > 0


def test_another_outline_takes_the_place_of_the_first(bring):
    bring(feature())
    moved = [[x + 0.5, y] for x, y in SQUARE]
    assert bring(feature(rings=[moved])).updated == 1
    assert Shape.objects.get(pk=TOWN).polygons[0][0][0] == [11150000, 3500000]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (feature(code="999"), "没有编码"),
        (feature(rings=[SQUARE[:-1]]), "没有闭合"),
        (feature(rings=[[SQUARE[0], SQUARE[1], SQUARE[0]]]), "四个点"),
        (feature(rings=[[SQUARE[0], SQUARE[1], SQUARE[0], SQUARE[0]]]), "没有面积"),
        (feature(rings=[[[500, 1], [501, 1], [501, 2], [500, 1]]]), "不是经纬度"),
        (feature(rings=[[["a", 1], [1, 1], [1, 2], ["a", 1]]]), "不是数"),
        (feature(kind="Point"), "Polygon"),
        (feature(rings=[]), "没有坐标"),
        ({"type": "Feature"}, "没有编码"),
        ("x", "没有编码"),
    ],
)
def test_what_is_wrong_is_refused_alone_and_named(bring, wrong, why):
    done = bring(wrong, feature(code=COUNTY))
    assert (done.rows, done.new, done.refused) == (2, 1, 1)
    assert why in done.problems[0]
    assert "第 1 个要素" in done.problems[0]


def test_a_code_twice_is_refused_the_second_time(bring):
    assert (bring(feature(), feature()).new, Shape.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("top", "datum", "stated"),
    [
        ({"datum": "gcj02"}, "", "GCJ-02"),
        ({"datum": "", "crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}}, "", "CGCS2000"),
        ({"datum": "", "crs": {"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}}, "", "WGS84"),
        ({"datum": ""}, "CGCS2000", "CGCS2000"),
    ],
)
def test_the_datum_is_what_the_file_states_or_the_caller(bring, top, datum, stated):
    bring(feature(), top=top, datum=datum)
    assert Shape.objects.get().datum == stated


@pytest.mark.parametrize(
    ("top", "code"),
    [
        ({"datum": ""}, "shapes-without-datum"),
        ({"as_of": "gestern"}, "shapes-bad-date"),
        ({"features": 1}, "shapes-unreadable"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(bring, top, code):
    with pytest.raises(BulouError) as raised:
        bring(feature(), top=top)
    assert raised.value.kind.code == code
    assert not Shape.objects.exists()


def test_a_file_that_is_no_json_or_too_big_is_refused(tmp_path, monkeypatch, bring):
    path = tmp_path / "x.geojson"
    path.write_text("{", "utf-8")
    with pytest.raises(BulouError, match="GeoJSON"):
        shapes.bring_in(path, by="test")
    monkeypatch.setattr(shapes, "MOST_POINTS", 3)
    with pytest.raises(BulouError, match="太大"):
        bring(feature())
    monkeypatch.setattr(shapes, "MOST_BYTES", 3)
    with pytest.raises(BulouError, match="太大"):
        bring(feature())
    assert not Shape.objects.exists()
