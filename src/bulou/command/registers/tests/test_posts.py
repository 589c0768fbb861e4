"""Posts: lists, time line, handing over, both told."""

from datetime import timedelta

import pytest

from bulou.command.registers import rosters, terms
from bulou.command.registers.candidates import initials
from bulou.command.tests.world import HOME, NEXT_DOOR
from bulou.kernel import clock
from bulou.places import handing, posts, workers
from bulou.places.models import Holding, Post
from bulou.places.queries import owners


@pytest.fixture
def doctor(world):
    return Post.objects.get(role="doctor", place=HOME)


@pytest.fixture
def taker(world):
    return workers.ensure("张三", "19900008001")


def test_the_list_of_vacant_posts_is_as_long_as_its_number(world, log_in):
    page = log_in("county").get("/posts?state=vacant").content.decode()
    assert rosters.vacant_under("141022") == 1
    assert page.count('class="badge is-unowned"') == 1
    assert "共 1 个" in page


def test_a_post_of_elsewhere_is_not_found(world, log_in, doctor):
    for who, status in (("owner", 200), ("stranger", 404), ("neighbour", 404), ("colleague", 403)):
        assert log_in(who).get(f"/posts/{doctor.pk}").status_code == status, who


def test_only_who_keeps_posts_hands_them_over(world, log_in, doctor, taker):
    answer = log_in("owner").post(f"/posts/{doctor.pk}/handover", {"to": taker})
    assert answer.status_code == 403
    assert "确认交接" not in log_in("owner").get(f"/posts/{doctor.pk}").content.decode()


def test_a_post_is_handed_over_with_what_is_left_to_do(world, log_in, doctor, taker):
    browser = log_in("county")
    chosen = browser.get(f"/posts/{doctor.pk}/handover?to={taker}").content.decode()
    assert "没有冲突" in chosen
    left = rosters.left_of([doctor.pk], clock.now())[doctor.pk]
    assert left > 0
    assert f"一并转交的未完成责任:{left} 项" in chosen
    done = browser.post(f"/posts/{doctor.pk}/handover", {"to": taker, "words": "轮岗"}, follow=True)
    assert f"{left} 项未完成的责任一并转交" in done.content.decode()
    assert owners([doctor.pk])[doctor.pk].name == "张三"


def test_what_forbids_it_is_said_and_nothing_is_saved(world, log_in, doctor):
    holder = handing.holder(doctor.pk).worker_id
    browser = log_in("county")
    box = browser.get(
        f"/posts/{doctor.pk}/handover?to={holder}", headers={"HX-Request": "true"}
    ).content.decode()
    assert "已经担任该岗位" in box
    assert "disabled" in box
    before = Holding.objects.count()
    assert browser.post(f"/posts/{doctor.pk}/handover", {"to": holder}).status_code == 409
    assert browser.post(f"/posts/{doctor.pk}/handover", {"to": ""}).status_code == 422
    assert Holding.objects.count() == before


def test_a_taker_is_found_by_initials_near_the_post_and_by_phone_anywhere(world, log_in, doctor, taker):
    browser = log_in("county")
    found = browser.get(f"/posts/{doctor.pk}/handover?q=19900008001").content.decode()
    assert "张三" in found
    assert "张三" not in browser.get(f"/posts/{doctor.pk}/handover?q=zs").content.decode()
    posts.hold(posts.place_post("volunteer", HOME), taker, clock.now(), by="t")
    assert "张三" in browser.get(f"/posts/{doctor.pk}/handover?q=zs").content.decode()
    assert initials("张三") == "zs"


def test_both_are_told_and_say_that_they_have_seen_it(world, log_in, doctor, taker):
    giver = handing.holder(doctor.pk).worker_id
    account = world.users["owner"].account
    account.worker_id = giver
    account.save()
    made = handing.hand_over(doctor.pk, taker, by="t")
    browser = log_in("owner")
    assert "知道了" in browser.get("/handovers").content.decode()
    assert browser.post(f"/handovers/{made.pk}/seen").status_code == 302
    assert "知道了" not in browser.get("/handovers").content.decode()
    county = log_in("county")
    assert county.get("/handovers").content.decode().count("已电话告知") == 1
    county.post(f"/handovers/{made.pk}/seen", {"worker": taker})
    assert not handing.unseen_by(taker).exists()
    assert log_in("stranger").post(f"/handovers/{made.pk}/seen").status_code == 404


