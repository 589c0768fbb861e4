"""The workbook of all defects: each is named, all other rows come in."""

from pathlib import Path

from bulou.sheets.problems import sentence
from bulou.sheets.tests.defects import FIRST, REFUSED, SECOND, write_defects
from bulou.sheets.tests.offices import check


def test_each_defect_is_named_once_and_nothing_else_is(tmp_path: Path) -> None:
    defects = write_defects(tmp_path / "residents.xlsx")
    _, problems = check(tmp_path / "residents.xlsx")
    found = sorted((p.sheet, p.row, p.column, p.action, p.code) for p in problems)
    assert found == sorted(tuple(d)[1:] for d in defects)
    assert len({d.what for d in defects}) == len(defects) >= 40


def test_every_row_without_a_refusal_comes_in(tmp_path: Path) -> None:
    defects = write_defects(tmp_path / "residents.xlsx")
    rows, _ = check(tmp_path / "residents.xlsx")
    on_first = [d for d in defects if d.sheet == FIRST]
    refused = [d for d in on_first if d.action == REFUSED]
    assert len(rows) == 1 + len(on_first) - len(refused) + 4
    assert {row[3] for row in rows} == {FIRST, SECOND}


def test_each_problem_has_a_sentence(tmp_path: Path) -> None:
    write_defects(tmp_path / "residents.xlsx")
    _, problems = check(tmp_path / "residents.xlsx")
    assert all(sentence(problem) for problem in problems)
