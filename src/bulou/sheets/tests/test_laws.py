"""Laws of reading: no cell and no file makes it raise; what was read and written is read literally."""

import re
import zipfile
from datetime import date, datetime, time, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulou.sheets import cells
from bulou.sheets.checking import check_file
from bulou.sheets.columns import Column, kind_named, kinds
from bulou.sheets.kinds.residents import PRESENCE
from bulou.sheets.opening import Unreadable
from bulou.sheets.problems import SHEET_PROBLEMS
from bulou.sheets.tests.offices import TODAY, identity, resident, residents
from bulou.sheets.values import Date, IdentityNumber, Name, NamePhone, Phone, Temperature, TimeOfDay

COLUMNS = [
    *{column.parse: column for kind in kinds() for column in kind.columns}.values(),
    Column("pair", "x", NamePhone()),
    Column("temperature", "x", Temperature()),
    Column("time", "x", TimeOfDay()),
]
SIGNS = "0123456789xX.-/:年月日时点分号上下午早晚 　＇'\"〃王某同无，、（）()+E℃１２:T\n\u200b"
CELLS = st.one_of(
    st.text(SIGNS, max_size=24),
    st.text(max_size=30),
    st.sampled_from([float("nan"), float("inf"), -0.0, 1e15, 4.1]),
    st.floats(),
    st.integers(-(10**20), 10**20).map(float),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(timedelta(0), timedelta(10)),
    st.dates(date(1900, 1, 1), TODAY).map(lambda d: identity(1, f"{d:%Y%m%d}")),
)


MANY = st.lists(CELLS, min_size=1, max_size=20)


@given(MANY, st.dates())
def test_no_cell_makes_a_parser_raise(many: list[Any], today: date) -> None:
    for column, cell in product(COLUMNS, many):
        parsed = column.parse(cell, today)
        assert parsed.action in {"", "repaired", "refused", "ignored"}
        assert bool(parsed.action) == bool(parsed.code)
        if parsed.code:
            params = {"value": cells.shown(cell), "column": column.title, **(parsed.params or {})}
            assert SHEET_PROBLEMS[parsed.code].say(**params)


@given(MANY)
def test_what_was_read_and_written_is_read_literally(many: list[Any]) -> None:
    for column, cell in product(COLUMNS, many):
        parsed = column.parse(cell, TODAY)
        if parsed.action == "refused" or parsed.code in {"name-without-phone", "door-seal-not-a-measure"}:
            continue
        again = column.parse(column.parse.write(parsed.value), TODAY)
        assert (again.value, again.action) == (parsed.value, ""), (column, cell)


@given(st.lists(st.one_of(CELLS, st.just(identity()), st.just("19900000001"), st.just("王某")), max_size=8))
def test_the_quick_reading_agrees_with_the_slow_one(row: list[Any]) -> None:
    for parser in (IdentityNumber(), Phone(), Name()):
        for cell, value in zip(row, parser.quickly(row, TODAY), strict=True):
            if value is not cells.MISS:
                assert parser(cell, TODAY) == (value, "", "", None)


@given(st.dates(date(1900, 1, 1), date(2024, 4, 1)))
def test_every_way_to_write_a_date_is_that_date(day: date) -> None:
    year, month, number = day.year, day.month, day.day
    for text in (
        f"{year}.{month}.{number}",
        f"{year}/{month:02}/{number:02}",
        f"{year}年{month}月{number}日",
        f"{year}年{month}月{number}号",
        f"{day:%Y%m%d}",
        f" {day.isoformat()} ",
        f"{day.isoformat()} 00:00:00",
    ):
        assert Date()(text, TODAY).value == day


@given(st.dates(TODAY - timedelta(180), TODAY + timedelta(180)))
def test_a_missing_year_is_the_nearest(day: date) -> None:
    assert Date()(f"{day.month}.{day.day}", TODAY).value == day
    assert Date()(f"{day.month}月{day.day}日", TODAY).value == day


@given(st.times())
def test_a_time_is_read_as_it_is_written(at: time) -> None:
    plain = at.replace(microsecond=0)
    assert TimeOfDay()(plain.isoformat(), TODAY).value == plain
    assert TimeOfDay()(f"{plain.hour}点{plain.minute}分", TODAY).value == plain.replace(second=0)
    both = datetime.combine(TODAY, plain)
    assert TimeOfDay()(both.isoformat(" "), TODAY).value == both


@given(st.integers(0, 999), st.dates(date(1900, 1, 1), TODAY), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_of_an_identity_number_is_found(number: int, born: date, place: int, by: int) -> None:
    right = identity(number, f"{born:%Y%m%d}")
    assert IdentityNumber()(right, TODAY).value == right
    digit = right[place]
    wrong = right[:place] + str((int(digit) + by) % 10 if digit.isdigit() else by) + right[place + 1 :]
    assert IdentityNumber()(wrong, TODAY).action == "refused"


@given(st.binary(max_size=200), st.sampled_from([".xlsx", ".xls", ".csv"]))
def test_no_bytes_make_reading_raise(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, ending: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"random{ending}"
    path.write_bytes(content)
    _read(path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "whole.xlsx"
    return residents(path, *(resident(n) for n in range(3))).read_bytes()


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 255))
def test_no_broken_workbook_makes_reading_raise(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, kept: float, place: float, flip: int
) -> None:
    broken = bytearray(whole[: 1 + int(kept * (len(whole) - 1))])
    broken[int(place * (len(broken) - 1))] ^= flip
    path = tmp_path_factory.getbasetemp() / "broken.xlsx"
    path.write_bytes(bytes(broken))
    _read(path)


def _read(path: Path) -> None:
    try:
        list(check_file(path, kind_named("residents"), TODAY))
    except Unreadable as error:
        assert SHEET_PROBLEMS[error.code]


def test_each_code_that_is_given_anywhere_has_its_sentence() -> None:
    source = "".join(path.read_text() for path in Path(cells.__file__).parent.glob("*.py"))
    given_codes = set(re.findall(r'(?:refused|repaired|Unreadable)\([^"()]*"([a-z0-9]+-[a-z0-9-]+)"', source))
    assert given_codes and given_codes <= SHEET_PROBLEMS.keys()
    assert PRESENCE.titles() == "在家、外出、租住"


def test_a_workbook_whose_list_of_sheets_is_damaged_has_no_hidden_rows(tmp_path: Path) -> None:
    path = residents(tmp_path / "r.xlsx", resident())
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(tmp_path / "d.xlsx", "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(
                name, content.replace(b"r:id=", b"q:id=") if name == "xl/workbook.xml" else content
            )
    _read(tmp_path / "d.xlsx")
