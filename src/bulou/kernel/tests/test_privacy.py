from __future__ import annotations

import pytest
from django.core import checks
from django.db import models

from bulou.kernel import privacy
from bulou.kernel.models import EventKind


def faults(monkeypatch, classes) -> list[str]:
    monkeypatch.setattr(EventKind, "privacy", classes, raising=False)
    return [error.id for error in privacy.every_field_is_classed()]


def test_every_field_of_bulou_has_its_class():
    assert privacy.every_field_is_classed() == []
    assert EventKind in set(privacy.bulou_models())


def test_only_bulous_own_models_are_asked():
    assert {model.__module__.split(".")[0] for model in privacy.bulou_models()} == {"bulou"}


def test_the_build_runs_the_linter():
    assert privacy.every_field_is_classed in checks.registry.registry.registered_checks


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ({"id": privacy.Privacy.PUBLIC}, ["bulou.P001"]),
        ({}, ["bulou.P001", "bulou.P001"]),
        (
            {"id": privacy.Privacy.PUBLIC, "name": privacy.Privacy.PUBLIC, "nam": privacy.Privacy.DUTY},
            ["bulou.P002"],
        ),
        ({"id": privacy.Privacy.PUBLIC, "name": "public"}, ["bulou.P003"]),
    ],
)
def test_an_unclassed_field_fails_the_build(monkeypatch, classes, expected):
    assert faults(monkeypatch, classes) == expected


def test_a_model_that_says_nothing_fails_the_build():
    class Silent(models.Model):
        class Meta:
            app_label = "kernel"
            managed = False

    try:
        assert [error.id for error in privacy._errors(Silent)] == ["bulou.P001"]
    finally:
        from django.apps import apps

        del apps.all_models["kernel"]["silent"]
        apps.clear_cache()
