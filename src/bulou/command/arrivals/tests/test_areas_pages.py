import pytest

from bulou.arrivals.models import Proposal, RiskArea
from bulou.command.arrivals.tests import build
from bulou.kernel.models import AuditLine, Event
from bulou.people.lookups import UNMASKED

pytestmark = pytest.mark.django_db
GIVEN = {
    "where": "上海市浦东新区",
    "level": "medium",
    "since": "2022-04-12",
    "until": "",
    "source": "国务院客户端 4月16日",
}


@pytest.fixture
def comers(hands):
    """Two who were there, and one who was not."""
    return [
        build.journey(50, stops=[build.stop()]),
        build.journey(51, stops=[build.stop()]),
        build.journey(52),
    ]


def test_the_preview_counts_and_changes_nothing(log_in, comers):
    before = (Proposal.objects.count(), Event.objects.count(), AuditLine.objects.count())
    page = log_in("county").post("/arrivals/areas/new", GIVEN).content.decode()
    assert "会重新提出 2 人的定级" in page
    assert "中风险地区" in page
    assert (Proposal.objects.count(), Event.objects.count(), AuditLine.objects.count()) == before
    assert not RiskArea.objects.exists()


def test_what_is_recorded_asks_as_many_as_was_said(log_in, comers):
    browser = log_in("county")
    done = browser.post("/arrivals/areas/new", GIVEN | {"ready": "1"})
    area = RiskArea.objects.get()
    assert done["Location"] == f"/arrivals/areas/{area.pk}"
    assert (area.code, area.name, area.source) == ("310115", "上海市浦东新区", GIVEN["source"])
    assert "共 2 次" in browser.get(done["Location"]).content.decode()


def test_who_was_there_opens_with_a_reason_that_is_recorded(log_in, comers):
    url, browser = f"/arrivals/areas/{build.risky()}", log_in("county")
    sealed = browser.get(url).content.decode()
    assert not [one.number for one in comers if one.number in sealed]
    assert "还有 2 次没有打开" in sealed
    assert browser.post(url, {"do": "look", "reason": "看"}).status_code == 422
    assert not AuditLine.objects.filter(action=UNMASKED).exists()
    assert browser.post(url, {"do": "look", "reason": "核对风险地区"}).status_code == 302
    opened = browser.get(url).content.decode()
    assert [one.number in opened for one in comers] == [True, True, False]
    assert "没有打开" not in opened
    looks = AuditLine.objects.filter(action=UNMASKED).values_list("subject", flat=True)
    assert sorted(looks) == sorted(f"person:{one.person_id}" for one in comers[:2])


def test_who_decides_nothing_sees_no_more_than_how_many(log_in, comers):
    url, browser = f"/arrivals/areas/{build.risky()}", log_in("owner")
    page = browser.get(url).content.decode()
    assert not [one.number for one in comers if one.number in page]
    assert "共 2 次" in page
    assert browser.post(url, {"do": "look", "reason": "核对风险地区"}).status_code == 403
    assert not AuditLine.objects.filter(action=UNMASKED).exists()


def test_an_end_is_previewed_and_recorded(log_in, comers):
    number, browser = build.risky(days_ago=10), log_in("county")
    url = f"/arrivals/areas/{number}"
    page = browser.post(url, {"until": "2022-04-07"}).content.decode()
    assert "会重新提出 2 人的定级" in page
    assert RiskArea.objects.get().until is None
    browser.post(url, {"until": "2022-04-07", "ready": "1"})
    assert str(RiskArea.objects.get().until) == "2022-04-07"
    assert "已经结束" in browser.get("/arrivals/areas").content.decode()
    assert "浦东新区" not in browser.get("/arrivals/areas").content.decode().split("</nav>")[-1]
    assert "浦东新区" in browser.get("/arrivals/areas?past=1").content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"where": "哪里也不是"}, "认不出"),
        ({"level": ""}, "请选择风险等级"),
        ({"since": ""}, "请写明从哪天起"),
        ({"source": " "}, "没有写明来源"),
        ({"until": "2022-04-01"}, "起止日期有误"),
    ],
)
def test_what_is_wrong_is_said(log_in, hands, given, said):
    answer = log_in("county").post("/arrivals/areas/new", GIVEN | given)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_only_the_county_records(log_in, hands):
    assert log_in("owner").post("/arrivals/areas/new", GIVEN).status_code == 403
    number = build.risky()
    assert log_in("owner").get(f"/arrivals/areas/{number}").status_code == 200
    assert log_in("owner").post(f"/arrivals/areas/{number}", {"until": "2022-04-16"}).status_code == 403
    assert log_in("colleague").get("/arrivals/areas").status_code == 403
