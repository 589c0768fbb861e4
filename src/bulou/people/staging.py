"""The staging table of one workbook of residents, and the set statements that bring it into the register.

The table is the connection's own: filling it takes no lock that others wait for, and it is gone when the
connection is. What stands in it is sealed already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from bulou.kernel import events, seal
from bulou.kernel.database import (
    in_one_transaction,
    insert_rows,
    is_postgres,
    lock_for_order,
    rows,
    run,
    scalar,
)

REGISTERED = events.declare("people.registered")
UPDATED = events.declare("people.updated")

COLUMNS = (
    *("n", "place", "sealed", "id_key", "name_key", "phone_key", "twin_key", "row_key", "relation", "sex"),
    *("birth_month", "presence", "doses", "last_dose", "needs", "uid", "event"),
)
KEPT = (
    *("sealed", "id_key", "name_key", "phone_key", "twin_key", "row_key", "relation", "sex", "birth_month"),
    *("presence", "doses", "last_dose", "needs"),
)
"""What a changed row replaces."""

NEW, UNCHANGED, CHANGED = 0, 1, 2
_TABLE = """CREATE TEMPORARY TABLE people_stage (
    n integer PRIMARY KEY, place varchar(26) NOT NULL, sealed {blob} NOT NULL, id_key {blob},
    name_key {blob} NOT NULL, phone_key {blob}, twin_key {blob}, row_key {blob} NOT NULL,
    relation varchar(20) NOT NULL, sex varchar(1) NOT NULL, birth_month integer, presence varchar(6) NOT NULL,
    doses smallint, last_dose date, needs varchar(80) NOT NULL, uid {uuid} NOT NULL, event {uuid} NOT NULL,
    person bigint, state smallint NOT NULL DEFAULT 0)"""


class Counts(NamedTuple):
    """What became of the rows."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0


def open_table() -> None:
    """An empty staging table."""
    close_table()
    types = {"blob": "bytea", "uuid": "uuid"} if is_postgres() else {"blob": "blob", "uuid": "char(32)"}
    run(_TABLE.format(**types))


def close_table() -> None:
    """Drop the staging table, if there is one."""
    run("DROP TABLE IF EXISTS people_stage")


def fill(staged: Iterable[tuple[Any, ...]]) -> None:
    """Add prepared rows, in the order of COLUMNS."""
    with _one_go():
        insert_rows("people_stage", COLUMNS, staged)


@contextmanager
def _one_go() -> Iterator[None]:
    """On SQLite, one transaction for many rows of our own table; it locks nothing that others use."""
    alone = not (is_postgres() or in_one_transaction())
    if alone:
        run("BEGIN DEFERRED")
    try:
        yield
    finally:
        if alone:
            run("COMMIT")


def merge(*, actor: str, at: int, keep: Callable[[], object] | None = None) -> Counts:
    """Bring the staged rows into the register, in the caller's transaction. `at` in microseconds.

    `keep` is called when it is known who is new and who changed (`state`), before anybody is changed.
    """
    if is_postgres():
        run("ANALYZE people_stage")
    _match()
    _keep_numbers()
    if keep:
        keep()
    _households(at)
    _insert(at)
    _update()
    _record(actor, at)
    _duplicates(at)
    return _counts()


def _match() -> None:
    """Find who is registered already: same door and same number; without a number, same door and name."""
    state = f"CASE WHEN p.row_key = people_stage.row_key THEN {UNCHANGED} ELSE {CHANGED} END"
    same = (
        "UPDATE people_stage SET person = p.id, state = "
        + state
        + (" FROM people_person p WHERE p.place = people_stage.place AND people_stage.person IS NULL AND ")
    )
    run(same + "p.id_key = people_stage.id_key")
    run(same + "p.name_key = people_stage.name_key AND (p.id_key IS NULL OR people_stage.id_key IS NULL)")
    run(
        f"UPDATE people_stage SET person = NULL, state = {NEW} WHERE person IS NOT NULL AND n NOT IN "
        "(SELECT MIN(n) FROM people_stage WHERE person IS NOT NULL GROUP BY person)"
    )


