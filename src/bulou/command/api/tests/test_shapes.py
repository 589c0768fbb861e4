"""The shapes of the API: two that have one name would be one in its schema, and one of them wrong."""

from __future__ import annotations

from collections import Counter

from ninja import Schema

from bulou.command.api import server  # noqa: F401  all endpoints are known


def shapes(of: type[Schema] = Schema) -> set[type[Schema]]:
    """Every shape of ours, however far down."""
    below = {one for one in of.__subclasses__() if one.__module__.startswith("bulou.command.api")}
    return below | {deeper for one in below for deeper in shapes(one)}


def test_each_shape_has_a_name_of_its_own():
    names = Counter(one.__name__ for one in shapes())
    assert len(names) > 100
    assert [name for name, count in names.items() if count > 1] == []
