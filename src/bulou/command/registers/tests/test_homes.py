"""Households and persons: masked, corrected like a row, moved; pairs decided by somebody."""

import pytest

from bulou.command.tests.world import ELSEWHERE, HOME, identity
from bulou.kernel import clock, seal
from bulou.kernel.models import AuditLine, Event
from bulou.people import changes, duplicates
from bulou.people.models import Duplicate, Household, Person
from bulou.places.models import Place

DOOR = HOME + "001" + "02" + "0301"
ROW = {"name": "甄新来", "relation": "户主", "presence": "在家", "phone": "19900006001"}


@pytest.fixture
def door(world):
    Place.objects.create(code=HOME + "001", level="building", name="1号楼", plain="1", parent_id=HOME)
    unit = HOME + "00102"
    Place.objects.create(code=unit, level="unit", name="2单元", plain="2", parent_id=HOME + "001")
    Place.objects.create(code=DOOR, level="door", name="301", plain="301", parent_id=unit)
    Household.objects.create(place_id=DOOR, registered_at=clock.now())
    Person.objects.filter(pk__in=[one.person_id for one in world.cases["home"][:4]]).update(place=DOOR)
    return DOOR


def row(serial, **more):
    return ROW | {"identity": identity(serial)} | more


def test_a_household_shows_needs_first_and_nobody_in_full(world, log_in, door):
    page = log_in("owner").get(f"/households/{door}").content.decode()
    first = page.index("血液透析" if "血液透析" in page else "透析")
    assert first < page.index("甄***")
    for one in world.cases["home"]:
        assert not [v for v in seal.unseal(one.person.sealed).values() if v in page]
    listed = log_in("owner").get("/households").content.decode()
    assert "共 1 户" in listed
    assert "甄***" in listed


def test_a_household_outside_is_not_found(world, log_in, door):
    for who, status in (("neighbour", 404), ("stranger", 404), ("colleague", 403)):
        assert log_in(who).get(f"/households/{door}").status_code == status, who


def test_somebody_is_registered_checked_like_a_row(world, log_in, door):
    browser = log_in("county")
    wrong = browser.post(f"/households/{door}", row(501, identity=identity(501)[:17] + "?"))
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.content.decode()
    assert browser.post(f"/households/{door}", row(501, needs="chronic")).status_code == 302
    made = Person.objects.order_by("-pk")[0]
    assert (made.place, made.needs, made.relation) == (door, "chronic", "户主")
    assert browser.post(f"/households/{door}", row(501)).status_code == 302
    assert Person.objects.order_by("-pk")[0].pk == made.pk
    assert log_in("owner").post(f"/households/{door}", row(502)).status_code == 403


def test_a_correction_keeps_what_is_not_filled_in_and_tells_the_columns(world, log_in, door):
    person = world.cases["home"][0].person
    browser = log_in("county")
    given = {
        "do": "correct",
        "relation": "之子",
        "presence": "外出",
        "phone": "1990000",
        "reason": "电话核实",
    }
    assert browser.post(f"/residents/{person.uid}", given).status_code == 422
    answer = browser.post(f"/residents/{person.uid}", given | {"phone": "19900006002"})
    assert answer.status_code == 302, answer.context["wrong"]
    after = changes.resident_of(Person.objects.get(pk=person.pk))
    assert (after.name, after.identity, after.phone) == ("甄漏01", identity(1), "19900006002")
    assert (after.relation, after.presence) == ("之子", "away")
    line = AuditLine.objects.filter(action="people.updated").get()
    assert line.detail == {"fields": ["phone", "relation", "presence"]}
    assert line.reason == "电话核实"


def test_needs_moves_and_departures_are_registered(world, log_in, door):
    person = world.cases["home"][0].person
    browser, address = log_in("county"), f"/residents/{person.uid}"
    assert browser.post(address, {"do": "needs", "needs": ["dialysis", "nonsense"]}).status_code == 302
    assert Person.objects.get(pk=person.pk).needs == "dialysis"
    assert browser.post(address, {"do": "leave"}).status_code == 302
    assert browser.post(address, {"do": "leave"}).status_code == 409
    assert browser.post(address, {"do": "come_back"}).status_code == 302
    names = {
        "township": "唐兴镇",
        "village": "文昌社区",
        "compound": "北关小区",
        "building": "9号楼",
        "door": "101",
    }
    assert browser.post(address, {"do": "move", **names}).status_code == 302
    assert Person.objects.get(pk=person.pk).place.startswith("141022100003002")
    assert browser.post(address, {"do": "move", **names, "door": ""}).status_code == 422
    kinds = set(Event.objects.filter(subject=person.pk).values_list("kind__name", flat=True))
    assert {"people.needs_set", "people.left", "people.returned", "people.moved"} <= kinds


