"""What is handed on: numbers and places, never a name; each time recorded."""

import json
import struct

import pytest

from bulou.command.board import differences, share
from bulou.command.tests.world import COUNTY, HOME
from bulou.kernel import pdf, seal
from bulou.kernel.models import AuditLine

pytestmark = pytest.mark.django_db
FORMS = {
    "/board.png": "image/png",
    "/board.pdf": "application/pdf",
    "/board.txt": "text/plain; charset=utf-8",
}


@pytest.fixture
def typeset(monkeypatch):
    """What the template is given, without the seconds that setting it takes."""
    given = []
    monkeypatch.setattr(pdf, "_compiled", lambda _template, data, **_how: given.append(data) or b"made")
    return given


def names(world):
    """Every name, number and phone of the people in the small county."""
    people = [seal.unseal(case.person.sealed) for cases in world.cases.values() for case in cases]
    return [value for person in people for value in person.values()] + [f"责任{n}" for n in range(5)]


@pytest.mark.parametrize("who", ["county", "colleague"])
@pytest.mark.parametrize("address", list(FORMS))
def test_it_is_given_to_whoever_sees_numbers_and_recorded(log_in, typeset, who, address):
    answer = log_in(who).get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, FORMS[address])
    assert "no-store" in answer["Cache-Control"]
    line = AuditLine.objects.order_by("-seq").first()
    assert (line.action, line.actor[:5]) == ("board.shared", "user:")
    assert line.detail["form"] in address.replace("txt", "text")


def test_nobody_is_named_even_for_who_may_see_persons(log_in, world, typeset):
    browser = log_in("county")
    browser.get(f"/board.pdf?place={HOME}")
    browser.get("/board.png")
    text = browser.get("/board.txt").content.decode()
    said = json.dumps(typeset, ensure_ascii=False) + text
    assert [name for name in names(world) if name in said] == []
    assert "翼城县" in said


def test_the_text_is_six_lines_with_the_numbers_of_the_board(log_in):
    lines = log_in("county").get("/board.txt").content.decode().splitlines()
    assert len(lines) == 6
    assert lines[0].startswith("【翼城县 2022-04-16 周六】")
    assert "应落实 90" in lines[1]
    assert lines[5].startswith("截至 2022-04-16 周六 14:00")


def test_the_document_says_place_time_maker_and_mark(log_in, typeset):
    log_in("county").get("/board.png")
    (given,) = typeset
    assert given["picture"] is True
    assert "14:00" in given["as_of"]
    assert given["watermark"] in f"{given['maker'].removeprefix('制表 ')} 2022-04-16 周六 14:00"
    assert [row["title"] for row in given["places"]] == ["唐兴镇", "南梁镇", "合计"]
    assert len(given["trend"]["points"]) == 15
    assert len(given["map"]["areas"]) == 2


@pytest.mark.slow
def test_the_picture_is_1080_pixels_wide_and_the_paper_a_pdf(log_in):
    browser = log_in("county")
    picture = browser.get("/board.png").content
    assert struct.unpack(">I", picture[16:20])[0] == share.PICTURE_WIDTH
    assert browser.get(f"/board.pdf?place={COUNTY}").content.startswith(b"%PDF")


@pytest.mark.parametrize(("more", "words"), [(5, "多 5"), (-1200, "少 1,200"), (0, "持平")])
def test_a_difference_is_said_in_words(more, words):
    assert differences.said(more) == words
