"""A resident's own page: nothing without what only they know, everything about them, nothing about others."""

import json
import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from tests.browser import BASE, opened

from bulou.command.me import door, twin
from bulou.command.me.content import me_of
from bulou.command.tests.world import identity
from bulou.kernel import clock, seal
from bulou.kernel.models import AuditLine
from bulou.obligations import engine
from bulou.people.lookups import unmask
from bulou.people.models import Person
from bulou.residents import links
from bulou.residents.models import Request

pytestmark = pytest.mark.django_db
BIRTH = "198001"


@pytest.fixture(autouse=True)
def not_too_often():
    cache.clear()


@pytest.fixture
def who(world):
    return world.cases["home"][0].person


@pytest.fixture
def token(who):
    return links.make(who, by="user:1")[0]


def at(token, page="", **more):
    return reverse(f"me{page}", kwargs={"token": token, **more})


def enter(token, serial=1):
    """A browser in which the questions were answered."""
    client = Client()
    answer = client.post(at(token, "_open"), {"phone": f"1990000{serial:04d}", "birth": BIRTH})
    assert answer.status_code == 302
    return client


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_link_alone_shows_nothing_of_whom_it_is(token, who):
    for page, more in (("", {}), ("_paper", {}), ("_release", {}), ("_ask", {"about": "objection"})):
        answer = Client().get(at(token, page, **more))
        assert answer.status_code == 200
        said = text(answer)
        assert "先确认是您本人" in said
        assert not any(value in said for value in seal.unseal(who.sealed).values())
        assert "JK22" not in said
    assert Client().post(at(token, "_end")).status_code == 200
    assert links.find(token)


def test_wrong_answers_lock_it_and_the_page_says_whom_to_call(token):
    client = Client()
    for left in (4, 3, 2, 1):
        answer = client.post(at(token, "_open"), {"phone": "19900000001", "birth": "198002"})
        assert (answer.status_code, f"还可以再试 {left} 次" in text(answer)) == (422, True)
    answer = client.post(at(token, "_open"), {"phone": "19900000001", "birth": "198002"})
    assert (answer.status_code, "已锁定" in text(answer), "tel:120" in text(answer)) == (423, True, True)
    assert client.post(at(token, "_open"), {"phone": "19900000001", "birth": BIRTH}).status_code == 423
    assert client.get(at(token)).status_code == 423


def test_everything_about_oneself_in_plain_words_but_no_identity_number(token, who, world):
    unmask(who, "phone", by=f"user:{world.users['owner'].pk}", reason="核对检测名单")
    page = text(enter(token).get(at(token)))
    for words in (
        "甄漏01,您好",
        "传染病防治法第三十九条",
        "4月15日自中风险地区返回",
        "县疫情防控指挥部",
        "可在60日内向县人民政府申请行政复议",
        "2022-05-30 删除",
        "owner",
        "核对检测名单",
        "tel:120",
        "tel:19900009000",
        "1980-01",
        "健康报告",
        "199****0001",
    ):
        assert words in page, words
    assert identity(1) not in page
    assert identity(1)[-4:] not in page


def test_one_link_never_shows_anybody_else(world):
    for one in (world.cases["home"][1], world.cases["next_door"][0], world.cases["elsewhere"][0]):
        serial = int(one.number[-3:])
        mine, _link = links.make(one.person, by="user:1")
        client = enter(mine, serial)
        paper = json.dumps(twin.data_of(me_of(one.person), ""), ensure_ascii=False)
        pages = [client.get(at(mine)).content.decode(), paper]
        others = Person.objects.exclude(pk=one.person_id)
        canaries = [value for other in others for value in seal.unseal(other.sealed).values()]
        canaries += [f"JK22-{n:06d}" for n in range(1, 11) if n != serial]
        found = [word for page in pages for word in canaries if word in page]
        assert found == []


def test_a_cookie_opens_its_own_link_and_no_other(world, token):
    client = enter(token)
    other, _link = links.make(world.cases["home"][1].person, by="user:1")
    client.cookies[door.COOKIE]["path"] = "/"
    assert "先确认是您本人" in text(client.get(at(other)))
    newer = links.make(world.cases["home"][0].person, by="user:1")[0]
    assert client.get(at(token)).status_code == 404
    assert "先确认是您本人" in text(client.get(at(newer)))