def test_nobody_is_moved_out_of_the_own_area(world, log_in, door):
    from bulou.command.tests.world import VILLAGE, account

    world.users["village"] = account("village", VILLAGE, "community")
    person = world.cases["home"][0].person
    names = {"township": "南梁镇", "village": "庄里村", "compound": "东头", "door": "7"}
    answer = log_in("village").post(f"/residents/{person.uid}", {"do": "move", **names})
    assert answer.status_code == 403
    assert not Place.objects.filter(code__startswith=ELSEWHERE, level="door").exists()


@pytest.fixture
def pair(world, door):
    """Somebody whose number has a slip in the last but one digit."""
    first = world.cases["home"][0].person
    row = changes.resident_of(first)._replace(place=HOME, identity=identity(99), relation="")
    changes.correct(first.pk, changes.resident_of(first), by="t")
    Person.objects.filter(pk=first.pk).update(twin_key=None)
    changes.correct(first.pk, changes.resident_of(first)._replace(relation="户主"), by="t")
    second = changes.add(row, by="t")
    return Duplicate.objects.get(first=first, second=second)


def test_a_slip_in_the_number_is_put_up_and_shown_without_the_number(world, log_in, pair):
    page = log_in("county").get(f"/duplicates/{pair.pk}").content.decode()
    assert pair.ground == "twin"
    assert "位不同" in page
    assert identity(1) not in page and identity(99) not in page
    assert page.count('class="differs"') >= 4


def test_a_pair_is_decided_with_a_reason_and_taken_back(world, log_in, pair):
    browser = log_in("county")
    address = f"/duplicates/{pair.pk}"
    assert browser.post(address, {"do": "first", "reason": "是"}).status_code == 422
    assert browser.post(address, {"do": "first", "reason": "电话核实过"}).status_code == 302
    pair.refresh_from_db()
    assert (pair.decision, pair.reason) == ("same", "电话核实过")
    assert Person.objects.get(pk=pair.second_id).merged_into_id == pair.first_id
    assert browser.post(address, {"do": "different", "reason": "不是一个人"}).status_code == 409
    assert browser.post(address, {"do": "reopen"}).status_code == 302
    assert Person.objects.get(pk=pair.second_id).merged_into_id is None
    assert browser.post(address, {"do": "later", "reason": "等本人回来"}).status_code == 302
    assert "以后再看" in browser.get("/duplicates").content.decode()


def test_a_pair_across_areas_is_decided_by_whom_both_belong_to(world, log_in, pair):
    from bulou.command.tests.world import TOWN, account

    Person.objects.filter(pk=pair.second_id).update(place=ELSEWHERE)
    world.users["town"] = account("town", TOWN, "township")
    browser = log_in("town")
    assert browser.get(f"/duplicates/{pair.pk}").status_code == 200
    assert browser.post(f"/duplicates/{pair.pk}", {"do": "first", "reason": "电话核实过"}).status_code == 403
    assert log_in("owner").get(f"/duplicates/{pair.pk}").status_code == 403


def test_pages_ask_the_database_no_more_for_many(world, log_in, door, pair, django_assert_max_num_queries):
    browser = log_in("county")
    browser.get("/places")
    for address in (
        "/households",
        f"/households/{DOOR}",
        f"/residents/{world.cases['home'][0].person.uid}",
        "/duplicates",
        f"/duplicates/{pair.pk}",
    ):
        with django_assert_max_num_queries(12):
            assert browser.get(address).status_code == 200, address


def test_residents_are_taken_out_masked(world, log_in, door, settings, tmp_path):
    settings.BULOU_HOME = tmp_path
    browser = log_in("county")
    asked = {"list": "residents", "format": "csv", "purpose": "check", "words": "核对底数用", "place": HOME}
    raw = b"".join(browser.get(browser.post("/exports/new", asked)["Location"] + "/file").streaming_content)
    text = raw.decode("utf-8-sig")
    assert text.count("甄***") == 6
    assert "甄漏" not in text and identity(1) not in text
    full = browser.post("/exports/new", asked | {"full": "1"})["Location"]
    assert "甄漏01" in b"".join(browser.get(full + "/file").streaming_content).decode()


def test_merged_records_are_shown_decided(world, log_in, pair):
    duplicates.merge(pair.pk, keep=pair.first_id, by="user:1", reason="电话核实过")
    page = log_in("county").get(f"/duplicates/{pair.pk}").content.decode()
    assert "撤销结论" in page
    assert "duplicate" not in page.split("<main")[1].split("</main>")[0].replace("/duplicate", "")
