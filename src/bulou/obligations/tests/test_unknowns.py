import pytest

from bulou.kernel import clock
from bulou.obligations import unknowns
from bulou.obligations.models import Unknown
from bulou.obligations.tests.world import GRID, Notice, Once, Shown, Told, Twice, at

pytestmark = pytest.mark.django_db


def test_evidence_is_noted_once(twice):
    with clock.at(at("16 09:00")):
        unknowns.note(Twice.name, place=GRID, evidence="e1", sealed=b"s")
    unknowns.note(Twice.name, place="141022", evidence="e1", at=at("17"))
    one = Unknown.objects.get()
    assert (one.place, bytes(one.sealed), one.seen_at, one.kind.name) == (
        GRID,
        b"s",
        at("16 09:00"),
        Twice.name,
    )


def test_evidence_may_say_when_it_was_seen(twice):
    unknowns.note(Twice.name, place=GRID, evidence="e1", at=at("15"))
    assert Unknown.objects.get().seen_at == at("15")


def test_a_proof_about_nobody_known_is_on_the_list_of_the_kind_owed_every_day(only):
    only(Notice, Twice, Once)
    assert list(unknowns.proven_by(Shown.kind)) == [Twice.name]
    assert list(unknowns.proven_by(Told.kind)) == [Twice.name]
    assert list(unknowns.proven_by("testing.something_else")) == []
    unknowns.note_event(Shown.kind, GRID, "e1", b"s")
    unknowns.note_event("testing.something_else", GRID, "e2", b"s")
    assert [one.kind.name for one in Unknown.objects.all()] == [Twice.name]


def test_a_kind_owed_once_takes_it_when_there_is_no_other(only):
    only(Notice)
    assert list(unknowns.proven_by(Shown.kind)) == [Notice.name]
