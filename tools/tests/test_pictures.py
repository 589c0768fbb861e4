"""The pictures' list comes from the URL conf: a page that nobody pictured is named."""

import pytest
from django.http import HttpResponse
from django.urls import resolve
from tools.pictures import album
from tools.pictures.camera import LOOKS, no_page
from tools.pictures.shots import pages

PAGE = b"<!doctype html><title>page</title>"


def test_every_route_has_an_address_that_leads_to_it():
    found = {one.name: resolve(album.stand_in(one.route)).url_name for one in pages()}
    assert found == {one.name: one.name for one in pages()}


@pytest.mark.parametrize(("answer", "left"), [(HttpResponse(PAGE), 1), (HttpResponse(status=405), 0)])
def test_a_page_that_nobody_pictured_is_counted_and_one_that_takes_forms_alone_is_not(
    monkeypatch, capsys, answer, left
):
    monkeypatch.setattr(album, "asked", lambda _shot, _language: answer)
    made = album.Album(names={one.name for one in pages()} - {"board"})
    assert album.report(made, everything=True) == left
    assert "no picture of board" in capsys.readouterr().out


def test_what_is_no_page_says_why():
    assert no_page(HttpResponse(PAGE)) == ""
    assert no_page(HttpResponse(b"<p>part", status=200)).startswith("answers a part")
    assert no_page(HttpResponse(status=302, headers={"Location": "/login"})) == "leads to /login"
    assert "pdf" in no_page(HttpResponse(b"", content_type="application/pdf"))


def test_the_looks_are_both_widths_languages_and_themes():
    assert len(set(map(str, LOOKS))) == 8


def test_the_index_holds_every_picture(tmp_path):
    made = album.Album(taken={"board": ["board-360-en-dark.png"]})
    album.write_index(made, tmp_path)
    assert "board-360-en-dark.png" in (tmp_path / "index.html").read_text(encoding="utf-8")
