"""The register of residents, brought in by the sheet."""

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from bulou.kernel import seal
from bulou.kernel.models import Event
from bulou.people.models import Duplicate, Household, Person
from bulou.people.tests.world import bring, number, resident

pytestmark = pytest.mark.django_db


def events():
    return list(Event.objects.order_by("seq").values_list("kind__name", "actor"))


def test_a_new_row_is_a_person_a_household_and_an_event(door):
    counts, repeats = bring(resident(door()))
    assert (counts.new, counts.updated, counts.unchanged, repeats) == (1, 0, 0, [])
    person = Person.objects.get()
    assert (person.sex, person.birth_month, person.doses, str(person.last_dose)) == (
        "m",
        198001,
        3,
        "2022-01-05",
    )
    assert seal.unseal(person.sealed) == {"name": "王某1", "id": number(1), "phone": "19900000001"}
    assert Household.objects.get().place_id == door()
    assert events() == [("people.registered", "import:1")]
    event = Event.objects.get()
    assert (event.subject, event.place, event.data, event.id.version) == (person.pk, door(), {}, 7)


def test_the_same_file_twice_changes_nothing(door):
    rows = [resident(door(), serial) for serial in range(1, 6)]
    bring(*rows)
    counts, _ = bring(*rows)
    assert (counts.new, counts.updated, counts.unchanged) == (0, 0, 5)
    assert len(events()) == 5


def test_a_changed_row_updates_its_person(door):
    bring(resident(door()))
    before = Person.objects.get()
    counts, _ = bring(resident(door(), phone="19900009999", needs="dialysis", doses=None, last_dose=""))
    after = Person.objects.get()
    assert (counts.updated, after.pk, after.uid) == (1, before.pk, before.uid)
    assert seal.unseal(after.sealed)["phone"] == "19900009999"
    assert (after.needs, after.doses, after.last_dose) == ("dialysis", None, None)
    assert [name for name, _ in events()] == ["people.registered", "people.updated"]


def test_a_name_put_right_updates_the_person_with_that_number(door):
    bring(resident(door()))
    bring(resident(door(), name="王小某"))
    assert seal.unseal(Person.objects.get().sealed)["name"] == "王小某"


def test_a_row_repeated_in_the_file_is_told_with_its_first(door):
    one = resident(door())
    counts, repeats = bring(one, one, one._replace(remark="改过"))
    assert counts.new == 1
    assert [(r.ref, r.first, r.identical) for r in repeats] == [(1, 0, True), (2, 0, False)]


def test_one_number_at_two_doors_is_put_to_somebody_and_not_merged(door):
    bring(resident(door("301")))
    bring(resident(door("302")))
    pair = Duplicate.objects.get()
    assert (pair.ground, pair.decision, Person.objects.count()) == ("identity", "open", 2)
    assert pair.first_id < pair.second_id


def test_a_slip_in_the_number_is_found_by_name_phone_and_birth_date(door):
    bring(resident(door("301"), 1), resident(door("302"), 1, identity=number(2)))
    assert Duplicate.objects.get().ground == "twin"


def test_people_with_different_phones_are_no_twins(door):
    bring(resident(door("301"), 1), resident(door("302"), 1, identity=number(2), phone="19900000009"))
    assert not Duplicate.objects.exists()


def test_a_pair_is_told_once(door):
    bring(resident(door("301")), resident(door("302")))
    bring(resident(door("301"), remark="又来"), resident(door("302"), remark="又来"))
    assert Duplicate.objects.count() == 1


def test_without_a_number_the_name_tells_the_person_at_a_door(door):
    bring(resident(door(), identity="", phone=""))
    counts, _ = bring(resident(door(), identity="", phone="", remark="婴儿"))
    assert (counts.updated, Person.objects.count()) == (1, 1)


def test_a_number_learned_later_belongs_to_the_person_of_that_name(door):
    bring(resident(door(), identity=""))
    counts, _ = bring(resident(door()))
    person = Person.objects.get()
    assert counts.updated == 1
    assert person.id_key is not None and seal.unseal(person.sealed)["id"] == number(1)


def test_a_row_without_a_number_does_not_take_the_known_one_away(door):
    bring(resident(door()))
    bring(resident(door(), identity="", remark="无证件"))
    person = Person.objects.get()
    assert seal.unseal(person.sealed) == {
        "name": "王某1",
        "id": number(1),
        "phone": "19900000001",
        "remark": "无证件",
    }
    assert (person.sex, person.birth_month) == ("m", 198001)


def test_two_people_of_one_name_at_a_door_stay_two(door):
    bring(resident(door(), identity=""))
    bring(resident(door(), 2, name="王某1"), resident(door(), 3, name="王某1"))
    assert Person.objects.count() == 2


def test_nothing_personal_stands_in_the_database_unsealed(door):
    bring(resident(door(), remark="住院", away="北京"))
    person = Person.objects.get()
    stored = b"".join(bytes(v) for v in Person.objects.values_list("sealed", "id_key", "name_key")[0])
    for secret in ("王某1", number(1), "19900000001", "住院", "北京"):
        assert secret.encode() not in stored
    assert person.row_key != person.id_key


row = st.tuples(st.integers(1, 3), st.integers(1, 4), st.sampled_from(["", "独居", "外出"]))


@given(st.lists(row, max_size=12), st.lists(row, max_size=12))
def test_a_second_import_of_any_file_changes_nothing(door, first, second):
    """Law: import twice = import once, whatever stood before."""
    with transaction.atomic():
        for rows in (first, second):
            residents = [resident(door(300 + d), serial, remark=note) for d, serial, note in rows]
            counts, repeats = bring(*residents)
            assert counts.new + counts.updated + counts.unchanged + len(repeats) == len(rows)
            again, _ = bring(*residents)
            assert (again.new, again.updated) == (0, 0)
        registered = Event.objects.filter(kind__name="people.registered").count()
        assert registered == Person.objects.count() == len({(d, s) for d, s, _ in first + second})
        transaction.set_rollback(True)
