"""The privacy officer's pages: the chain, what is unusual, exports, reviews."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.test import Client

import bulou
from bulou.command.audit_pages import queries
from bulou.command.audit_pages.words import action_title
from bulou.command.tests import world as worlds
from bulou.command.tests.world import COUNTY, NOW
from bulou.kernel import audit, clock, reasons, retention
from bulou.kernel.models import AuditLine
from bulou.people.lookups import unmask
from bulou.rights import emergencies

pytestmark = pytest.mark.django_db
NOON = clock.parse_instant(NOW)


@pytest.fixture
def officer(world):
    client = Client()
    user = worlds.account("officer", COUNTY, "privacy_officer")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def look(world, who, case, at=NOON, times=1):
    with clock.at(at):
        for _ in range(times):
            unmask(case.person, "phone", by=f"user:{world.users[who].pk}", reason="核对手机号")


def seen(since=NOON - dt.timedelta(days=2)):
    return {(str(one.reason)[:4], one.title, one.count) for one in queries.unusual(COUNTY, since)}


def test_the_chain_shows_what_was_done_and_nobodys_name(world, officer):
    look(world, "owner", world.cases["home"][0])
    page = officer.get("/audit?action=people.unmasked").content.decode()
    assert "owner" in page and "核对手机号" in page
    assert "甄漏" not in page and "JK22-" not in page
    assert "owner" not in officer.get("/audit?action=people.unmasked&place=141022101").content.decode()


def test_the_chain_is_paged_by_key(world, officer):
    look(world, "owner", world.cases["home"][0], times=queries.PAGE + 1)
    asked = queries.Asked(COUNTY, action="people.unmasked")
    first, after = queries.page_of(asked)
    rest, end = queries.page_of(queries.Asked(COUNTY, action="people.unmasked", before=after))
    assert (len(first), len(rest), end) == (queries.PAGE, 1, None)


def test_what_is_ordinary_is_not_listed(world):
    look(world, "owner", world.cases["home"][0])
    assert seen() == set()


def test_many_in_a_day_at_night_and_far_away_are_listed_with_their_reason(world):
    look(world, "owner", world.cases["home"][0], times=queries.MANY)
    look(world, "neighbour", world.cases["next_door"][0], at=NOON + dt.timedelta(hours=9))
    look(world, "stranger", world.cases["home"][1])
    assert seen() == {
        ("一天里查", "owner", queries.MANY),
        ("在夜里(", "neighbour", 1),
        ("查看的人", "stranger", 1),
    }


def test_an_export_names_its_purpose_and_holds_no_formula(world, officer):
    look(world, "owner", world.cases["home"][0])
    assert officer.post("/audit/export", {"purpose": ""}).status_code == 422
    answer = officer.post("/audit/export?action=people.unmasked", {"purpose": "季度检查"})
    assert answer["Content-Type"].startswith("text/csv") and answer.content.decode().count("\n") == 2
    line = AuditLine.objects.get(action="audit.exported")
    assert (line.reason, line.detail["lines"]) == ("季度检查", 1)


def test_who_looked_at_somebody_of_ones_own_scope(world, officer):
    case = world.cases["home"][0]
    look(world, "owner", case)
    assert "核对手机号" in officer.get(f"/audit/persons/{case.person.pk}").content.decode()
    assert officer.get(f"/audit/persons/{world.cases['home'][1].person.pk}").status_code == 404


def test_the_chain_is_checked(world, officer):
    page = officer.post("/audit/check", follow=True).content.decode()
    assert "审计链完整" in page


def test_a_review_that_is_late_is_red_and_its_finding_is_kept(world, officer):
    mandate = world.users["owner"].account.mandates.get()
    taken = emergencies.take(mandate, wider=True, unmask=False, reason="透析病人联系不上")
    assert "逾期" not in officer.get("/audit/emergencies").content.decode()
    with clock.at(NOON + dt.timedelta(days=4)):
        officer.force_login(worlds.User.objects.get(username="officer"))
        assert "逾期" in officer.get("/audit/emergencies").content.decode()
    where = f"/audit/emergencies/{taken.pk}/review"
    assert officer.post(where, {"justified": "yes", "finding": ""}).status_code == 422
    assert officer.post(where, {"justified": "yes", "finding": "情况属实"}).status_code == 302
    assert "情况属实" in officer.get("/audit/emergencies").content.decode()


@pytest.mark.parametrize("address", ["/audit", "/audit/emergencies"])
def test_a_page_asks_the_database_as_often_for_many(world, officer, address, django_assert_max_num_queries):
    look(world, "owner", world.cases["home"][0], times=60)
    officer.get(address)
    with django_assert_max_num_queries(12):
        assert officer.get(address).status_code == 200


def test_every_act_that_the_code_records_has_a_title():
    source = Path(bulou.__file__).parent
    said = {
        name
        for path in source.rglob("*.py")
        if "tests" not in path.parts
        for name in re.findall(r'(?:audit\.record|_record|_note)\(\s*"([a-z_]+\.[a-z_]+)"', path.read_text())
    }
    assert len(said) > 40 and {name for name in said if action_title(name) == name} == set()


def test_acts_subjects_and_places_are_said_in_words(world, officer):
    look(world, "owner", world.cases["home"][0])
    page = officer.get("/audit?action=people.unmasked").content.decode()
    person = world.cases["home"][0].person.pk
    assert "查看完整信息" in page and f"居民 {person} 号" in page and "文昌社区" in page


def test_lines_are_found_by_the_words_of_an_account_and_of_a_place(world, officer):
    look(world, "owner", world.cases["home"][0])
    look(world, "neighbour", world.cases["next_door"][0])

    def reasons(query):
        return officer.get(f"/audit?action=people.unmasked&{query}").content.decode().count("核对手机号")

    assert (reasons("who=owner"), reasons("who=nobody-of-this-name"), reasons("")) == (1, 0, 2)
    assert (reasons("place=绿苑小区"), reasons("place=wcsq"), reasons("place=北关")) == (1, 2, 1)
    answer = officer.get("/audit?place=没有这个地方")
    assert answer.status_code == 422 and "没有找到“没有这个地方”" in answer.content.decode()


def test_words_whose_time_is_over_are_said_to_be_erased(world, officer):
    case = world.cases["home"][0]
    look(world, "owner", case)
    retention.erase(
        reasons.REASONS, AuditLine.objects.filter(sealed__isnull=False).values_list("pk", flat=True)
    )
    for address in ("/audit", f"/audit/persons/{case.person.pk}"):
        page = officer.get(address).content.decode()
        assert "已按期删除" in page and "核对手机号" not in page
    answer = officer.post("/audit/export?action=people.unmasked", {"purpose": "季度检查"})
    assert "已按期删除" in answer.content.decode()
    assert audit.broken_at() is None
