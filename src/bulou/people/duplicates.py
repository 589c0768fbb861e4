"""Pairs of the register who may be one person: somebody decides; what was decided can be undone."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.facts import hearers
from bulou.kernel import audit, clock, events
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.people.models import Duplicate, Person
from bulou.places import codes

MERGED = events.declare("people.merged")
UNMERGED = events.declare("people.unmerged")
TOLD_APART = events.declare("people.told_apart")

ALREADY_DECIDED = problem("duplicate-decided", _("这一对已经核实过:请先撤销原来的结论。"), status=409)
NOT_DECIDED = problem("duplicate-open", _("这一对还没有核实结论,不需要撤销。"), status=409)
NOT_OF_THE_PAIR = problem("not-of-the-pair", _("要保留的人不在这一对之中。"))
ALREADY_MERGED = problem("already-merged", _("其中一人已并入另一条登记:请先核实那一对。"), status=409)


def open_pairs(scope: str) -> QuerySet[Duplicate, Duplicate]:
    """Pairs that wait for a decision and of which at least one lives in the scope."""
    return (
        Duplicate.objects.filter(decision=Duplicate.Decision.OPEN)
        .filter(codes.within("first__place", scope) | codes.within("second__place", scope))
        .select_related("first", "second")
        .order_by("found_at", "id")
    )


def merge(duplicate: int, *, keep: int, by: str, reason: str = "") -> Duplicate:
    """The two are one person; `keep` is the record that stays in lists. The other one stays as it is.

    Raises `duplicate-decided`, `not-of-the-pair`, `already-merged`.
    """
    with atomic():
        pair = _decide(duplicate, Duplicate.Decision.SAME, by=by, reason=reason)
        if keep not in (pair.first_id, pair.second_id):
            raise NOT_OF_THE_PAIR.error()
        other = pair.second_id if keep == pair.first_id else pair.first_id
        if Person.objects.filter(pk__in=[keep, other], merged_into__isnull=False).exists():
            raise ALREADY_MERGED.error()
        gone = Person.objects.get(pk=other)
        gone.merged_into_id = keep
        gone.save(update_fields=["merged_into"])
        _record(MERGED, gone, by=by, data={"into": keep, "duplicate": pair.pk})
    return pair


def tell_apart(duplicate: int, *, by: str, reason: str = "") -> Duplicate:
    """The two are different people. Raises `duplicate-decided`."""
    with atomic():
        pair = _decide(duplicate, Duplicate.Decision.DIFFERENT, by=by, reason=reason)
        _record(TOLD_APART, pair.first, by=by, data={"from": pair.second_id, "duplicate": pair.pk})
    return pair


def reopen(duplicate: int, *, by: str) -> Duplicate:
    """Take a decision back; a merge is undone, both records stand in lists again. Raises `duplicate-open`."""
    with atomic():
        pair = Duplicate.objects.select_related("first", "second").get(pk=duplicate)
        if pair.decision == Duplicate.Decision.OPEN:
            raise NOT_DECIDED.error()
        merged = Person.objects.filter(
            Q(pk=pair.first_id, merged_into=pair.second_id) | Q(pk=pair.second_id, merged_into=pair.first_id)
        ).first()
        if merged is not None:
            merged.merged_into = None
            merged.save(update_fields=["merged_into"])
        pair.decision, pair.decided_at, pair.decided_by = Duplicate.Decision.OPEN, None, ""
        pair.save(update_fields=["decision", "decided_at", "decided_by"])
        _record(UNMERGED, merged or pair.first, by=by, data={"duplicate": pair.pk})
    return pair


def _decide(duplicate: int, decision: Duplicate.Decision, *, by: str, reason: str) -> Duplicate:
    changed = Duplicate.objects.filter(pk=duplicate, decision=Duplicate.Decision.OPEN).update(
        decision=decision, decided_at=clock.now(), decided_by=by, reason=reason.strip()[:200]
    )
    if not changed:
        raise ALREADY_DECIDED.error()
    return Duplicate.objects.select_related("first", "second").get(pk=duplicate)


def _record(kind: str, person: Person, *, by: str, data: dict[str, int]) -> None:
    told = events.record(
        events.NewEvent(
            kind=kind,
            subject=person.pk,
            place=person.place,
            actor=by,
            happened_at=clock.now(),
            data=data,
        )
    )
    hearers.tell([told])
    audit.record(kind, by=by, subject=f"person:{person.pk}", place=person.place, detail=data)
