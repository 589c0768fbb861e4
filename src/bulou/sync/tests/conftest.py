"""A small register of cases, and nobody who hears, so that intake is tested by itself."""

from __future__ import annotations

from collections import defaultdict

import pytest


@pytest.fixture(autouse=True)
def cases(monkeypatch):
    from bulou.facts import hearers
    from bulou.facts.subjects import SUBJECTS, SubjectType
    from bulou.sync.tests import support

    monkeypatch.setitem(SUBJECTS, "case", SubjectType("case", support.find, lambda ids: {}))
    monkeypatch.setattr(hearers, "_hearers", defaultdict(list))
    monkeypatch.setattr(hearers, "_after", [])
    monkeypatch.setattr(hearers, "_unknown", [])


@pytest.fixture
def village(db):
    from bulou.places.models import Level, Place
    from bulou.sync.tests.support import OTHER_VILLAGE, VILLAGE

    county = Place.objects.create(code="141022", level=Level.COUNTY, name="翼城县", plain="翼城")
    town = Place.objects.create(
        code="141022100", level=Level.TOWNSHIP, name="唐兴镇", plain="唐兴", parent=county
    )
    for code in (VILLAGE, OTHER_VILLAGE):
        Place.objects.create(code=code, level=Level.VILLAGE, name=code, plain=code, parent=town)
    return VILLAGE


@pytest.fixture
def post(village):
    from bulou.places.models import Post

    return Post.objects.create(role="网格员", place=village)
