"""A person of the register corrected, needs kept, and pairs that may be one person found for one of them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from bulou.facts import hearers
from bulou.kernel import audit, clock, events, seal
from bulou.kernel.database import atomic
from bulou.people import actions
from bulou.people.duplicates import ALREADY_DECIDED
from bulou.people.models import Duplicate, Need, Person
from bulou.people.register import Resident, preparer
from bulou.people.staging import KEPT, UPDATED

NEEDS_SET = events.declare("people.needs_set")


def resident_of(person: Person) -> Resident:
    """What is registered of a person, as a row of the workbook."""
    who = seal.unseal(person.sealed)
    return Resident(
        place=person.place,
        name=who.get("name", ""),
        identity=who.get("id", ""),
        phone=who.get("phone", ""),
        relation=person.relation,
        presence=person.presence,
        away=who.get("away", ""),
        doses=person.doses,
        last_dose=person.last_dose.isoformat() if person.last_dose else "",
        needs=person.needs,
        remark=who.get("remark", ""),
    )


def add(resident: Resident, *, by: str) -> Person:
    """Register somebody at a door; pairs that may be one person are put up for a decision."""
    with atomic():
        before = Person.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        person = actions.register(resident, by=by)
        if person.pk > before:
            find_pairs(person)
            _told(person, by, "people.registered", [])
    return person


def correct(person: int, resident: Resident, *, by: str, reason: str = "") -> list[str]:
    """Take over corrected values; the names of the columns that changed, empty when nothing did.

    The place stays (`actions.move`). Raises `no-such-person`.
    """
    with atomic():
        found = _known(person)
        before = resident_of(found)
        after = resident._replace(place=found.place)
        changed = [name for name in Resident._fields if getattr(before, name) != getattr(after, name)]
        if not changed:
            return []
        _who, _row_key, columns = preparer()(after)
        for name, value in zip(KEPT, columns[1:], strict=True):
            setattr(found, name, value)
        found.save(update_fields=list(KEPT))
        actions._record(UPDATED, found, by=by, at=None)
        find_pairs(found)
        _told(found, by, UPDATED, changed, reason)
    return changed


def set_needs(person: int, needs: list[str], *, by: str) -> Person:
    """What somebody cannot go without. Codes that are none are left out. Raises `no-such-person`."""
    with atomic():
        found = _known(person)
        kept = ",".join(need.value for need in Need if need.value in needs)
        if kept == found.needs:
            return found
        found.needs, found.row_key = kept, None
        found.save(update_fields=["needs", "row_key"])
        told = events.record(
            events.NewEvent(
                kind=NEEDS_SET, subject=found.pk, place=found.place, actor=by, happened_at=clock.now()
            )
        )
        hearers.tell([told])
        _told(found, by, NEEDS_SET, ["needs"])
    return found


def find_pairs(person: Person) -> int:
    """Put up one person's pairs: one number at two doors; name, phone, birth date with two numbers."""
    grounds: dict[int, Duplicate.Ground] = {}
    others = Person.objects.filter(merged_into__isnull=True).exclude(pk=person.pk)
    if person.twin_key is not None:
        twins = others.filter(twin_key=person.twin_key).exclude(id_key=person.id_key)
        grounds |= dict.fromkeys(twins.values_list("pk", flat=True), Duplicate.Ground.TWIN)
    if person.id_key is not None:
        same = others.filter(id_key=person.id_key)
        grounds |= dict.fromkeys(same.values_list("pk", flat=True), Duplicate.Ground.IDENTITY)
    pairs = [
        Duplicate(
            first_id=min(person.pk, other),
            second_id=max(person.pk, other),
            ground=ground,
            found_at=clock.now(),
        )
        for other, ground in sorted(grounds.items())
    ]
    Duplicate.objects.bulk_create(pairs, ignore_conflicts=True)
    return len(pairs)


def _known(person: int) -> Person:
    found = Person.objects.filter(pk=person, merged_into__isnull=True).exclude(Q(sealed=b"")).first()
    if found is None:
        raise actions.NO_SUCH_PERSON.error()
    return found


def _told(person: Person, by: str, kind: str, fields: list[str], reason: str = "") -> None:
    """The audit line: which columns, never what stood in them."""
    audit.record(
        kind,
        by=by,
        subject=f"person:{person.pk}",
        place=person.place,
        reason=reason.strip()[:300],
        detail={"fields": fields},
    )


def put_off(duplicate: int, until: datetime, *, reason: str, by: str) -> None:
    """A pair is decided later; until then it stands behind the others. Raises `duplicate-decided`."""
    with atomic():
        changed = Duplicate.objects.filter(pk=duplicate, decision=Duplicate.Decision.OPEN).update(
            put_off_until=until, reason=reason.strip()[:200]
        )
        if not changed:
            raise ALREADY_DECIDED.error()
        audit.record("people.put_off", by=by, subject=f"duplicate:{duplicate}", reason=reason.strip()[:300])
