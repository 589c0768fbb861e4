import re

import pytest

from bulou.arrivals.models import Journey, Source, Visit
from bulou.command.arrivals.tests import build
from bulou.command.tests.world import ELSEWHERE, HOME, VILLAGE, account, identity
from bulou.kernel import clock, seal
from bulou.kernel.ids import uuid7
from bulou.people.models import Person

pytestmark = pytest.mark.django_db
GIVEN = {
    "name": "归某甲",
    "identity": identity(60),
    "phone": "19900000060",
    "origin": "community",
    "arrives_at": "2022-04-17T18:05",
    "way": "train",
    "trip": "D2521",
    "place": HOME,
    "single_room": "no",
    "infant": "1",
    "health": "无症状",
    "visit_where": ["上海浦东新区", "", "临汾市尧都区"],
    "visit_since": ["2022-04-01", "", "2022-04-10"],
    "visit_until": ["2022-04-09", "", "2022-04-16"],
}


@pytest.fixture
def community(log_in, hands, world):
    """A browser of the community's office."""
    world.users["community"] = account("community", VILLAGE, "community")
    return log_in("community")


def send(browser, path="/arrivals/new", **given):
    return browser.post(path, {"key": str(uuid7())} | GIVEN | given)


def test_a_community_worker_registers_a_resident(community):
    done = send(community)
    journey = Journey.objects.get()
    assert done["Location"] == f"/arrivals/{journey.number}"
    assert (journey.place, journey.way, journey.infant, journey.single_room) == (HOME, "train", True, False)
    assert f"{clock.local(journey.arrives_at):%m-%d %H:%M}" == "04-17 18:05"
    said = seal.unseal(journey.sealed)
    assert (said["from"], said["trip"], said["health"]) == ("上海浦东新区、临汾市尧都区", "D2521", "无症状")
    where = {seal.unseal(one.sealed)["code"] for one in Visit.objects.all()}
    assert where == {"310115", "141002"}
    assert Source.objects.get().origin == "community"


def test_a_second_click_registers_once(community):
    key = str(uuid7())
    first, again = send(community, key=key), send(community, key=key)
    assert first["Location"] == again["Location"]
    assert (Journey.objects.count(), Source.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"identity": "141099198001010601"}, "身份证"),
        ({"name": ""}, "“姓名”不能为空"),
        ({"phone": "123"}, "手机号"),
        ({"arrives_at": ""}, "请写明日期和时间"),
        ({"arrives_at": "2023-04-17T18:05"}, "请核对日期"),
        ({"place": ""}, "请写明拟住地点"),
        ({"place": ELSEWHERE}, "辖区以外"),
        ({"visit_where": ["哪里也不是", "", ""]}, "认不出"),
        ({"visit_until": ["2022-03-01", "", "2022-04-16"]}, "日期有误"),
        ({"visit_since": ["", "", "2022-04-10"]}, "请写明到过的地方和起止日期"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays(community, given, said):
    answer = send(community, **given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'value="D2521"' in page
    assert not Journey.objects.exists()


def test_rows_are_added_without_a_script(community):
    page = send(community, do="row").content.decode()
    assert page.count('name="visit_where"') == 4
    assert 'value="临汾市尧都区"' in page
    assert not Journey.objects.exists()


def test_somebody_of_the_register_is_not_typed_again(community, world):
    person = world.cases["home"][0].person
    path = f"/arrivals/new?person={person.uid}"
    page = community.get(path).content.decode()
    assert "甄***" in page
    assert "甄漏01" not in page
    assert send(community, path, name="", identity="", phone="").status_code == 302
    assert Journey.objects.get().person_id == person.pk
    assert Person.objects.count() == 10


def test_somebody_elses_resident_is_not_there(community, world):
    person = world.cases["elsewhere"][0].person
    assert community.get(f"/arrivals/new?person={person.uid}").status_code == 404


def test_a_second_list_is_kept_beside_the_first(community):
    build.journey(60, origin="railway", place=HOME)
    send(community)
    assert Journey.objects.count() == 1
    assert set(Source.objects.values_list("origin", flat=True)) == {"railway", "community"}


def test_who_keeps_no_register_registers_nobody(log_in, hands):
    assert send(log_in("owner")).status_code == 403


def test_of_somebody_of_the_register_nothing_has_to_be_said_again(community):
    send(community)
    person = Person.objects.get(pk=Journey.objects.get().person_id)
    asked = re.findall(r'<input[^>]*name="(?:name|identity|phone)"[^>]*>', page_of(community, ""))
    assert [" required" in one for one in asked] == [True] * 3
    known = page_of(community, f"?person={person.uid}")
    asked = re.findall(r'<input[^>]*name="(?:name|identity|phone)"[^>]*>', known)
    assert [" required" in one for one in asked] == [False] * 3


def page_of(browser, query):
    return browser.get(f"/arrivals/new{query}").content.decode()
