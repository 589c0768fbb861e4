"""The made-up map: it tiles the county, is the same for the same seed, and Bulou takes it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from bulou.drill import boundaries
from bulou.drill.divisions import COUNTY, townships, villages

DAY = date(2022, 4, 16)


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list]:
    path = boundaries.write_boundaries(tmp_path_factory.mktemp("map"), "bulou", DAY)
    found = json.loads(path.read_text("utf-8"))["features"]
    return {one["properties"]["code"]: one["geometry"]["coordinates"] for one in found}


def area(parts: list) -> float:
    return sum(boundaries._area(ring) for part in parts for ring in part)


def test_every_township_and_village_has_an_outline(features: dict[str, list]) -> None:
    assert set(features) == {COUNTY, *townships(), *villages()}
    assert all(ring[0] == ring[-1] for parts in features.values() for part in parts for ring in part)


def test_villages_tile_their_township_and_townships_the_county(features: dict[str, list]) -> None:
    for above in (COUNTY, *townships()):
        below = townships() if above == COUNTY else [code for code in villages() if code.startswith(above)]
        assert sum(area(features[code]) for code in below) == pytest.approx(area(features[above]))


def test_neighbours_share_every_point_of_their_border(features: dict[str, list]) -> None:
    edges = Counter(
        frozenset((tuple(a), tuple(b)))
        for code in villages()
        for part in features[code]
        for ring in part
        for a, b in pairwise(ring)
    )
    outer = {
        frozenset((tuple(a), tuple(b)))
        for part in features[COUNTY]
        for ring in part
        for a, b in pairwise(ring)
    }
    assert {edge for edge, times in edges.items() if times == 1} == outer
    assert max(edges.values()) == 2


def test_the_same_seed_makes_the_same_map_and_another_does_not(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    first, again = (boundaries.write_boundaries(tmp_path / name, "bulou", DAY) for name in ("a", "b"))
    other = boundaries.write_boundaries(tmp_path / "c", "other", DAY)
    assert first.read_bytes() == again.read_bytes() != other.read_bytes()


@pytest.mark.django_db
def test_bulou_takes_the_map(tmp_path: Path) -> None:
    from bulou.places import divisions, shapes

    divisions.load(COUNTY)
    boundaries.write_boundaries(tmp_path, "bulou", DAY)
    (brought,) = shapes.bring_in_folder(tmp_path, by="test")
    assert (brought.new, brought.refused) == (1 + len(townships()) + len(villages()), 0)