def _keep_numbers() -> None:
    """A row that leaves the number out does not take a known one away: it is sealed again with it."""
    found = rows(
        "SELECT s.n, s.sealed, p.sealed, p.id_key, p.sex, p.birth_month FROM people_stage s "
        f"JOIN people_person p ON p.id = s.person WHERE s.state = {CHANGED} AND s.id_key IS NULL "
        "AND p.id_key IS NOT NULL"
    )
    for n, staged, registered, *kept in found:
        sealed = seal.seal(seal.unseal(staged) | {"id": seal.unseal(registered)["id"]})
        run(
            "UPDATE people_stage SET sealed = %s, id_key = %s, sex = %s, birth_month = %s WHERE n = %s",
            [sealed, *kept, n],
        )


def _households(at: int) -> None:
    run(
        "INSERT INTO people_household (place_id, registered_at) "
        f"SELECT DISTINCT place, {at} FROM people_stage WHERE state = {NEW} AND LENGTH(place) = 26 "
        "ON CONFLICT (place_id) DO NOTHING"
    )


def _insert(at: int) -> None:
    """New persons get their numbers first, so that nothing has to look them up again."""
    if is_postgres():
        number = "nextval(pg_get_serial_sequence('people_person', 'id'))"
    else:
        last = scalar("SELECT MAX(seq) FROM sqlite_sequence WHERE name = 'people_person'")
        number = f"n + {last or 0}"
    run(f"UPDATE people_stage SET person = {number} WHERE state = {NEW}")
    names = ", ".join(KEPT)
    run(
        f"INSERT INTO people_person (id, uid, place, registered_at, {names}) "
        f"SELECT person, uid, place, {at}, {names} FROM people_stage WHERE state = {NEW} ORDER BY n"
    )


def _update() -> None:
    assigned = ", ".join(f"{name} = s.{name}" for name in KEPT)
    run(
        f"UPDATE people_person SET {assigned} FROM people_stage s "
        f"WHERE s.person = people_person.id AND s.state = {CHANGED}"
    )


def _record(actor: str, at: int) -> None:
    """One event for each person that is new or changed; it carries nothing personal."""
    digest = "uuid_send(event)" if is_postgres() else "unhex(event)"
    lock_for_order("events")
    run(
        "INSERT INTO kernel_event (id, kind_id, subject, place, actor, happened_at, received_at, win, data,"
        f" digest) SELECT event, CASE WHEN state = {NEW} THEN {events.kind_id(REGISTERED)} "
        f"ELSE {events.kind_id(UPDATED)} END, person, place, %s, {at}, {at}, '', '{{}}', {digest} "
        f"FROM people_stage WHERE state <> {UNCHANGED} ORDER BY n",
        [actor],
    )


def _duplicates(at: int) -> None:
    """Pairs that may be one person: one number at two doors; name, phone and birth date with two numbers."""
    for ground, same in {
        "identity": "b.id_key = s.id_key",
        "twin": "b.twin_key = s.twin_key AND b.id_key <> s.id_key",
    }.items():
        run(
            "INSERT INTO people_duplicate (first_id, second_id, ground, decision, found_at, decided_by) "
            "SELECT DISTINCT CASE WHEN b.id < s.person THEN b.id ELSE s.person END, "
            f"CASE WHEN b.id < s.person THEN s.person ELSE b.id END, '{ground}', 'open', {at}, '' "
            f"FROM people_stage s JOIN people_person b ON {same} AND b.id <> s.person "
            f"WHERE s.state <> {UNCHANGED} AND b.merged_into_id IS NULL "
            "ON CONFLICT (first_id, second_id) DO NOTHING"
        )


def _counts() -> Counts:
    found = dict(rows("SELECT state, COUNT(*) FROM people_stage GROUP BY state"))
    return Counts(found.get(NEW, 0), found.get(CHANGED, 0), found.get(UNCHANGED, 0))
