"""A county that upgrades has what stood in clear sealed; one that goes back can read it again."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from bulou.kernel.database import is_postgres, rows, run, scalar
from bulou.kernel.retention import ERASED
from bulou.monitoring.models import Case
from bulou.monitoring.tests.build import case

BEFORE, AFTER = ("monitoring", "0001_initial"), ("monitoring", "0002_evidence_sealed")
ORIGIN = "4月8日自上海市浦东新区返回"


def migrate(to: tuple[str, str]) -> None:
    MigrationExecutor(connection).migrate([to])


def columns() -> set[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, Case._meta.db_table)
    return {one.name for one in found}


@pytest.mark.usefixtures("own_database")
def test_what_stands_is_sealed_and_what_was_erased_stays_so(monkeypatch):
    monkeypatch.setattr("bulou.monitoring.migrations.0002_evidence_sealed.AT_ONCE", 2)
    stands = [case(number=f"JK22-{number:06}").pk for number in range(1, 6)]
    gone = case(number="JK22-000006").pk
    Case.objects.filter(pk=gone).update(ground=ERASED, evidence_sealed=b"")
    migrate(BEFORE)
    assert "evidence_sealed" not in columns()
    assert dict(rows("SELECT id, evidence FROM monitoring_case"))[gone] == ERASED
    run("UPDATE monitoring_case SET evidence = %s WHERE id <> %s", [ORIGIN, gone])
    migrate(AFTER)
    assert "evidence" not in columns()
    assert {one.evidence for one in Case.objects.filter(pk__in=stands)} == {ORIGIN}
    assert bytes(Case.objects.get(pk=gone).evidence_sealed) == b""


def on_the_disk() -> bytes:
    """The bytes of the database: of the table's file alone on PostgreSQL."""
    if is_postgres():
        run("CHECKPOINT")
        return bytes(scalar("SELECT pg_read_binary_file(pg_relation_filepath('monitoring_case'))"))
    file = Path(str(connection.settings_dict["NAME"]))
    return b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))


@pytest.mark.usefixtures("own_database")
def test_after_the_upgrade_nothing_that_was_clear_is_on_the_disk():
    case(number="JK22-000001")
    migrate(BEFORE)
    run("UPDATE monitoring_case SET evidence = %s", [ORIGIN])
    assert ORIGIN.encode() in on_the_disk()
    call_command("migrate", *AFTER, verbosity=0)
    assert ORIGIN.encode() not in on_the_disk()
    assert Case.objects.get().evidence == ORIGIN
