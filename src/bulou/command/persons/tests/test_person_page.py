import pytest

from bulou.command.tests.world import HOME, identity, report
from bulou.kernel import clock
from bulou.kernel.models import AuditLine
from bulou.people.lookups import UNMASKED

pytestmark = pytest.mark.django_db


def address(world, which: str = "home", index: int = 0) -> str:
    return f"/people/{world.cases[which][index].person.uid}"


def test_the_page_says_ground_end_appeal_seats_and_day(log_in, world):
    page = log_in("owner").get(address(world)).content.decode()
    for words in ("传染病防治法第三十九条", "4月15日自中风险地区返回", "县疫情防控指挥部", "行政复议"):
        assert words in page
    assert "第 1 天,共 14 天,最后一天 2022-04-29 周五" in page
    assert page.count('href="tel:') == 5
    assert "按时完成" in page


def test_identity_is_masked(log_in, world):
    page = log_in("owner").get(address(world)).content.decode()
    assert "1410**********001" in page
    assert "199****0001" in page
    for secret in ("甄漏01", identity(1), "19900000001"):
        assert secret not in page


@pytest.mark.parametrize("who", ["neighbour", "stranger"])
def test_somebody_elses_person_is_not_there(log_in, world, who):
    assert log_in(who).get(address(world)).status_code == 404
    shown = log_in(who).post(address(world) + "/identity", {"field": "name", "reason": "核对检测名单"})
    assert shown.status_code == 404
    assert not AuditLine.objects.filter(action=UNMASKED).exists()


def test_who_sees_only_numbers_sees_no_person(log_in, world):
    assert log_in("colleague").get(address(world)).status_code == 403
    assert log_in("colleague").get("/people").status_code == 403


def test_unmasking_needs_a_reason_and_is_recorded_and_counted(log_in, world):
    browser, url = log_in("owner"), address(world) + "/identity"
    refused = browser.post(url, {"field": "identity", "reason": "看"})
    assert refused.status_code == 422
    assert identity(1) not in refused.content.decode()
    shown = browser.post(url, {"field": "identity", "reason": "核对检测名单"})
    assert identity(1) in shown.content.decode()
    line = AuditLine.objects.get(action=UNMASKED)
    assert (line.reason, line.detail) == ("核对检测名单", {"field": "identity"})
    assert "查看过 1 次" in browser.get(address(world)).content.decode()


def test_htmx_gets_the_identity_card_alone(log_in, world):
    url = address(world) + "/identity"
    answer = log_in("owner").post(
        url, {"field": "name", "reason": "核对检测名单"}, headers={"HX-Request": "true"}
    )
    assert answer.content.decode().lstrip().startswith("<section")
    assert "甄漏01" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_an_entry_more_than_twelve_hours_late_is_flagged(log_in, world):
    case = world.cases["home"][2]
    report(case, "2022-04-16T01:59+08:00")
    assert "补录</span>" in log_in("owner").get(address(world, index=2)).content.decode()
    assert "补录</span>" not in log_in("owner").get(address(world)).content.decode()


def test_after_its_end_the_page_says_that_the_restriction_lapsed(log_in, world):
    with clock.at("2022-04-30T00:00+08:00"):
        assert "到期自动失效" in log_in("owner").get(address(world)).content.decode()


def test_needs_stand_first_among_those_under_monitoring(log_in):
    rows = log_in("owner").get("/people").context["rows"]
    assert len(rows) == 6
    assert rows[0].face.needs == ("透析",)


@pytest.mark.parametrize("words", ["jk22-000001", " JK22-000001 ", identity(1), identity(1).lower()])
def test_search_finds_by_case_or_identity_number(log_in, world, words):
    answer = log_in("owner").post("/people", {"q": words})
    assert (answer.status_code, answer["Location"]) == (302, address(world))


@pytest.mark.parametrize("words", ["JK22-000007", identity(7), "", "%", identity(999)])
def test_search_finds_nobody_outside_the_scope(log_in, world, words):
    answer = log_in("owner").post("/people", {"q": words})
    assert answer.status_code == 422
    assert "没有找到" in answer.content.decode()
    assert not words or words not in answer.content.decode()


