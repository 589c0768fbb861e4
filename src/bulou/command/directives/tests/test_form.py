"""The form of a directive's values: what a kind declares is what is asked for, and comes back the same."""

import pytest
from django.http import QueryDict

from bulou.arrivals.obligations import Decide
from bulou.command.directives import form, orders
from bulou.obligations.kinds import KINDS


def filled(kind, values):
    """The form as a browser sends it, holding these values."""
    data = QueryDict(mutable=True)
    for control in form.controls(kind, values, {}):
        if control.widget == "table":
            for line in control.rows:
                for column, cell in line:
                    data.appendlist(f"{control.name}-{column.name}", str(cell))
        elif control.widget == "windows":
            for line in control.value:
                for part, cell in zip(("name", "opens", "due"), line, strict=True):
                    data.appendlist(f"{control.name}-{part}", cell)
        elif control.widget == "boxes":
            data.setlist(control.name, control.value)
        else:
            data[control.name] = str(control.value if control.value is not None else "")
    return data


def whole(kind):
    """The values that a kind starts from, each of them named."""
    return orders.full(kind, kind.default)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_what_the_form_shows_is_what_it_reads(kind):
    values, errors = form.read(kind, filled(kind, whole(kind)))
    assert not errors
    assert kind.Params.read(kind.name, values) == kind.Params.read(kind.name, kind.default)


def test_a_word_where_a_line_wants_a_number_is_named_and_kept():
    data = filled(Decide(), whole(Decide()))
    days = data.getlist("rules-days")
    data.setlist("rules-days", ["十四", *days[1:]])
    values, errors = form.read(Decide(), data)
    assert "rules" in errors
    assert values["rules"][0]["days"] == "十四"


def test_a_line_without_its_name_is_left_out():
    data = filled(Decide(), whole(Decide()))
    data.setlist("rules-label", ["", *data.getlist("rules-label")[1:]])
    values, _errors = form.read(Decide(), data)
    assert values["rules"][0]["exposure"] == "medium"


def test_lines_are_said_in_words():
    (rules,) = [field for field in form.fields(Decide.Params) if field.name == "rules"]
    assert "高风险地区 14+7 集中隔离 天数 14天 第几天检测 1、3、5" in form.shown(
        Decide(), rules, Decide.default["rules"]
    )