def test_the_session_is_short_and_leaves_when_asked(token):
    client = enter(token)
    morsel = client.cookies[door.COOKIE]
    assert (morsel["path"], morsel["max-age"], morsel["httponly"]) == (at(token), door.LASTS, True)
    client.post(at(token, "_leave"))
    assert "先确认是您本人" in text(client.get(at(token)))


def test_nobody_keeps_the_page_and_no_other_site_gets_the_link_as_a_referrer(token):
    answer = enter(token).get(at(token))
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "<script" not in answer.content.decode()
    assert re.findall(r"https?://", answer.content.decode().replace("http://www.w3.org", "")) == []


@pytest.mark.browser
def test_a_browser_without_scripts_opens_the_page_and_asks_for_something(token, chromium):
    client = Client(enforce_csrf_checks=True)
    with opened(chromium, client, width=360, scripts=False) as page:
        page.goto(BASE + at(token))
        page.fill("#phone", "19900000001")
        page.fill("#birth", BIRTH)
        page.click("section button.primary")
        assert "您好" in page.inner_text("h1")
        page.click("text=反映没有人来")
        page.fill("#words", "昨天没有人来问体温。")
        page.click("button.primary")
        assert "已收到" in page.inner_text("[role=status]")
    assert Request.objects.get().about == "unvisited"


def test_it_speaks_english_when_asked(token):
    client = enter(token)
    client.cookies["django_language"] = "en"
    page = text(client.get(at(token)))
    assert "Call 120: medical emergency" in page
    assert "Who saw my full data" in page
    assert 'lang="en"' in page


def test_an_address_that_asks_too_often_waits(token):
    client = Client()
    answers = {client.get(at(token)).status_code for _ in range(door.MOST_A_MINUTE)}
    assert answers == {200}
    assert client.get(at(token)).status_code == 429


def test_a_correction_is_asked_answered_and_seen(token, who, log_in, world):
    client = enter(token)
    refused = client.post(at(token, "_ask", about="correction"), {"words": "号码错了", "field": ""})
    assert refused.status_code == 422
    asked = {"words": "手机号换了新的", "field": "phone", "value": "19900008888"}
    assert client.post(at(token, "_ask", about="correction"), asked).status_code == 302
    one = Request.objects.get()
    engine.tick(clock.now())
    assert "等待答复" in text(client.get(at(token)))

    office = log_in("county")
    listed = text(office.get("/requests"))
    assert one.number in listed
    assert "甄漏01" not in listed
    wrong = office.post(f"/requests/{one.pk}", {"outcome": "accepted", "words": "已核对更正", "value": "123"})
    assert wrong.status_code == 422
    assert Request.objects.get().answered_at is None
    given = {"outcome": "accepted", "words": "已与本人核对更正", "value": "19900008888"}
    assert office.post(f"/requests/{one.pk}", given).status_code == 302
    assert seal.unseal(Person.objects.get(pk=who.pk).sealed)["phone"] == "19900008888"
    page = text(client.get(at(token)))
    assert "已与本人核对更正" in page
    assert "199****8888" in page


def test_an_objection_taken_back(token):
    client = enter(token)
    client.post(at(token, "_ask", about="objection"), {"words": "我没有去过那里"})
    one = Request.objects.get()
    assert client.post(at(token, "_back", id=one.pk)).status_code == 302
    assert Request.objects.get().taken_back_at is not None


def test_nobody_takes_back_what_others_asked(token, world):
    from bulou.residents import actions

    other = actions.ask(
        person=world.cases["home"][1].person, about="objection", words="我没有去过", by="resident:9"
    )
    assert enter(token).post(at(token, "_back", id=other.pk)).status_code == 404


def test_the_resident_withdraws_the_link(token):
    client = enter(token)
    assert client.post(at(token, "_end")).status_code == 200
    assert client.get(at(token)).status_code == 404


