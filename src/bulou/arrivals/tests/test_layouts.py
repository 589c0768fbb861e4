"""Lists of arrivals as offices make them: every good row comes in, every other one says what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bulou.arrivals.models import Journey, Source, Visit
from bulou.arrivals.sheet_columns import HOME_TOWNSHIP, HOME_VILLAGE
from bulou.arrivals.tests import build, layouts
from bulou.arrivals.tests.build import minutes
from bulou.arrivals.tests.layouts import LAYOUTS, Layout
from bulou.kernel import clock, seal
from bulou.obligations import directives
from bulou.places import divisions
from bulou.sheets import child
from bulou.sheets.checking import check_file
from bulou.sheets.columns import kind_of_file
from bulou.sheets.importing import import_file
from bulou.sheets.problems import sentence

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def county(monkeypatch):
    """The county with its divisions; workbooks are read in this process."""
    divisions.load(build.COUNTY)
    directives.start_defaults(build.COUNTY)
    monkeypatch.setattr(
        child, "checked", lambda kind, path, day, mends=None: check_file(path, kind, day, mends)
    )
    with clock.at(minutes(0)):
        yield


def bring_in(layout: Layout):
    return import_file(layout.kind, layout.path, by="user:1")


@pytest.mark.parametrize("make", LAYOUTS, ids=[make.__name__ for make in LAYOUTS])
def test_every_good_row_comes_in_and_every_other_is_told(make, tmp_path):
    layout = make(tmp_path)
    report = bring_in(layout)
    refused = {(one.row, one.column, one.code) for one in report.problems if one.action == "refused"}
    assert refused == set(layout.refused)
    assert (report.new, report.refused) == (layout.new, len(layout.refused))
    assert Journey.objects.count() == layout.new
    assert set(layout.told) <= {one.code for one in report.problems}


@pytest.mark.parametrize("make", LAYOUTS, ids=[make.__name__ for make in LAYOUTS])
def test_the_same_file_again_changes_nothing(make, tmp_path):
    layout = make(tmp_path)
    bring_in(layout)
    before = (Journey.objects.count(), Source.objects.count(), Visit.objects.count())
    report = bring_in(layout)
    assert (report.new, report.updated, report.refused) == (0, 0, len(layout.refused))
    assert (Journey.objects.count(), Source.objects.count(), Visit.objects.count()) == before


def test_every_sentence_says_where_and_what_to_do(tmp_path):
    for make in LAYOUTS:
        folder = tmp_path / make.__name__
        folder.mkdir()
        for one in bring_in(make(folder)).problems:
            said = sentence(one)
            assert "{" not in said
            assert one.action != "refused" or any(word in said for word in ("请", "应", "最接近"))


@pytest.mark.parametrize(
    ("make", "place", "visited", "way"),
    [
        (layouts.titled, "141022100003", {"310115"}, "train"),
        (layouts.gbk, "141022101220", {"440305"}, "plane"),
        (layouts.sheet_per_village, "141022100003", {"120116"}, "coach"),
        (layouts.railway, "141022", {"3101"}, "train"),
        (layouts.big_data, "141022100003", {"310115", "320505"}, "other"),
        (layouts.long_form, "141022101220", {"310115132"}, "plane"),
    ],
)
def test_where_people_were_and_where_they_will_live_is_read(make, place, visited, way, tmp_path):
    bring_in(make(tmp_path))
    village = {code[:12] for code in Journey.objects.values_list("place", flat=True)}
    assert village == {place}
    assert {seal.unseal(visit.sealed)["code"] for visit in Visit.objects.all()} == visited
    assert set(Journey.objects.values_list("way", flat=True)) == {way}


def test_what_somebody_cannot_go_without_is_known_and_who_travels_together(tmp_path):
    bring_in(layouts.long_form(tmp_path))
    found = Journey.objects.order_by("pk").values_list("wheelchair", "infant", "single_room")
    assert list(found) == [(True, False, True), (False, True, True), (False, False, True)]
    assert Journey.objects.values("party").distinct().count() == 1


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("返乡人员摸排台账-唐兴镇.xlsx", "arrivals"),
        ("铁路推送0409.xlsx", "arrivals_railway"),
        ("大数据推送(4.9).xlsx", "arrivals_big_data"),
    ],
)
def test_the_name_of_a_file_tells_whose_list_it_is(file, kind):
    found = kind_of_file(Path(file).name)
    assert found is not None
    assert found.name == kind


@pytest.mark.parametrize(
    ("name", "stands"),
    [
        ("唐兴镇", True),
        ("南唐乡", True),
        ("各乡镇", False),
        ("人员返乡", False),
        ("全部返乡", False),
        ("Sheet1", False),
    ],
)
def test_the_name_of_a_sheet_stands_for_a_township_only_when_it_is_one(name, stands):
    assert (re.fullmatch(HOME_TOWNSHIP.sheet_name, name) is not None) == stands


@pytest.mark.parametrize(
    ("name", "stands"), [("文昌社区", True), ("庄里村", True), ("所有村", False), ("各村", False)]
)
def test_the_name_of_a_sheet_stands_for_a_village_only_when_it_is_one(name, stands):
    assert (re.fullmatch(HOME_VILLAGE.sheet_name, name) is not None) == stands
