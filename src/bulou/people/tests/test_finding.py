"""The blind index: whom words find, where, and that nothing readable stands in it."""

import pytest
from django.db import connection

from bulou.kernel import jobs
from bulou.kernel.problems import BulouError
from bulou.kernel.retention import RULES, erase
from bulou.people import actions, finding, tokens
from bulou.people.models import Person
from bulou.people.register import Resident
from bulou.people.token_model import Token

pytestmark = pytest.mark.django_db
COUNTY, HOME, AWAY = "141022", "14102210000300101001010301", "14102210100400101001010301"


@pytest.fixture(autouse=True)
def county(db):
    from bulou.places import codes
    from bulou.places.models import Place

    for code in {step for door in (HOME, AWAY) for step in codes.path(door)}:
        Place.objects.create(code=code, level=codes.level_of(code), name=code, plain=code)


def resident(name, place=HOME, phone="19900001234"):
    row = Resident(place, name, "", phone, "", "home", "", None, "", "", "")
    return actions.register(row, by="test")


def follow():
    finding.follow({}, lambda done, total: None)


def names(words, scope=COUNTY):
    from bulou.kernel import seal

    return {seal.unseal(one.sealed)["name"] for one in finding.persons(words, scope, "test")}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("张三丰", "张三丰"),
        ("张三丰", "张三"),
        ("张三丰", "zs"),
        ("张三丰", "ZSF"),
        ("张三丰", "zhangsan"),
        ("张三丰", "zhang san feng"),
        ("张三丰", "19900001234"),
        ("张三丰", "张1234"),
        ("单雄信", "sxx"),
        ("单雄信", "dxx"),
        ("仇英", "qy"),
        ("区大相", "ou da xiang"),
        ("查良镛", "zly"),
        ("欧阳修", "欧阳1234"),
        ("㛃乙", "jy"),
        ("阿卜杜热西提·买买提", "abdr"),
        ("阿卜杜热西提·买买提", "阿卜杜热西提买买提"),
    ],
)
def test_somebody_is_found_by_name_sound_initials_and_phone(name, words):
    resident(name)
    follow()
    assert names(words) == {name}


@pytest.mark.parametrize("words", ["", "张", "z", "1234", "李四", "zx", "李1234", "张 4321", "zhangs"])
def test_too_little_or_another_name_finds_nobody(words):
    resident("张三丰")
    follow()
    assert names(words) == set()


def test_only_those_of_the_scope_are_found():
    resident("张三", HOME)
    resident("张三炮", AWAY)
    follow()
    assert names("zs") == {"张三", "张三炮"}
    assert names("zs", HOME[:9]) == names("zs", HOME[:12]) == names("zs", HOME[:17]) == {"张三"}
    assert names("zs", "14102210000300102") == set()


def test_a_question_without_scope_or_purpose_is_refused():
    for scope, purpose in (("", "test"), (COUNTY, "")):
        with pytest.raises(BulouError) as caught:
            finding.persons("张三", scope, purpose)
        assert caught.value.code == "scope-missing"


def test_equal_names_of_two_villages_have_nothing_in_common():
    resident("张三", HOME, phone="")
    resident("张三", AWAY, phone="")
    follow()
    found = list(Token.objects.values_list("token", flat=True))
    assert len(found) == len(set(found)) > 4


def test_nothing_in_the_table_can_be_read():
    resident("张三丰")
    follow()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_token")
        assert all(isinstance(value, int) for row in cursor.fetchall() for value in row)


def test_the_index_says_how_far_it_is_behind_and_follows_once():
    resident("张三")
    resident("李四", phone="19900004321")
    assert finding.behind() == 2
    follow()
    assert finding.behind() == 0
    before = set(Token.objects.values_list("token", "person"))
    follow()
    assert set(Token.objects.values_list("token", "person")) == before


def test_whoever_moves_is_found_at_the_new_place():
    person = resident("张三")
    follow()
    actions.move(person.pk, AWAY, by="test")
    follow()
    assert names("zs", HOME[:12]) == set()
    assert names("zs", AWAY[:12]) == {"张三"}


def test_a_merged_record_is_forgotten_at_once():
    from bulou.people import duplicates
    from bulou.people.models import Duplicate

    kept, gone = resident("张三"), resident("张三疯")
    follow()
    pair = Duplicate.objects.create(first=kept, second=gone, ground="twin", found_at=kept.registered_at)
    duplicates.merge(pair.pk, keep=kept.pk, by="test")
    assert not Token.objects.filter(person=gone).exists()
    follow()
    assert names("zs") == {"张三"}


def test_whoever_is_erased_is_forgotten():
    person = resident("张三")
    follow()
    erase(RULES["people.gone"], [person.pk])
    assert not Token.objects.exists()
    finding.index(Person.objects.all())
    assert not Token.objects.exists()


def test_it_runs_by_itself():
    assert jobs.KINDS[finding.JOB].every is not None


def test_a_name_of_many_readings_keeps_a_handful():
    assert len(list(tokens.of_person({"name": "单仇区查"}))) < 60
