"""A chain from before the words were kept apart stays provable, with its words and without them."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from bulou.kernel import audit, clock, reasons
from bulou.kernel.database import is_postgres, rows, run
from bulou.kernel.fields import to_micros
from bulou.kernel.models import AuditLine

BEFORE, AFTER = ("kernel", "0004_erasure"), ("kernel", "0005_audit_words")
SECRET = "金丝雀家中老人透析"
OLD = ("核对身份", "", SECRET, "核对身份")


def migrate(to: tuple[str, str]) -> None:
    MigrationExecutor(connection).migrate([to])


def write_old_lines() -> list[str]:
    """Lines as the program wrote them before: hashed over the words. Their hashes."""
    hashes = [audit.FIRST]
    for number, words in enumerate(OLD):
        line = SimpleNamespace(
            previous=hashes[-1],
            at=clock.now(),
            actor=f"user:{number}",
            action="people.unmasked",
            subject=f"person:{number}",
            place="141022",
            detail={"field": "phone"},
        )
        hashes.append(audit.hash_of(line, words))
        values = {**vars(line), "at": to_micros(line.at), "detail": json.dumps(line.detail)}
        columns = {**values, "reason": words, "hash": hashes[-1]}
        names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
        run(f"INSERT INTO kernel_auditline ({names}) VALUES ({marks})", list(columns.values()))
    return hashes[1:]


@pytest.fixture
def upgraded(own_database, monkeypatch):
    """The hashes of a chain that was there before the upgrade, and that one line of now follows."""
    monkeypatch.setattr("bulou.kernel.migrations.0005_audit_words.AT_ONCE", 2)
    migrate(BEFORE)
    hashes = write_old_lines()
    call_command("migrate", *AFTER, verbosity=0)
    audit.record("people.unmasked", by="user:9", reason="以后的理由")
    return hashes


def erase_words() -> None:
    run("UPDATE kernel_auditline SET sealed = NULL")


def test_the_old_lines_keep_their_hashes_and_their_words(upgraded):
    lines = list(AuditLine.objects.order_by("seq"))
    assert [line.hash for line in lines[:4]] == upgraded
    assert [line.reason for line in lines] == [*OLD, "", "以后的理由"]
    assert (lines[4].action, lines[4].detail["lines"]) == (audit.KEPT_APART, 4)
    assert audit.broken_at() is None


def test_without_their_words_they_are_still_provable(upgraded):
    erase_words()
    assert audit.broken_at() is None
    assert [reasons.told(line) for line in AuditLine.objects.order_by("seq")][:2] == ["已按期删除", ""]


@pytest.mark.parametrize("is_erased", [False, True])
@pytest.mark.parametrize(
    ("column", "value"), [("actor", "user:7"), ("commitment", "0" * 64), ("detail", "{}")]
)
def test_an_old_line_that_was_changed_is_found(upgraded, is_erased, column, value):
    if is_erased:
        erase_words()
    if is_postgres():
        run("DROP TRIGGER kernel_auditline_append_only ON kernel_auditline")
    else:
        run("DROP TRIGGER kernel_auditline_no_update")
    changed = AuditLine.objects.order_by("seq")[2].seq
    run(f"UPDATE kernel_auditline SET {column} = %s WHERE seq = %s", [value, changed])
    assert audit.broken_at() == (changed + 2 if is_erased else changed)


def test_an_old_line_that_was_removed_is_found(upgraded):
    erase_words()
    if is_postgres():
        run("DROP TRIGGER kernel_auditline_append_only ON kernel_auditline")
    else:
        run("DROP TRIGGER kernel_auditline_no_delete")
    second = AuditLine.objects.order_by("seq")[1].seq
    run("DELETE FROM kernel_auditline WHERE seq = %s", [second])
    assert audit.broken_at() == second + 1


def test_the_words_stand_nowhere_in_clear(upgraded):
    dumped = b"".join(str(row).encode() for row in rows("SELECT * FROM kernel_auditline"))
    assert SECRET.encode() not in dumped
    if not is_postgres():
        file = Path(str(connection.settings_dict["NAME"]))
        content = b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
        assert SECRET.encode() not in content


def test_an_empty_chain_has_nothing_behind_it(own_database):
    migrate(BEFORE)
    migrate(AFTER)
    assert not AuditLine.objects.exists()
