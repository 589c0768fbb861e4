from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from bulou.kernel import keyring, recovery, seal
from bulou.kernel.problems import BulouError


@pytest.fixture(autouse=True)
def key_file(tmp_path, settings):
    settings.BULOU_KEY_FILE = tmp_path / "keys" / "county.json"
    settings.BULOU_BACKUP_FOLDER = ""
    return settings.BULOU_KEY_FILE


def code(call, *given) -> str:
    with pytest.raises(BulouError) as refusal:
        call(*given)
    return refusal.value.code


def test_the_first_releases_key_file_still_opens_what_it_sealed(key_file):
    ring = keyring.keys()
    sealed = seal.seal({"name": "李桂兰"})
    old = json.loads(key_file.read_text())
    key_file.write_text(json.dumps({"seal": old["seals"]["1"], "lookup": old["lookup"], "sign": old["sign"]}))
    assert seal.unseal(sealed) == {"name": "李桂兰"}
    assert keyring.keys().name == ring.name


def test_a_new_seal_key_seals_and_the_old_one_still_opens():
    before = seal.seal({"n": 1})
    ring = keyring.rotate("2022-05-01")
    after = seal.seal({"n": 2})
    assert (before[0], after[0]) == (1, 2)
    assert ring.retired == {1: "2022-05-01"}
    assert (seal.unseal(before), seal.unseal(after)) == ({"n": 1}, {"n": 2})


def test_a_seal_key_that_is_forgotten_opens_nothing_more():
    before = seal.seal({"n": 1})
    keyring.rotate("2022-05-01")
    keyring.forget_seals({1, 2})
    assert code(seal.unseal, before) == "seal-broken"
    assert keyring.keys().seals.keys() == {2}, "the current key is never forgotten"


def test_look_ups_and_signatures_outlive_a_rotation():
    found, name = seal.lookup("identity", "x"), keyring.keys().name
    keyring.rotate("2022-05-01")
    assert (seal.lookup("identity", "x"), keyring.keys().name) == (found, name)


def test_every_change_leaves_the_file_to_its_owner_and_no_other_file(key_file):
    keyring.rotate("2022-05-01")
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert sorted(path.name for path in key_file.parent.iterdir()) == [".county.json.lock", "county.json"]


def test_changes_at_one_moment_undo_nothing():
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda day: keyring.period_keys({f"due:{day}"}), range(12)))
    assert len(keyring.keys().periods) == 12


def test_a_destroyed_period_is_in_no_byte_of_the_old_file(key_file):
    ring = keyring.period_keys({"due:2022-05-01", "due:2022-06-01"})
    old = os.open(key_file, os.O_RDONLY)
    assert keyring.destroy_periods(lambda name: name < "due:2022-05-15") == ["due:2022-05-01"]
    assert keyring.keys().periods == {"due:2022-06-01": ring.periods["due:2022-06-01"]}
    assert set(os.read(old, 10_000)) == {0}, "the file that was replaced is overwritten"
    os.close(old)


@pytest.mark.parametrize("cut", ["seals", "current", "lookup", "sign"])
def test_a_key_file_without_a_part_is_named(key_file, cut):
    keyring.keys()
    raw = json.loads(key_file.read_text())
    del raw[cut]
    key_file.write_text(json.dumps(raw))
    assert code(keyring.keys) == "key-file-broken"


def test_any_two_of_three_shares_give_the_key_file_back(key_file):
    sealed = seal.seal({"name": "李桂兰"})
    made = recovery.split(3, 2)
    ring, envelope = keyring.keys(), recovery.envelope_paths()[0].read_bytes()
    for pair in combinations(made.shares, 2):
        key_file.unlink()
        assert recovery.recover(envelope, pair) == ring
        assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert seal.unseal(sealed) == {"name": "李桂兰"}


def test_one_share_is_not_enough_and_says_how_many_are():
    made = recovery.split(3, 2)
    with pytest.raises(BulouError) as refusal:
        recovery.join(made.shares[:1])
    assert refusal.value.code == "shares-wrong"
    assert "2" in str(refusal.value)


def test_shares_of_two_splits_do_not_mix():
    one, other = recovery.split(3, 2), recovery.split(3, 2)
    assert code(recovery.join, (one.shares[0], other.shares[1])) == "shares-wrong"


def test_the_shares_of_an_older_split_open_no_later_envelope(key_file):
    old = recovery.split(3, 2)
    recovery.split(3, 2)
    envelope = recovery.envelope_paths()[0].read_bytes()
    key_file.unlink()
    assert code(recovery.recover, envelope, old.shares[:2]) == "recovery-envelope-wrong"


def test_a_key_file_that_is_there_is_not_recovered_over():
    made = recovery.split(2, 2)
    envelope = recovery.envelope_paths()[0].read_bytes()
    assert code(recovery.recover, envelope, made.shares) == "key-file-there"


@pytest.mark.parametrize(("shares", "need"), [(1, 1), (3, 1), (2, 3), (17, 2)])
def test_share_counts_that_protect_nothing_are_refused(shares, need):
    assert code(recovery.split, shares, need) == "bad-share-counts"


@examples(max_examples=20)
@given(st.data())
def test_a_word_misread_is_never_taken(data):
    made = recovery.split(3, 2)
    words = made.shares[0].split()
    place = data.draw(st.integers(0, len(words) - 1))
    words[place] = "academic" if words[place] != "academic" else "acid"
    assert code(recovery.join, (" ".join(words), made.shares[1])) == "shares-wrong"


def test_the_envelope_follows_the_key_file_to_the_backups(key_file, settings, tmp_path):
    settings.BULOU_BACKUP_FOLDER = str(tmp_path / "backups")
    made = recovery.split(3, 2)
    keyring.period_keys({"due:2022-05-01"})
    keyring.destroy_periods(lambda _name: True)
    key_file.unlink()
    for path in recovery.envelope_paths():
        assert recovery.recover(path.read_bytes(), made.shares[1:]).periods == {}
        key_file.unlink()
