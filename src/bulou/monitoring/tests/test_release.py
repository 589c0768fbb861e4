"""The release note: what its code says, that it can be verified offline, that nothing else can be."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from bulou.kernel import clock, pdf, seal
from bulou.kernel.problems import BulouError
from bulou.monitoring import release
from bulou.monitoring.models import Case
from bulou.monitoring.tests.build import VILLAGE, at, case, person
from bulou.places.models import Place

OFFICE = "翼城县疫情防控指挥部"


def freed() -> Case:
    Place.objects.get_or_create(
        code=VILLAGE, defaults={"level": "village", "name": "文昌社区", "plain": "文昌"}
    )
    somebody = person()
    somebody.sealed = seal.seal({"name": "王晓明", "id": "141099199001010010", "phone": "19900000001"})
    somebody.save()
    return case(person=somebody, ended_at=at("22 09:00"), end_reason="released")


@pytest.mark.django_db
def test_the_code_says_who_was_released_and_by_whom_and_can_be_verified():
    note = release.verify(release.sign(release.note_of(freed(), OFFICE)), release.public_key())
    assert (note.number, note.name, note.office) == ("JK22-000001", "王**", OFFICE)
    assert (str(note.first_day), str(note.last_day), str(note.free_on)) == (
        "2022-04-09",
        "2022-04-22",
        "2022-04-22",
    )


@pytest.mark.django_db
def test_the_code_holds_no_name_number_phone_or_address():
    text = release.sign(release.note_of(freed(), OFFICE))
    for canary in ("王晓明", "晓明", "141099199001010010", "19900101", "19900000001", "文昌"):
        assert canary not in text


@pytest.mark.django_db
def test_a_changed_note_or_another_county_s_key_is_not_genuine():
    text = release.sign(release.note_of(freed(), OFFICE))
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    for forged, key in (
        (text.replace("2022-04-22", "2022-04-12"), release.public_key()),
        (text.replace("JK22-000001", "JK22-000002"), release.public_key()),
        (text, stranger),
        (text[:-4], release.public_key()),
    ):
        with pytest.raises(BulouError) as refused:
            release.verify(forged, key)
        assert refused.value.code == "paper-not-genuine"


@given(st.text())
def test_whatever_else_is_scanned_is_answered_in_words(text: str):
    with pytest.raises(BulouError) as refused:
        release.verify(text, bytes(32))
    assert refused.value.code in {"paper-unreadable", "paper-not-genuine"}


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["died", "hospital", ""])
def test_no_note_before_somebody_is_free(reason: str):
    one = case(ended_at=at("16") if reason else None, end_reason=reason)
    with clock.at(at("20")), pytest.raises(BulouError) as refused:
        release.note_of(one, OFFICE)
    assert refused.value.code == "not-free-yet"


@pytest.mark.django_db
def test_when_nobody_acted_the_note_says_that_the_term_is_over():
    with clock.at(at("23")):
        note = release.note_of(case(), OFFICE)
    assert (note.how, str(note.free_on)) == ("lapsed", "2022-04-23")


@pytest.mark.django_db
def test_the_paper_can_be_read_in_both_languages(tmp_path: Path):
    one = freed()
    with clock.at(at("22 10:00")):
        out = release.make_pdf(one, office=OFFICE, by="user:1")
    assert out.startswith(b"%PDF")
    (tmp_path / "note.pdf").write_bytes(out)
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "note.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    for words in ("解除居家健康监测通知", "王晓明", "JK22-000001", "2022-04-22", OFFICE, "Case number"):
        assert words in text
    assert "141099199001010010" not in text
    assert text.count("\f") == 1


def test_without_a_chinese_font_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf, "SANS", ("No Such Family",))
    with pytest.raises(BulouError, match="make setup"):
        pdf.font_of(pdf.SANS)