def test_addresses_and_titles_carry_no_personal_data(log_in, world):
    page = log_in("owner").get(address(world)).content.decode()
    title = page[page.index("<title>") : page.index("</title>")]
    assert "甄" not in title
    assert world.cases["home"][0].number in title


def test_a_person_registered_elsewhere_is_seen_where_monitored(log_in, world):
    case = world.cases["home"][0]
    case.person.place = world.cases["elsewhere"][0].place
    case.person.save(update_fields=["place"])
    assert case.place == HOME
    assert log_in("owner").get(address(world)).status_code == 200


def test_queries_stay_few(log_in, world, django_assert_max_num_queries):
    browser = log_in("owner")
    browser.get(address(world))
    with django_assert_max_num_queries(15):
        browser.get(address(world))
    with django_assert_max_num_queries(12):
        browser.get("/people")


def test_the_release_note_is_had_once_the_person_is_free(log_in, world):
    browser, note = log_in("owner"), address(world) + "/release-note"
    assert browser.post(note).status_code == 409
    assert "release-note" not in browser.get(address(world)).content.decode()
    with clock.at("2022-04-30T00:00+08:00"):
        assert "release-note" in browser.get(address(world)).content.decode()
        answer = browser.post(note)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert AuditLine.objects.filter(action="monitoring.note_issued", actor__startswith="user:").count() == 1


def test_somebody_elses_release_note_is_not_there(log_in, world):
    assert log_in("neighbour").post(address(world) + "/release-note").status_code == 404


def test_the_county_releases_on_the_last_day_and_the_note_can_be_had(log_in, world):
    case = world.cases["home"][0]
    browser = log_in("county")
    assert "办理解除" not in browser.get(address(world)).content.decode()
    with clock.at("2022-04-29T10:00+08:00"):
        assert "办理解除" in browser.get(address(world)).content.decode()
        assert browser.post(address(world) + "/release").status_code == 302
        assert browser.post(address(world) + "/release").status_code == 422
        assert "release-note" in browser.get(address(world)).content.decode()
    case.refresh_from_db()
    assert case.end_reason == "released"


def test_who_is_not_entitled_cannot_release(log_in, world):
    with clock.at("2022-04-29T10:00+08:00"):
        assert log_in("owner").post(address(world) + "/release").status_code == 422
        assert log_in("neighbour").post(address(world) + "/release").status_code == 404


def test_an_end_is_recorded_with_its_moment(log_in, world):
    case = world.cases["home"][0]
    browser, said = log_in("county"), {"reason": "hospital", "happened": "2022-04-16T09:30"}
    assert browser.post(address(world) + "/end", said | {"reason": "released"}).status_code == 422
    assert browser.post(address(world) + "/end", said | {"happened": "gestern"}).status_code == 422
    assert browser.post(address(world) + "/end", said).status_code == 302
    case.refresh_from_db()
    assert (case.end_reason, clock.local(case.ended_at).hour) == ("hospital", 9)
    assert browser.post(address(world) + "/end", said).status_code == 422


@pytest.mark.parametrize("who", ["owner", "neighbour"])
def test_who_decides_no_cases_ends_none(log_in, world, who):
    assert log_in(who).post(address(world) + "/end", {"reason": "died"}).status_code == 403
    world.cases["home"][0].refresh_from_db()
    assert world.cases["home"][0].ended_at is None


def entry_of(world, index: int = 0):
    from bulou.kernel.models import Event

    return Event.objects.get(
        subject=world.cases["home"][index].pk, kind__name="monitoring.health_reported", corrects=None
    )


