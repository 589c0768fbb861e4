from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from bulou.kernel import audit, clock, keyring, reasons, retention, sealing
from bulou.kernel.database import run
from bulou.kernel.models import AuditLine


@pytest.fixture
def chain(db):
    lines = [
        audit.record(
            "person.unmask", by=f"user:{number}", subject=f"{number}", reason="核对身份", place="141022"
        )
        for number in range(5)
    ]
    assert audit.broken_at() is None
    return lines


@pytest.fixture
def unguarded(db):
    """Somebody with the rights of the database's owner took the trigger away."""
    if connection.vendor == "postgresql":
        run("DROP TRIGGER kernel_auditline_append_only ON kernel_auditline")
    else:
        run("DROP TRIGGER kernel_auditline_no_update")
        run("DROP TRIGGER kernel_auditline_no_delete")


def test_each_line_follows_from_the_one_before(chain):
    assert chain[0].previous == audit.FIRST
    assert [line.previous for line in chain[1:]] == [line.hash for line in chain[:-1]]
    assert str(chain[0]) == f"{chain[0].seq} person.unmask"


def test_an_empty_chain_is_whole(db):
    assert audit.broken_at() is None


CHANGES = {
    "actor": "'user:9'",
    "action": "'person.look'",
    "subject": "'7'",
    "place": "'141023'",
    "commitment": "''",
    "at": "at + 1",
    "detail": """'{"rows": 1}'""",
    "previous": f"'{'1' * 64}'",
    "hash": f"'{'2' * 64}'",
}


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_line_is_found(chain, column):
    run(f"UPDATE kernel_auditline SET {column} = {CHANGES[column]} WHERE seq = %s", [chain[2].seq])
    assert audit.broken_at() == chain[2].seq


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("number", range(4))
def test_a_removed_line_is_found(chain, number):
    run("DELETE FROM kernel_auditline WHERE seq = %s", [chain[number].seq])
    assert audit.broken_at() == chain[number + 1].seq


@pytest.mark.usefixtures("unguarded")
def test_reordered_lines_are_found(chain):
    for old, new in ((chain[1].seq, -1), (chain[2].seq, chain[1].seq), (-1, chain[2].seq)):
        run("UPDATE kernel_auditline SET seq = %s WHERE seq = %s", [new, old])
    assert audit.broken_at() == chain[2].seq - 1


@pytest.mark.usefixtures("unguarded")
def test_a_line_rewritten_with_its_hash_is_found_at_the_next(chain):
    line = chain[2]
    line.commitment, line.sealed = reasons.sealed("别的理由")
    line.hash = audit.hash_of(line)
    AuditLine.objects.filter(seq=line.seq).update(
        commitment=line.commitment, sealed=line.sealed, hash=line.hash
    )
    assert audit.broken_at() == chain[3].seq


def test_words_stand_sealed_and_the_same_words_twice_tell_nothing(chain):
    stored = [bytes(line.sealed) for line in AuditLine.objects.all()]
    assert [line.reason for line in AuditLine.objects.all()] == ["核对身份"] * 5
    assert not any("核对身份".encode() in one for one in stored)
    assert len({line.commitment for line in chain}) == 5


def test_words_put_in_the_place_of_others_are_found(chain):
    """The guard lets the sealed words change, for new keys; the commitment tells who else changes them."""
    first, second = chain[1:3]
    AuditLine.objects.filter(seq=first.seq).update(sealed=reasons.sealed("别的理由")[1])
    assert audit.broken_at() == first.seq
    AuditLine.objects.filter(seq=first.seq).update(sealed=second.sealed)
    assert audit.broken_at() == first.seq, "the words are the same, the salt is another line's"


def test_the_chain_holds_when_words_are_erased(chain):
    with clock.at(chain[0].at + timedelta(days=reasons.REASONS.days)) as now:
        due = reasons.REASONS.due(now)
        assert retention.erase(reasons.REASONS, due.values_list("pk", flat=True)) == {"kernel_auditline": 5}
        assert audit.broken_at() is None
        line = AuditLine.objects.first()
        assert (line.reason, line.is_reason_erased, reasons.told(line)) == ("", True, "已按期删除")
        assert not reasons.REASONS.due(now).exists()


def test_nothing_else_of_a_line_may_change(chain):
    for column, value in CHANGES.items():
        with pytest.raises(DatabaseError), transaction.atomic():
            run(
                f"UPDATE kernel_auditline SET sealed = NULL, {column} = {value} WHERE seq = %s",
                [chain[2].seq],
            )
    with pytest.raises(DatabaseError), transaction.atomic():
        run("DELETE FROM kernel_auditline")
    assert AuditLine.objects.get(seq=chain[2].seq).reason == "核对身份"


def test_a_line_without_words_has_none_to_erase(db):
    line = audit.record("person.look", by="user:1")
    assert (line.reason, line.is_reason_erased, line.sealed, reasons.told(line)) == ("", False, None, "")


def test_new_keys_reach_the_words_too(db, tmp_path, settings):
    settings.BULOU_KEY_FILE = tmp_path / "county.json"
    audit.record("person.unmask", by="user:1", reason="核对身份")
    keyring.rotate("2022-04-16")
    sealing.reseal()
    keyring.forget_seals(set(keyring.keys().retired))
    assert AuditLine.objects.first().reason == "核对身份"
    assert audit.broken_at() is None


def test_an_act_that_is_undone_leaves_no_line(chain):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit.record("person.merge", by="user:3", detail={"rows": 2})
        raise ZeroDivisionError
    assert AuditLine.objects.count() == 5
    audit.record("person.merge", by="user:3", detail={"rows": 2})
    assert audit.broken_at() is None
