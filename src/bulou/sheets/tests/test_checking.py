"""Columns are checked in blocks: memory, whole-row checks and batches."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bulou.sheets import checking, reading
from bulou.sheets.checking import Batch, ColumnReader, check_file
from bulou.sheets.columns import Column, kind_named
from bulou.sheets.tests.offices import TODAY, check, identity, resident, residents, said, write
from bulou.sheets.values import Integer, Phone, Text

POSTS_HEADER = [column.title for column in kind_named("posts").columns]


def test_equal_cells_are_read_once_and_reported_each_time() -> None:
    calls = []

    class Counting(Integer):
        def read(self, raw: Any, today: Any) -> Any:
            calls.append(raw)
            return super().read(raw, today)

    reader = ColumnReader(Column("doses", "剂次", Counting()), TODAY)
    for _ in range(3):
        values, found = reader.read(["3针", "2", "3针", "", 2.0])
        assert values == [3, 2, 3, None, 2] and [index for index, _ in found] == [0, 2]
    assert sorted(map(str, calls)) == ["2", "2.0", "2.0", "2.0", "3针"]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "REMEMBERED", 3)
    reader = ColumnReader(Column("village", "村", Text()), TODAY)
    cells = [f"第{n}村" for n in range(10)]
    assert reader.read(cells) == (cells, [])
    assert len(reader._known) <= 3


def test_a_cell_that_cannot_be_read_refuses_its_row_only_where_it_is_required() -> None:
    optional = Column("phone", "手机号", Phone())
    found = ColumnReader(optional, TODAY).read(["12"])
    assert found[0] == [None] and found[1][0][1].action == "ignored"
    found = ColumnReader(replace(optional, required=True), TODAY).read(["12", ""])
    assert [(p.action, p.code) for _, p in found[1]] == [
        ("refused", "phone-length"),
        ("refused", "required-empty"),
    ]


def test_a_day_before_its_beginning_refuses_the_row(tmp_path: Path) -> None:
    good = ["网格员", "唐兴镇", "", "", "", "", "王某", "19900000001", "2022-04-01", "2022-04-30"]
    swapped = [*good[:8], "2022-04-30", "2022-04-01"]
    nameless = ["", *swapped[1:]]
    path = write(tmp_path / "p.xlsx", ("表", [POSTS_HEADER, good, swapped, nameless]))
    rows, problems = check(path, "posts")
    assert len(rows) == 1
    assert said(problems) == [
        (3, "截止日期", "refused", "dates-out-of-order"),
        (4, "岗位", "refused", "required-empty"),
    ]
    assert problems[0].value == "2022-04-01"


class Doubt:
    """A check that names each row and refuses none."""

    def __call__(
        self, columns: Mapping[str, Sequence[Any]]
    ) -> Iterator[tuple[int, str, str, str, dict[str, Any]]]:
        yield from (
            (index, "name", "ignored", "name-read", {"read": name})
            for index, name in enumerate(columns["name"])
        )


def test_a_whole_row_check_may_only_remark(tmp_path: Path) -> None:
    kind = replace(kind_named("residents"), checks=(Doubt(),))
    found = list(check_file(residents(tmp_path / "r.xlsx", resident()), kind, TODAY))
    assert [len(item.rows) for item in found if isinstance(item, Batch)] == [1]
    assert any(getattr(item, "code", "") == "name-read" for item in found)


def test_batches_are_full_before_they_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 4)
    monkeypatch.setattr(checking, "AT_ONCE", 4)
    path = residents(
        tmp_path / "r.xlsx", *(resident(n, 姓名="" if n % 3 == 0 else "王某") for n in range(1, 12))
    )
    batches = [item for item in check_file(path, kind_named("residents"), TODAY) if isinstance(item, Batch)]
    assert [len(batch.rows) for batch in batches] == [5, 3]
    assert [row for batch in batches for _, row in batch.refs] == [2, 3, 5, 6, 8, 9, 11, 12]
    assert [row[8] for batch in batches for row in batch.rows] == [
        identity(n) for n in (1, 2, 4, 5, 7, 8, 10, 11)
    ]


def test_a_repeated_cell_that_says_something_itself_is_reported_once(tmp_path: Path) -> None:
    rows = [resident(1, 疫苗剂次="3针"), resident(2, 疫苗剂次="同上")]
    _, problems = check(residents(tmp_path / "r.xlsx", *rows))
    assert [(p.row, p.value, p.code) for p in problems] == [
        (2, "3针", "number-read"),
        (3, "同上", "number-read"),
    ]
