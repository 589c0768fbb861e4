"""Persons of the register: what happens to them, who may see what of them, and pairs that may be one."""

from datetime import datetime

import pytest

from bulou.kernel import audit, clock
from bulou.kernel.models import Event
from bulou.kernel.problems import BulouError
from bulou.people import actions, duplicates, lookups, queries
from bulou.people.models import Duplicate, Household, Person
from bulou.people.tests.world import bring, number, resident
from bulou.places.actions import ensure, merge
from bulou.places.queries import place

pytestmark = pytest.mark.django_db
COUNTY, NEIGHBOUR = "141022", "141022100004"


def kinds():
    return list(Event.objects.order_by("seq").values_list("kind__name", flat=True))


def problem(call):
    with pytest.raises(BulouError) as caught:
        call()
    return caught.value.code


@pytest.fixture
def person(door):
    return actions.register(resident(door()), by="user:1")


class TestRegistering:
    def test_one_person_is_registered_once(self, door, person):
        assert actions.register(resident(door()), by="user:1") == person
        assert kinds() == ["people.registered"]
        assert Household.objects.get().place_id == door()

    def test_a_later_workbook_finds_the_same_person(self, door, person):
        counts, _ = bring(resident(door()))
        assert (counts.new, counts.unchanged) == (0, 1)

    def test_without_a_number_the_name_tells(self, door):
        one = resident(door(), identity="", phone="")
        assert actions.register(one, by="user:1") == actions.register(one, by="user:1")

    def test_somebody_may_be_registered_at_a_village_only(self, county):
        person = actions.register(resident("141022100003"), by="user:1")
        assert person.place == "141022100003"
        assert not Household.objects.exists()


class TestLife:
    def test_a_move_keeps_the_person_and_makes_the_household(self, door, person):
        actions.move(person.pk, door("302"), by="user:1")
        person.refresh_from_db()
        assert person.place == door("302")
        assert Event.objects.last().data == {"from": door("301")}
        actions.move(person.pk, door("302"), by="user:1")
        assert kinds() == ["people.registered", "people.moved"]

    def test_who_left_or_died_is_in_no_list_of_the_living(self, door, person):
        other = actions.register(resident(door(), 2), by="user:1")
        at = datetime(2022, 4, 16, 12, tzinfo=clock.COUNTY_ZONE)
        actions.leave(person.pk, by="user:1", happened_at=at)
        actions.die(other.pk, by="user:1", happened_at=at)
        assert queries.count(COUNTY) == 0
        assert queries.everybody(COUNTY, "test").count() == 2
        assert kinds()[-2:] == ["people.left", "people.died"]
        assert problem(lambda: actions.die(person.pk, by="user:1")) == "gone-already"

    def test_who_left_may_come_back(self, person):
        actions.leave(person.pk, by="user:1")
        actions.come_back(person.pk, by="user:1")
        assert queries.count(COUNTY) == 1
        assert kinds()[-1] == "people.returned"

    def test_nobody_is_nobody(self, county):
        assert problem(lambda: actions.move(99, COUNTY, by="user:1")) == "no-such-person"

    def test_people_go_along_when_their_place_is_merged(self, door, person):
        into = ensure(("唐兴镇", "文昌社区", "锦绣家园")).code
        merge(person.place[:15], into, by="user:1")
        before = person.place
        person.refresh_from_db()
        assert person.place == place(before).code and person.place.startswith(into)
        assert Household.objects.get().place_id == person.place
        counts, _ = bring(resident(door()))
        assert counts.unchanged == 1


class TestScopes:
    @pytest.mark.parametrize(
        ("scope", "purpose"), [(None, "list"), ("", "list"), (COUNTY, None), (COUNTY, "")]
    )
    def test_a_query_without_scope_or_purpose_is_refused(self, person, scope, purpose):
        assert problem(lambda: queries.persons(scope, purpose)) == "scope-missing"

    def test_a_scope_has_its_own_people_only(self, person):
        assert list(queries.persons(person.place[:12], "list")) == [person]
        assert list(queries.persons(NEIGHBOUR, "list")) == []
        assert queries.counts_below(COUNTY, 9) == {"141022100": 1}
        assert [h.place_id for h in queries.households(COUNTY)] == [person.place]

    def test_the_neighbours_worker_does_not_see_the_person(self, person):
        assert queries.view(person.pk, scope=COUNTY, purpose="page").id == person.pk
        assert (
            problem(lambda: queries.view(person.pk, scope=NEIGHBOUR, purpose="page"))
            == "person-outside-scope"
        )

    def test_a_view_is_masked(self, person):
        view = queries.view(person.pk, scope=COUNTY, purpose="page")
        assert view.identity == f"1410**********{number(1)[-4:]}"
        assert view.phone == "199****0001"
        assert view.address == "唐兴镇 文昌社区 绿苑小区 3号楼 2单元 301"
        assert (view.needs, view.presence, view.has_identity) == (("慢性病用药",), "在家", True)

    @pytest.mark.parametrize("text", ["", "1", "12345678"])
    def test_short_values_are_masked_whole(self, text):
        assert set(queries.mask_identity(text)) <= {"*"}
        assert queries.mask_phone("1234567") == "*******"
        assert queries.mask_name("欧阳娜") == "欧**"

    def test_a_number_finds_its_person(self, person):
        assert list(queries.with_identity(number(1), purpose="intake")) == [person]
        assert queries.names_of([person.pk]) == {person.pk: "王某1"}
        assert problem(lambda: queries.with_identity(number(1), purpose="")) == "scope-missing"


