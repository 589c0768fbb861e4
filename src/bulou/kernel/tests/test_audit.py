from __future__ import annotations

import pytest
from django.db import connection

from bulou.kernel import audit
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
    "reason": "''",
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
    line.reason = "别的理由"
    AuditLine.objects.filter(seq=line.seq).update(reason=line.reason, hash=audit.hash_of(line))
    assert audit.broken_at() == chain[3].seq


def test_an_act_that_is_undone_leaves_no_line(chain):
    from django.db import transaction

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit.record("person.merge", by="user:3", detail={"rows": 2})
        raise ZeroDivisionError
    assert AuditLine.objects.count() == 5
    audit.record("person.merge", by="user:3", detail={"rows": 2})
    assert audit.broken_at() is None
