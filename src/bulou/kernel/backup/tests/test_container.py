"""The backup file refuses whatever is not exactly what was written."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulou.kernel import keyring
from bulou.kernel.backup.container import MAGIC, Reader, Writer
from bulou.kernel.problems import BulouError

FIRST, DAY = "made:2022-04-16", "due:2022-05-16"
RING = replace(keyring.new_ring(), periods={FIRST: b"1" * 32, DAY: b"2" * 32})
PAGES = [(DAY, b"over soon"), (FIRST, b"everybody"), (FIRST, b"many more"), (DAY, b"over, too")]


def written(pages=PAGES) -> bytes:
    out = io.BytesIO()
    writer = Writer(out, RING, {"county": "141022"}, FIRST)
    for period, content in pages:
        writer.write(period, content)
    writer.end({"rows": len(pages)})
    return out.getvalue()


FILE = written()


def read(raw: bytes, ring=RING) -> Reader:
    reader = Reader(io.BytesIO(raw), ring)
    reader.pages = list(reader.contents())
    return reader


def refused(raw: bytes, ring=RING) -> str:
    with pytest.raises(BulouError) as refusal:
        read(raw, ring)
    return refusal.value.code


@given(st.lists(st.tuples(st.sampled_from([FIRST, DAY]), st.binary(max_size=300)), max_size=8))
def test_what_is_written_is_read(pages):
    reader = read(written(pages))
    assert reader.pages == [content for _period, content in pages]
    assert (reader.manifest, reader.erased, reader.header["county"]) == (
        {"rows": len(pages)},
        set(),
        "141022",
    )


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_any_changed_byte_is_found(place, change):
    raw = bytearray(FILE)
    raw[place] ^= change
    assert refused(bytes(raw)) in {"backup-damaged", "backup-cut-off", "not-a-backup"}


@given(st.integers(len(MAGIC), len(FILE) - 1))
def test_a_file_that_was_cut_off_is_found_wherever_it_was(length):
    assert refused(FILE[:length]) == "backup-cut-off"


@given(st.binary(min_size=1, max_size=50))
def test_nothing_may_follow_the_end(more):
    assert refused(FILE + more) == "backup-damaged"


def test_pages_of_two_files_do_not_mix():
    other, start = written(), len(MAGIC) + 4 + int.from_bytes(FILE[8:12], "big") + 32
    assert refused(FILE[:start] + other[start:]) == "backup-damaged"


def test_a_page_that_was_left_out_is_found():
    import struct

    at = len(MAGIC) + 4 + int.from_bytes(FILE[8:12], "big") + 32
    frames = []
    while at < len(FILE):
        length = struct.unpack(">BI", FILE[at : at + 5])[1] + 5
        frames.append((at, length))
        at += length
    for at, length in frames:
        assert refused(FILE[:at] + FILE[at + length :]) in {"backup-damaged", "backup-cut-off"}


def test_it_says_nothing_without_its_keys():
    assert all(content not in FILE for _period, content in PAGES)
    assert refused(FILE, replace(keyring.new_ring(), periods=RING.periods)) == "backup-other-keys"


def test_a_destroyed_day_is_gone_and_the_rest_reads():
    reader = read(FILE, replace(RING, periods={FIRST: RING.periods[FIRST]}))
    assert (reader.pages, reader.erased) == ([b"everybody", b"many more"], {DAY})


def test_a_backup_whose_own_day_is_over_opens_no_more():
    assert refused(FILE, replace(RING, periods={DAY: RING.periods[DAY]})) == "backup-expired"


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04 a workbook", b"SQLite format 3\x00"])
def test_another_file_is_no_backup(raw):
    assert refused(raw) == "not-a-backup"
