from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulou.kernel import keyring, seal
from bulou.kernel.problems import BulouError

contents = st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers() | st.none(), max_size=4)


@pytest.fixture
def key_file(tmp_path, settings):
    settings.BULOU_KEY_FILE = tmp_path / "keys" / "county.json"
    return settings.BULOU_KEY_FILE


@given(contents)
def test_what_is_sealed_opens_again(content):
    assert seal.unseal(seal.seal(content)) == content
    assert seal.unseal(memoryview(seal.seal(content))) == content


def test_nothing_sealed_is_nothing():
    assert seal.unseal(None) == seal.unseal(b"") == {}


def test_the_same_content_never_looks_the_same():
    assert len({seal.seal({"name": "李桂兰"}) for _ in range(100)}) == 100


@given(contents, st.integers(0), st.integers(1, 255))
def test_any_changed_byte_is_found(content, place, change):
    sealed = bytearray(seal.seal(content))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(BulouError) as refusal:
        seal.unseal(bytes(sealed))
    assert refusal.value.code == "seal-broken"


@given(st.integers(1, 40))
def test_a_cut_off_seal_is_found(length):
    sealed = seal.seal({"name": "李桂兰"})
    with pytest.raises(BulouError) as refusal:
        seal.unseal(sealed[: min(length, len(sealed) - 1)])
    assert refusal.value.code == "seal-broken"


def test_another_countys_key_opens_nothing(key_file):
    sealed = seal.seal({"name": "李桂兰"})
    key_file.unlink()
    keyring.forget_read()
    with pytest.raises(BulouError):
        seal.unseal(sealed)


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_look_up_is_equal_exactly_when_the_value_is(one, other):
    assert (seal.lookup("identity", one) == seal.lookup("identity", other)) == (one == other)


def test_look_ups_of_two_purposes_cannot_be_joined():
    assert seal.lookup("identity", "x") != seal.lookup("phone", "x")


def test_look_ups_hang_on_the_key(key_file):
    before = seal.lookup("identity", "x")
    key_file.unlink()
    keyring.forget_read()
    assert seal.lookup("identity", "x") != before


def test_what_is_signed_can_be_verified():
    key = seal.signing_key()
    key.public_key().verify(key.sign(b"released"), b"released")


def test_the_key_file_is_made_once_for_its_owners_eyes(key_file):
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: seal.keys().seal, range(8)))
    assert len(made) == 1
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert [path.name for path in key_file.parent.iterdir()] == ["county.json"]


def test_a_key_file_that_is_there_is_never_replaced(key_file):
    seal.make_keys(key_file)
    before = key_file.read_text()
    seal.make_keys(key_file)
    assert key_file.read_text() == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        json.dumps({"seal": "AA==", "lookup": "AA==", "sign": "AA=="}),
        json.dumps({"seal": 1}),
    ],
)
def test_a_broken_key_file_is_named(key_file, text):
    key_file.parent.mkdir()
    key_file.write_text(text)
    with pytest.raises(BulouError) as refusal:
        seal.keys()
    assert refusal.value.code == "key-file-broken"
    assert "county.json" in str(refusal.value)
    assert key_file.read_text() == text
