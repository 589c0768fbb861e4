"""Lists of arrivals whose names say nothing are told apart by their headers."""

from __future__ import annotations

import pytest

from bulou.arrivals.tests.layouts import LAYOUTS, big_data, railway, titled
from bulou.command.imports import uploads, work
from bulou.sheets import child
from bulou.sheets.checking import check_file
from bulou.sheets.columns import kind_named, kinds
from bulou.sheets.tests.offices import write


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Workbooks are read in this process."""
    monkeypatch.setattr(
        child, "checked", lambda kind, path, day, mends=None: check_file(path, kind, day, mends)
    )


def guessed(path):
    plain = path.rename(path.with_name(f"名单{path.suffix}"))
    ranks = {name: rank for rank, name in enumerate(uploads.ORDER)}
    among = sorted((kind for kind in kinds() if kind.apply), key=lambda kind: ranks.get(kind.name, 99))
    return work.guessed(plain, among)


@pytest.mark.parametrize("make", LAYOUTS, ids=[make.__name__ for make in LAYOUTS])
def test_a_list_is_of_the_kind_that_its_headers_say(make, tmp_path):
    layout = make(tmp_path)
    assert guessed(layout.path) == layout.kind


def test_a_list_of_leads_and_one_of_risk_areas_are_known_by_their_headers(tmp_path):
    leads = ["姓名", "身份证号", "联系电话", "来自何地", "到达时间", "下发单位", "时限(小时)"]
    areas = ["省", "市", "区县", "具体地区", "风险等级", "调整时间", "来源"]
    assert guessed(write(tmp_path / "a.xlsx", ("Sheet1", [leads, ["王某", *[""] * 6]]))) == "leads"
    assert guessed(write(tmp_path / "b.xlsx", ("Sheet1", [areas, ["上海市", *[""] * 6]]))) == "risk_areas"


@pytest.mark.parametrize(("make", "may"), [(titled, True), (railway, False), (big_data, False)])
def test_a_township_brings_in_its_own_canvass_only(make, may, tmp_path):
    kind = make(tmp_path).kind
    assert (kind_named(kind).name in uploads.LOCAL_KINDS) == may