def test_the_office_makes_a_link_that_is_shown_once(log_in, who):
    office = log_in("county")
    made = office.post(f"/people/{who.uid}/link", {"do": "make"})
    (link,) = re.findall(r"/me/[A-Za-z0-9_-]{43}", made.content.decode())
    assert "data:image/svg+xml" in made.content.decode()
    assert link not in office.get(f"/people/{who.uid}/link").content.decode()
    assert "先确认是您本人" in text(Client().get(link))
    printed = office.post(f"/people/{who.uid}/link", {"do": "print"})
    assert printed.content.startswith(b"%PDF")
    assert Client().get(link).status_code == 404
    paper = office.post(f"/people/{who.uid}/paper")
    assert paper.content.startswith(b"%PDF")
    assert AuditLine.objects.filter(action="residents.paper_made", subject=f"person:{who.pk}").count() == 2
    assert office.post(f"/people/{who.uid}/link", {"do": "withdraw"}).status_code == 200
    assert links.running(who) is None


def test_the_office_of_another_place_makes_none(log_in, who, world):
    elsewhere = world.cases["elsewhere"][0].person
    assert log_in("county").get(f"/people/{elsewhere.uid}/link").status_code == 200
    assert log_in("owner").get(f"/people/{who.uid}/link").status_code == 403


def test_the_release_note_once_one_is_free(token, world):
    client = enter(token)
    assert client.get(at(token, "_release")).status_code == 404
    case = world.cases["home"][0]
    with clock.at(case.ends_at):
        case.refresh_from_db()
        newer = links.make(case.person, by="user:1")[0]
        freed = enter(newer)
        assert "我的解除通知" in text(freed.get(at(newer)))
        assert freed.get(at(newer, "_release")).content.startswith(b"%PDF")


def test_how_often_the_pages_ask_the_database(token, log_in, who, world, django_assert_max_num_queries):
    client, office = enter(token), log_in("county")
    for n in range(3):
        client.post(at(token, "_ask", about="objection"), {"words": f"第 {n} 次提出异议"})
        unmask(who, "phone", by=f"user:{world.users['owner'].pk}", reason="核对检测名单")
    office.get("/requests")
    with django_assert_max_num_queries(12):
        client.get(at(token))
    for path in ("/requests", f"/requests/{Request.objects.first().pk}", f"/people/{who.uid}/link"):
        with django_assert_max_num_queries(12):
            assert office.get(path).status_code == 200


@pytest.fixture
def office(world, log_in):
    return log_in("county")


def test_the_office_writes_down_what_came_on_paper_and_prints_the_answer(office, who, token):
    where = reverse("resident_ask", args=[who.uid])
    assert "代录纸质申请" in office.get(where).content.decode()
    told = {"about": "correction", "field": "phone", "value": "19900001234", "words": "号码换了,在纸上写的"}
    made = office.post(where, told)
    one = Request.objects.get()
    assert made.headers["Location"] == reverse("request", args=[one.pk])
    assert (one.about, one.field, one.made_by.partition(":")[0]) == ("correction", "phone", "user")
    page = text(office.get(reverse("request", args=[one.pk])))
    assert "代录" in page
    office.post(reverse("request", args=[one.pk]), {"outcome": "refused", "words": "已核对,号码没有变"})
    assert "请把答复打印出来交给本人" in text(office.get(reverse("request", args=[one.pk])))
    assert "纸质或口头提出" in text(enter(token).get(at(token)))


def test_what_the_office_writes_down_says_what_is_missing(office, who):
    where = reverse("resident_ask", args=[who.uid])
    for given, missing in (
        ({"about": "", "words": "说明情况"}, "请选择是更正、异议还是反映没有人来"),
        ({"about": "correction", "words": "说明情况"}, "请从列表中选择哪一项有误"),
        ({"about": "objection", "words": "无"}, "请写几个字说明情况"),
    ):
        answer = office.post(where, given)
        assert answer.status_code == 422 and missing in answer.content.decode()
    assert not Request.objects.exists()


@pytest.mark.parametrize(("language", "said"), [("en", "What is asked of you"), ("zh-hans", "对您的要求")])
def test_the_paper_is_in_the_language_asked_for(who, language, said):
    with override(language):
        assert twin.data_of(me_of(who), "")["words"]["asked"] == said
    assert twin.make_pdf(who, by="user:1", language=language).startswith(b"%PDF")


def test_the_office_prints_in_english_for_who_reads_english(office, who, monkeypatch):
    asked = []
    monkeypatch.setattr(twin, "make_pdf", lambda *_args, **given: asked.append(given["language"]) or b"%PDF")
    office.post(reverse("resident_paper", args=[who.uid]), {"language": "en"})
    office.post(reverse("resident_paper", args=[who.uid]), {})
    assert asked == ["en", "zh-hans"]
