"""What is due goes everywhere, what is not stays, and the books balance on what is left."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from bulou.command.keeping import backups, papers
from bulou.command.keeping.tests import county
from bulou.command.keeping.tests.looking import every_byte, found
from bulou.command.keeping.verify import verify
from bulou.kernel import clock, keyring, purging, retention, seal
from bulou.kernel.backup.container import Reader
from bulou.kernel.models import AuditLine, Event
from bulou.kernel.problems import BulouError
from bulou.kernel.retention import ERASED_DATA
from bulou.monitoring.models import Case, CasePlace
from bulou.obligations import directives
from bulou.obligations.balance import balance
from bulou.obligations.models import Obligation, Unknown
from bulou.obligations.reconcile import reconcile
from bulou.people.models import Person
from bulou.people.queries import everybody
from bulou.sync.models import Refusal

LATER = county.DAY + timedelta(days=100)


def opened(file: Path) -> bytes:
    """All of a backup that its keys still open, and every sealed blob in it that they open, too."""
    with file.open("rb") as given:
        content = b"".join(Reader(given, keyring.keys()).contents())
    return content + unsealed(content)


def unsealed(content: bytes) -> bytes:
    import base64
    import re

    plain = b""
    for text in set(re.findall(rb'"([A-Za-z0-9+/]{40,}={0,2})"', content)):
        try:
            plain += str(seal.unseal(base64.b64decode(text))).encode()
        except (BulouError, ValueError):
            continue
    return plain


def test_nothing_of_the_registers_is_due_before_its_day(home):
    with clock.at(county.DAY + timedelta(days=29)):
        done = purging.purge(by="user:1")["rules"]
    assert {line["rule"] for line in done} <= {"sheets.trace", "sheets.person_before"}
    assert found(dumped(), county.canaries()) == county.canaries()


def test_each_falls_due_on_its_day(home):
    """Who left at 15:00 of 16 April is due on 16 May; stays that end at 24:00 of 21 April on 22 May."""
    with clock.at("2022-05-16T00:00+08:00") as now:
        assert {line.rule: line.records for line in purging.preview(now)}["people.gone"] == 1
        assert {line.rule: line.records for line in purging.preview(now)}["monitoring.stay"] == 0
    with clock.at("2022-05-22T00:00+08:00") as now:
        assert {line.rule: line.records for line in purging.preview(now)}["monitoring.stay"] == 2


def test_no_byte_is_left_of_whom_time_is_over(home):
    with clock.at(county.DAY):
        backups.make(home / "first.bulou", by="user:1")
    with clock.at(county.DAY + timedelta(days=29)):
        backups.make(home / "last.bulou", by="user:1")
        assert set(found(opened(home / "first.bulou"), county.canaries())) == set(county.canaries()), (
            "the test can see what is there"
        )
    with clock.at(LATER):
        proof = purging.purge(by="user:1", rebuild=True)
    assert found(every_byte(home), county.canaries()) == []
    assert found(dumped(), county.canaries()) == []
    for name in ("first", "last"):
        with pytest.raises(BulouError) as refusal:
            opened(home / f"{name}.bulou")
        assert refusal.value.code == "backup-expired"
    assert {line["rule"] for line in proof["rules"]} >= {"people.gone", "monitoring.stay", "obligations.lead"}


def dumped() -> bytes:
    """Every row of the database as text, with what its sealed blobs say."""
    import io

    out = io.StringIO()
    call_command("dumpdata", stdout=out, exclude=["contenttypes", "auth.permission"])
    plain = [
        str(seal.unseal(one.sealed))
        for model in (Person, Unknown, Refusal, Case)
        for one in model.objects.all()
    ]
    return out.getvalue().encode() + "".join(plain).encode()


def test_a_backup_that_is_still_kept_has_lost_them_on_their_day(home):
    """Made while they were due within weeks: their day's key goes, the rest still opens."""
    with clock.at("2022-05-10T09:00+08:00"):
        backups.make(home / "kept.bulou", by="user:1")
        assert county.NAMES[county.MONITORED] in opened(home / "kept.bulou").decode()
    with clock.at("2022-05-22T09:00+08:00"):
        purging.purge(by="user:1")
    left = opened(home / "kept.bulou")
    gone = [
        one[n]
        for one in (county.NAMES, county.PHONES, county.NUMBERS)
        for n in (county.LEAVES, county.PASSES)
    ]
    assert found(left, gone) == []
    assert found(left, [county.NAMES[county.STAYS]]) == [county.NAMES[county.STAYS]]


def test_who_still_lives_here_stays_whole(home):
    with clock.at(LATER):
        purging.purge(by="user:1")
    names = {seal.unseal(one.sealed).get("name") for one in Person.objects.all()}
    assert names == {county.NAMES[county.STAYS], county.NAMES[county.MONITORED], None}


def test_no_list_shows_an_empty_person(home):
    """Who was only passing is registered still: as a number, in no list."""
    with clock.at(LATER):
        purging.purge(by="user:1")
    listed = everybody("141022", "test")
    assert {seal.unseal(one.sealed).get("name") for one in listed} == {
        county.NAMES[county.STAYS],
        county.NAMES[county.MONITORED],
    }


