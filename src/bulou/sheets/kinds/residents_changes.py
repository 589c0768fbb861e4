"""What a residents' workbook changes: who is new, what of whom changes, who of the register is not in it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.kernel import seal
from bulou.kernel.database import rows, run, uuid_storer
from bulou.kernel.problems import problem
from bulou.people import actions
from bulou.people.models import Person
from bulou.people.staging import CHANGED, KEPT, NEW
from bulou.places import codes
from bulou.places.queries import name_paths
from bulou.sheets.cells import REFUSED
from bulou.sheets.changes import SHOWN, Gone, differing
from bulou.sheets.context import Context
from bulou.sheets.models import PersonBefore

GONE_UNSURE = problem(
    "gone-unsure",
    _("表里还有没导入的行,不能据此登记谁已离开:请先改好这些行,或不勾选“登记为已离开”。"),
)
SEALED = (("name", "name"), ("identity", "id"), ("phone", "phone"), ("away_to", "away"), ("remark", "remark"))
"""(column of the workbook, name among what is sealed)."""
PLAIN = ("relation", "presence", "doses", "last_dose", "needs")

_STAGED = "FROM people_stage s JOIN people_person p ON p.id = s.person"


def keep_before(context: Context) -> None:
    """Keep how the persons stand that the staged rows will change."""
    kept = ", ".join(KEPT)
    old = ", ".join(f"p.{name}" for name in KEPT)
    run(
        f"INSERT INTO sheets_personbefore (run_id, person_id, {kept}) "
        f"SELECT %s, p.id, {old} {_STAGED} WHERE s.state = {CHANGED}",
        [uuid_storer()(context.run)],
    )


def tell(context: Context, refs: list[tuple[str, int]]) -> None:
    """Note the first new and changed rows, to be shown."""
    for n, place, sealed in rows(
        f"SELECT n, place, sealed FROM people_stage WHERE state = {NEW} ORDER BY n LIMIT {SHOWN}"
    ):
        sheet, row = refs[n - 1]
        context.changes.note_new(sheet, row, seal.unseal(sealed)["name"], place)
    numbers = dict(
        rows(f"SELECT person, n FROM people_stage WHERE state = {CHANGED} ORDER BY n LIMIT {SHOWN}")
    )
    before = PersonBefore.objects.filter(run_id=context.run, person_id__in=list(numbers))
    for old in sorted(before.select_related("person"), key=lambda one: numbers[one.person_id]):
        fields = differing(values_of(old), values_of(old.person))
        who = seal.unseal(old.person.sealed)["name"]
        sheet, row = refs[numbers[old.person_id] - 1]
        context.changes.note_changed(sheet, row, who, fields, old.person.place)


def values_of(person: Person | PersonBefore) -> dict[str, Any]:
    """What a workbook says of a person, by its columns."""
    sealed = seal.unseal(person.sealed)
    found: dict[str, Any] = {column: sealed.get(name, "") for column, name in SEALED}
    for name in PLAIN:
        value = getattr(person, name)
        found[name] = value.isoformat() if isinstance(value, date) else value
    return found


def tell_gone(context: Context) -> None:
    """Who lives behind a door of the area and is not in its whole list; on request they have left.

    Raises `gone-unsure` when somebody may be missing only because their row was refused.
    """
    if not context.whole:
        return
    found = _gone(context.whole)
    context.changes.gone_count = len(found)
    paths = name_paths({place for _id, place, _sealed in found[:SHOWN]}, above=context.whole, separator=" ")
    context.changes.gone = [
        Gone(id, seal.unseal(sealed)["name"], paths[place]) for id, place, sealed in found[:SHOWN]
    ]
    if not context.end_gone:
        return
    if any(found.action == REFUSED for found in context.problems):
        raise GONE_UNSURE.error()
    for id, _place, _sealed in found:
        actions.leave(id, by=context.actor)


def _gone(area: str) -> list[tuple[int, str, bytes]]:
    low, high = codes.scope(area)
    return [
        (int(id), str(place), bytes(sealed))
        for id, place, sealed in rows(
            "SELECT p.id, p.place, p.sealed FROM people_person p "
            "WHERE p.place >= %s AND p.place < %s AND p.left_at IS NULL AND p.died_at IS NULL "
            "AND p.merged_into_id IS NULL "
            "AND EXISTS (SELECT 1 FROM people_household h WHERE h.place_id = p.place) "
            "AND NOT EXISTS (SELECT 1 FROM people_stage s WHERE s.person = p.id) ORDER BY p.place, p.id",
            [low, high],
        )
    ]