def test_a_wrong_entry_is_corrected_with_a_reason_and_the_books_follow(log_in, world):
    from bulou.obligations.models import Obligation

    browser, wrong = log_in("owner"), entry_of(world)
    url = f"{address(world)}/events/{wrong.id}/correct"
    assert 'value="36.6"' in browser.get(url).content.decode()
    given = {"v_temperature": "38.2", "happened": "2022-04-16T12:30", "reason": "抄错一行"}
    assert browser.post(url, given).status_code == 302
    page = browser.get(address(world)).content.decode()
    assert "已更正" in page and "38.2 °C" in page
    met = Obligation.objects.filter(met_by__corrects=wrong.id).values_list("met_at", flat=True)
    assert set(met) == {clock.parse_instant("2022-04-16T12:30+08:00")}
    assert not Obligation.objects.filter(met_by__id=wrong.id).exists()
    assert AuditLine.objects.get(action="monitoring.corrected").reason == "抄错一行"
    assert browser.post(url, given).status_code == 422


def test_a_report_that_never_was_is_taken_back(log_in, world):
    from bulou.obligations.models import Obligation

    browser, wrong = log_in("owner"), entry_of(world)
    url = f"{address(world)}/events/{wrong.id}/correct"
    given = {"happened": "2022-04-16T08:00", "reason": "点错了人", "never": "1"}
    assert browser.post(url, given).status_code == 302
    assert not Obligation.objects.filter(met_by__id=wrong.id).exists()


@pytest.mark.parametrize(
    "given", [{"reason": "错"}, {"v_temperature": "99"}, {"happened": "2022-04-17T08:00"}, {"happened": ""}]
)
def test_a_correction_that_cannot_be_says_why(log_in, world, given):
    wrong = entry_of(world)
    url = f"{address(world)}/events/{wrong.id}/correct"
    right = {"v_temperature": "36.9", "happened": "2022-04-16T08:00", "reason": "抄错一行"}
    assert log_in("owner").post(url, right | given).status_code == 422


def test_nobody_corrects_entries_of_others(log_in, world):
    mine, other = entry_of(world), entry_of(world, 1)
    url = f"/events/{mine.id}/correct"
    assert log_in("neighbour").get(address(world) + url).status_code == 404
    assert log_in("owner").get(f"{address(world)}/events/{other.id}/correct").status_code == 404


def test_the_household_stands_on_the_page_needs_first(log_in, world):
    from bulou.people.models import Person

    door = HOME + "003010301"
    Person.objects.filter(cases__in=[case.pk for case in world.cases["home"]]).update(place=door)
    page = log_in("owner").get(address(world))
    household = page.context["page"].household
    assert len(household) == 5 and household[0].face.needs == ("透析",)
    assert all(one.monitored for one in household)
    assert "甄漏0" not in page.content.decode()


def test_a_death_on_the_register_ends_the_stay(log_in, world):
    from bulou.monitoring.models import Case
    from bulou.people import actions

    case, at = world.cases["home"][2], clock.parse_instant("2022-04-16T11:00+08:00")
    actions.die(case.person_id, by="user:1", happened_at=at)
    ended = Case.objects.get(pk=case.pk)
    assert (ended.ended_at, ended.end_reason) == (at, "died")


def test_what_was_done_about_a_gap_stands_on_the_timeline(log_in, world):
    from bulou.obligations import followup, gaps

    line = next(one for one in gaps.lines(HOME, gap="undone") if one.subject == world.cases["home"][2].pk)
    followup.one(followup.Hand(post=line.post_id), line.id, by="user:1")
    followup.one(followup.Call(outcome="doing"), line.id, by="user:1")
    page = log_in("owner").get(address(world, index=2)).content.decode()
    assert "打电话催办" in page and "马上补办" in page and "转交" in page


@pytest.mark.parametrize("who", ["owner", "county"])
def test_the_page_asks_twelve_times_at_most(log_in, world, django_assert_max_num_queries, who):
    from bulou.obligations import followup, gaps

    for line in gaps.lines(HOME, gap="undone")[:5]:
        followup.one(followup.Call(outcome="doing"), line.id, by="post:1")
    browser = log_in(who)
    browser.get(address(world, index=2))
    with django_assert_max_num_queries(12):
        browser.get(address(world, index=2))
