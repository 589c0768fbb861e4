"""The county folder: the same from the same seed, nobody's numbers, and what was promised in it."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path
from unicodedata import normalize

import pytest
from python_calamine import CalamineWorkbook
from stdnum.cn import ric

from bulou.drill.county import Summary, make_county
from bulou.drill.divisions import OUR_COMMUNITY, townships, villages
from bulou.drill.layout import COMPOUND, SCATTERED, lay_out, scales
from bulou.drill.mess import SLIPS, typo_twin
from bulou.drill.record import load

DAY = date(2022, 4, 16)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return make_county(tmp_path_factory.mktemp("county"), "tiny", DAY)


def cells(folder: Path) -> dict[str, list]:
    """Every cell of every workbook of a folder."""
    found = {}
    for path in sorted(set(folder.iterdir()) - set(folder.glob("*.geojson"))):
        book = CalamineWorkbook.from_path(str(path))
        found[path.name] = [(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]
    return found


def text_cells(folder: Path) -> list[str]:
    sheets = (rows for book in cells(folder).values() for _, rows in book)
    return [cell for rows in sheets for row in rows for cell in row if isinstance(cell, str)]


def test_same_seed_makes_the_same_cells_and_another_seed_does_not(tiny: Summary, tmp_path: Path) -> None:
    again = make_county(tmp_path / "again", "tiny", DAY)
    other = make_county(tmp_path / "other", "tiny", DAY, seed="other")
    assert cells(again.folder) == cells(tiny.folder)
    assert again.planted == tiny.planted
    assert cells(other.folder) != cells(tiny.folder)


def test_every_identity_number_is_of_the_unassigned_division(tiny: Summary) -> None:
    written = [re.sub(r"[\s']", "", normalize("NFKC", text)) for text in text_cells(tiny.folder)]
    identities = [text for text in written if re.fullmatch(r"\d{17}[\dXx]", text)]
    identities = [text for text in identities if not text.startswith("11141099")]
    assert len(identities) > 350
    assert {text[:6] for text in identities} == {"141099"}


def test_every_phone_is_of_the_unassigned_block(tiny: Summary) -> None:
    phones = [
        phone for text in text_cells(tiny.folder) for phone in re.findall(r"(?<!\d)1\d{10}(?!\d)", text)
    ]
    assert phones and {phone[:5] for phone in phones} == {"19900"}


def test_cases_have_valid_numbers_that_differ(tiny: Summary) -> None:
    identities = [case.identity for case in tiny.cases]
    assert all(ric.calc_check_digit(number) == number[-1] for number in identities)
    assert len(set(identities)) == len(identities)


def test_six_are_monitored_in_the_tiny_county_and_one_stay_ends_today(tiny: Summary) -> None:
    assert len(tiny.county.active(DAY)) == 6
    assert any(case.end == DAY for case in tiny.cases)
    assert any(case.end < DAY for case in tiny.cases)


def test_every_slip_is_planted_and_can_be_found_where_the_summary_says(tiny: Summary) -> None:
    assert {slip.what for slip in SLIPS} <= set(tiny.planted)
    book = CalamineWorkbook.from_path(str(tiny.folder / "residents-中卫乡辛庄村.xlsx"))
    plant = next(p for p in tiny.plants if p.what == "id as number" and p.file.startswith("residents-"))
    row = book.get_sheet_by_name(plant.sheet).to_python(skip_empty_area=False)[plant.row - 1]
    assert any(isinstance(cell, float) and cell > 1.4e17 for cell in row)


def test_rows_counted_are_rows_written(tiny: Summary) -> None:
    book = CalamineWorkbook.from_path(str(tiny.folder / "places-中卫乡.xlsx"))
    assert len(book.get_sheet_by_index(0).to_python()) - 1 == tiny.rows["places"]


def test_one_book_comes_twice_under_two_names(tiny: Summary) -> None:
    (copy,) = tiny.copies
    original = tiny.folder / copy.replace("(2)", "")
    assert (tiny.folder / copy).read_bytes() == original.read_bytes()


def test_record_comes_back_as_it_was_kept(tiny: Summary, tmp_path: Path) -> None:
    tiny.county.save(tmp_path / "county.json")
    assert load(tmp_path / "county.json") == tiny.county


def test_divisions_are_nine_townships_and_160_villages() -> None:
    assert len(townships()) == 9
    assert len(villages()) == 160
    assert villages()[OUR_COMMUNITY].name == "文昌社区"


def test_community_and_county_have_the_sizes_promised() -> None:
    ours = [a for a in lay_out(scales()["community"], "bulou") if a.village.code == OUR_COMMUNITY]
    kinds = Counter(area.kind for area in ours)
    assert (kinds[COMPOUND], kinds[SCATTERED], sum(len(a.doors) for a in ours)) == (40, 16, 9200)
    whole = lay_out(scales()["county"], "bulou")
    assert sum(area.kind == COMPOUND for area in whole) == 159
    assert 92_000 < sum(len(area.doors) for area in whole) < 98_000


def test_typo_twin_has_a_valid_check_digit_and_another_serial() -> None:
    twin = typo_twin("141099197207250011")
    assert ric.calc_check_digit(twin) == twin[-1]
    assert twin[:14] == "14109919720725" and twin != "141099197207250011"