def test_gaps_stand_between_terms_and_to_now(world):
    now = clock.now()
    day = timedelta(days=1)

    def term(worker, start, end):
        return terms.Term(worker, "甲", "", now - start * day, None if end is None else now - end * day)

    lane = terms.with_gaps([term(1, 10, 8), term(2, 6, 3)], now)
    assert [(one.worker, (now - one.starts).days) for one in lane] == [(1, 10), (0, 8), (2, 6), (0, 3)]
    assert terms.gap_now([term(1, 10, 8)], now).starts == now - 8 * day
    assert terms.gap_now([term(1, 10, None)], now) is None
    drawn = terms.line([term(1, 10, 8), term(2, 6, 3)], now)
    assert all(0 <= bar.x <= 100 and bar.x + bar.width <= 100.5 for bar in drawn.holders)


def test_a_deputy_and_a_leaving_are_registered(world, log_in, doctor, taker):
    browser = log_in("county")
    until = "2022-04-18T08:00"
    assert browser.post(f"/posts/{doctor.pk}/deputy", {"to": taker, "until": until}).status_code == 302
    assert browser.post(f"/posts/{doctor.pk}/deputy", {"to": taker}).status_code == 422
    holder = handing.holder(doctor.pk).worker_id
    assert browser.post(f"/posts/{doctor.pk}/vacate", {"worker": holder}).status_code == 302
    assert owners([doctor.pk])[doctor.pk].deputy


def test_pages_ask_the_database_no_more_for_many(world, log_in, doctor, taker, django_assert_max_num_queries):
    for number in range(2, 40):
        posts.hold(posts.place_post("volunteer", NEXT_DOOR, number=number), taker, clock.now(), by="t")
    browser = log_in("county")
    browser.get("/posts")
    for address in (
        "/posts",
        "/posts?state=vacant",
        f"/posts/{doctor.pk}",
        f"/posts/{doctor.pk}/handover?to={taker}",
        "/handovers",
        "/workers",
        "/workers?q=zs",
        f"/workers/{taker}",
        "/workers/new",
        "/organisations",
    ):
        with django_assert_max_num_queries(12):
            assert browser.get(address).status_code == 200, address


def test_a_worker_is_registered_corrected_and_checked_like_a_row(world, log_in):
    browser = log_in("county")
    good = {"name": "李 四", "phone": "199-0000-8002"}
    assert browser.post("/workers/new", good | {"phone": "12"}).status_code == 422
    made = browser.post("/workers/new", good)
    assert made.status_code == 302, made.content.decode()
    assert workers.find("李四", "19900008002") is not None
    assert browser.post("/workers/new", good).status_code == 409
    assert "李四" in browser.get("/workers?q=李四").content.decode()


def test_a_worker_leaves_every_post_at_once(world, log_in, doctor):
    holder = handing.holder(doctor.pk).worker_id
    browser = log_in("county")
    page = browser.get(f"/workers/{holder}").content.decode()
    assert "离任全部岗位" in page
    assert browser.post(f"/workers/{holder}/leave", {"words": "调离"}).status_code == 302
    assert doctor.pk not in owners([doctor.pk])


def test_two_entries_are_merged_and_split_on_the_page(world, log_in, taker):
    other = workers.ensure("张三", "19900008003")
    browser = log_in("county")
    assert browser.post(f"/workers/{taker}/merge", {"gone": other}).status_code == 302
    assert "这条登记已并入另一条" in browser.get(f"/workers/{other}").content.decode()
    assert browser.post(f"/workers/{other}/split").status_code == 302
    assert "这条登记已并入另一条" not in browser.get(f"/workers/{other}").content.decode()


def test_the_posts_are_taken_out_as_the_page_shows_them(world, log_in, settings, tmp_path):
    settings.BULOU_HOME = tmp_path
    browser = log_in("county")
    asked = {"list": "posts", "state": "vacant", "format": "csv", "purpose": "check", "words": "核对空岗"}
    address = browser.post("/exports/new", asked)["Location"]
    raw = b"".join(browser.get(address + "/file").streaming_content).decode("utf-8-sig")
    assert raw.count("无人负责") == 1
    assert "状态:空岗" in raw
    for name in ("workers", "organisations"):
        assert browser.post("/exports/new", asked | {"list": name}).status_code == 302


def test_what_is_left_of_a_post_is_found_by_its_index(world, doctor):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        rosters.left_of([doctor.pk], clock.now())
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("EXPLAIN QUERY PLAN " + asked.captured_queries[0]["sql"])
        else:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("EXPLAIN " + asked.captured_queries[0]["sql"])
        assert "rollup_left_of_post" in str(cursor.fetchall())