def test_the_books_balance_on_what_is_left(home):
    with clock.at(LATER) as now:
        from bulou.obligations import engine

        engine.tick(now)
        before = [vars(line) for line in balance("141022", now=now)]
        events = list(
            Event.objects.order_by("seq").values_list("seq", "id", "subject", "happened_at", "digest")
        )
        purging.purge(by="user:1")
        assert reconcile() == []
        assert [vars(line) for line in balance("141022", now=now)] == before
        engine.tick(now + timedelta(hours=1))
        assert reconcile() == []
    after = Event.objects.order_by("seq").values_list("seq", "id", "subject", "happened_at", "digest")
    assert [list(row) for row in after] == [list(row) for row in events]
    assert [one.name for one in verify() if not one.well] == []


def test_health_and_doors_are_cut_from_the_ledger(home):
    with clock.at(LATER):
        purging.purge(by="user:1")
    case = Case.objects.order_by("id")[0]
    told = Event.objects.filter(kind__name="monitoring.health_reported", subject=case.pk)
    assert [(one.data, len(one.place)) for one in told] == [(ERASED_DATA, 17)]
    assert {len(one.place) for one in Obligation.objects.all()} <= {12, 17}
    assert {len(one.place) for one in CasePlace.objects.all()} <= {12, 17}
    assert "38.4" not in dumped().decode()


def test_the_proof_is_in_the_audit_chain_and_on_paper(home):
    with clock.at(LATER):
        proof = purging.purge(by="user:7")
    line = AuditLine.objects.filter(action=purging.PURGED).latest("seq")
    assert (line.actor, line.detail) == ("user:7", proof)
    assert purging.proofs() == [proof]
    assert proof["checksum"] == purging.checksum(proof)
    assert papers.proof(proof)[:4] == b"%PDF"
    lines = AuditLine.objects.filter(action=purging.ERASED, subject=f"purge:{proof['purge']}")
    assert sum(one.detail["records"] for one in lines) == sum(one["records"] for one in proof["rules"])


def test_a_second_purge_finds_nothing(home):
    with clock.at(LATER):
        purging.purge(by="user:1")
        assert purging.purge(by="user:1")["rules"] == []


def test_a_purge_that_was_killed_goes_on(home, monkeypatch):
    class Killed(Exception):
        pass

    erase = retention.erase

    def dies(rule, records):
        if rule.name == "obligations.lead":
            raise Killed
        return erase(rule, records)

    with clock.at(county.DAY):
        backups.make(home / "first.bulou", by="user:1")
    keys = keyring.keys().periods
    monkeypatch.setattr(retention, "erase", dies)
    with clock.at(LATER), pytest.raises(Killed):
        purging.purge(by="user:1")
    assert keyring.keys().periods == keys, "no key goes before every row is gone"
    monkeypatch.setattr(retention, "erase", erase)
    with clock.at(LATER):
        purging.purge(by="user:1")
    assert found(dumped(), county.canaries()) == []
    assert keyring.keys().periods == {}


def ordered(days, *, valid_from=None):
    return directives.sign(
        "retention.days", place="141022", params=days, valid_from=valid_from, by="user:2", number="保存7号"
    )


def test_the_county_orders_its_own_days(home):
    with clock.at(county.DAY + timedelta(hours=2)):
        made = ordered({"people_gone": 3}, valid_from=county.DAY + timedelta(days=4))
    with clock.at(county.DAY + timedelta(days=4, hours=-1)) as now:
        assert {line.rule: (line.records, line.days) for line in purging.preview(now)}["people.gone"] == (
            0,
            30,
        ), "not yet in force"
    with clock.at(county.DAY + timedelta(days=4)) as now:
        assert {line.rule: (line.records, line.days) for line in purging.preview(now)}["people.gone"] == (
            1,
            3,
        )
        proof = purging.purge(by="user:1")
    assert (proof["directive"]["id"], proof["directive"]["number"]) == (made.pk, "保存7号")
    assert papers.proof(proof)[:4] == b"%PDF"


def test_what_a_directive_leaves_out_is_kept_as_the_rule_says(home):
    with clock.at(county.DAY + timedelta(hours=2)) as now:
        ordered({"people_gone": 3})
        kept = {one.name: one.days for one in retention.in_force(now + timedelta(minutes=1))}
    assert kept == {one.name: one.days for one in retention.rules()} | {"people.gone": 3}


@pytest.mark.parametrize(
    "days", [{"people_gone": -1}, {"people_gone": 4_000}, {"sheets_trace": 0}, {"no": 1}]
)
def test_days_that_cannot_be_are_refused(home, days):
    with clock.at(county.DAY + timedelta(hours=2)), pytest.raises(BulouError) as refusal:
        ordered(days)
    assert refusal.value.code == "bad-directive-values"


def test_a_backup_keeps_what_it_holds_as_long_as_the_directive_of_its_day_says(home):
    with clock.at(county.DAY + timedelta(hours=2)):
        ordered({"people_gone": 3})
    with clock.at(county.DAY + timedelta(hours=3)):
        backups.make(home / "kept.bulou", by="user:1")
        assert county.NUMBERS[county.LEAVES] in opened(home / "kept.bulou").decode()
    with clock.at(county.DAY + timedelta(days=3)):
        purging.purge(by="user:1")
    assert found(opened(home / "kept.bulou"), [county.NUMBERS[county.LEAVES]]) == []


def test_a_log_of_sqlite_keeps_no_page_of_before(home):
    with clock.at(LATER):
        purging.purge(by="user:1")
    log = Path(str(connection.settings_dict["NAME"]) + "-wal")
    assert not log.exists() or log.stat().st_size == 0