class TestLooking:
    def test_looking_needs_a_reason_and_is_recorded(self, person):
        assert (
            problem(lambda: lookups.unmask(person, "identity", by="user:2", reason="看看"))
            == "reason-missing"
        )
        assert not lookups.looks_at(person.pk).exists()
        assert lookups.unmask(person.pk, "identity", by="user:2", reason="核对核酸名单") == number(1)
        line = lookups.looks_at(person.pk).get()
        assert (line.actor, line.reason, line.detail) == ("user:2", "核对核酸名单", {"field": "identity"})
        assert number(1) not in str(line.detail)
        assert audit.broken_at() is None

    def test_nobody_looks_outside_their_scope(self, person):
        def look():
            lookups.unmask(person.pk, "phone", by="user:2", reason="核对核酸名单", scope=NEIGHBOUR)

        assert problem(look) == "person-outside-scope"
        assert lookups.unmask(person, "phone", by="user:2", reason="核对核酸名单", scope=COUNTY)

    def test_only_sealed_values_are_looked_at(self, person):
        assert (
            problem(lambda: lookups.unmask(person, "needs", by="user:2", reason="核对核酸名单"))
            == "no-such-field"
        )


class TestDuplicates:
    @pytest.fixture
    def pair(self, door):
        bring(resident(door("301")), resident(door("302")))
        return Duplicate.objects.get()

    def test_a_merge_takes_one_out_of_the_lists_and_can_be_undone(self, pair):
        duplicates.merge(pair.pk, keep=pair.second_id, by="user:1")
        assert [p.pk for p in queries.persons(COUNTY, "list")] == [pair.second_id]
        assert kinds()[-1] == "people.merged"
        duplicates.reopen(pair.pk, by="user:1")
        assert queries.count(COUNTY) == 2
        assert Duplicate.objects.get().decision == "open"
        assert kinds()[-1] == "people.unmerged"

    def test_a_merged_record_is_still_found_by_its_workbook(self, pair, door):
        duplicates.merge(pair.pk, keep=pair.first_id, by="user:1")
        counts, _ = bring(resident(door("301")), resident(door("302")))
        assert (counts.new, counts.unchanged, Person.objects.count()) == (0, 2, 2)

    def test_the_two_may_be_told_apart(self, pair, door):
        duplicates.tell_apart(pair.pk, by="user:1")
        assert queries.count(COUNTY) == 2
        assert not duplicates.open_pairs(COUNTY).exists()
        bring(resident(door("301"), remark="新"), resident(door("302"), remark="新"))
        assert Duplicate.objects.get().decision == "different"
        duplicates.reopen(pair.pk, by="user:1")
        assert list(duplicates.open_pairs(COUNTY)) == [pair]
        assert not duplicates.open_pairs(NEIGHBOUR).exists()

    def test_a_pair_is_decided_once(self, pair):
        assert problem(lambda: duplicates.reopen(pair.pk, by="user:1")) == "duplicate-open"
        assert problem(lambda: duplicates.merge(pair.pk, keep=0, by="user:1")) == "not-of-the-pair"
        duplicates.merge(pair.pk, keep=pair.first_id, by="user:1")
        assert problem(lambda: duplicates.tell_apart(pair.pk, by="user:1")) == "duplicate-decided"

    def test_a_record_is_merged_into_one_only(self, pair, door):
        bring(resident(door("303")))
        first, *others = Duplicate.objects.order_by("id")
        duplicates.merge(first.pk, keep=first.first_id, by="user:1")
        clash = next(d for d in others if first.second_id in (d.first_id, d.second_id))
        assert (
            problem(lambda: duplicates.merge(clash.pk, keep=first.second_id, by="user:1")) == "already-merged"
        )
