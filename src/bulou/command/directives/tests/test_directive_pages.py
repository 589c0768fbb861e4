"""Orders in the office: a form made from the kind, a preview, a comparison, a second hand."""

import re
from dataclasses import fields
from datetime import timedelta

import pytest
from django.test import Client

from bulou.command.directives.tests.build import GROUND, THREE, draft
from bulou.command.tests.world import COUNTY, ELSEWHERE, HOME, TOWN, account
from bulou.kernel import clock, purging
from bulou.monitoring.obligations import HealthReport
from bulou.obligations import directives, drafts
from bulou.obligations.kinds import KINDS, ordered_kind
from bulou.obligations.models import Directive, DirectiveDraft
from bulou.people.models import Person
from bulou.places import workers
from bulou.places.models import Worker
from bulou.rights.models import Account

pytestmark = pytest.mark.django_db
URL = "/directives/new?kind=monitoring.health_report"
FORM = {
    "number": "翼防指令〔2022〕3号",
    "title": "健康报告改为一日三次",
    "ground": GROUND,
    "valid_from": "2022-04-17T00:00",
    "owner": "doctor",
    "late_hours": "24",
    "windows-name": ["am", "noon", "pm", ""],
    "windows-opens": ["06:00", "11:00", "16:00", ""],
    "windows-due": ["10:00", "13:00", "20:00", ""],
}


@pytest.fixture
def second(world):
    """Another person of the county's office."""
    client = Client()
    user = account("second", COUNTY, "county_office")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_drafted_previewed_and_signed_by_another(log_in, second):
    office = log_in("county")
    seen = office.post(URL, FORM | {"do": "see"})
    assert "2022-04-17 周日 00:00 起的一天,将开 30 项责任" in text(seen)
    assert "比按现行指令(20 项)多 10 项" in text(seen)
    assert not DirectiveDraft.objects.exists()

    saved = office.post(URL, FORM | {"do": "save"})
    one = DirectiveDraft.objects.get()
    assert saved.headers["Location"] == f"/directives/{one.pk}"
    page = text(office.get(saved.headers["Location"]))
    assert "您是起草人,不能签发自己的草案" in page
    assert "将开 30 项责任" in page
    refused = office.post(f"/directives/{one.pk}/sign")
    assert refused.status_code == 422
    assert "起草人不能签发" in text(refused)

    assert "签发" in text(second.get(f"/directives/{one.pk}"))
    assert second.post(f"/directives/{one.pk}/sign").status_code == 302
    made = Directive.objects.get(order=one)
    assert directives.read_params(made, HealthReport()).windows == tuple(map(tuple, THREE["windows"]))
    paper = second.get(f"/directives/{one.pk}/order")
    assert paper.headers["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"late_hours": "many"}, "请填写数字"),
        ({"windows-due": ["05:00", "13:00", "20:00", ""]}, "不合要求"),
        ({"owner": "astronaut"}, "请从列出的岗位中选一个"),
        ({"ground": " "}, "必须写明法律依据"),
        ({"valid_from": "2022-04-16T13:00"}, "昨天按昨天的指令判定"),
        ({"valid_from": "soon"}, "不能识别"),
        ({"number": ""}, "请填写文号和标题"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(log_in, change, words):
    answer = log_in("county").post(URL, FORM | {"do": "save"} | change)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not DirectiveDraft.objects.exists()


@pytest.mark.parametrize(
    "kind", sorted(name for name in KINDS if name.startswith(("monitoring.", "people.")))
)
def test_every_kind_has_a_form_that_explains_each_value_and_reads_it_back(log_in, kind):
    from django.http import QueryDict

    from bulou.command.directives.form import controls, read

    page = text(log_in("county").get(f"/directives/new?kind={kind}"))
    params = vars(KINDS[kind].Params.read(kind, KINDS[kind].default))
    data = QueryDict(mutable=True)
    for one in controls(KINDS[kind], params, {}):
        assert str(one.said.title) in page
        assert str(one.said.meaning)
        if one.widget == "windows":
            for part, cells in zip(("name", "opens", "due"), zip(*one.value, strict=True), strict=True):
                data.setlist(f"{one.name}-{part}", list(cells))
        else:
            data.setlist(one.name, [str(v) for v in one.value] if one.widget == "boxes" else [str(one.value)])
    values, errors = read(KINDS[kind], data)
    assert errors == {}
    assert KINDS[kind].Params.read(kind, values) == KINDS[kind].Params.read(kind, KINDS[kind].default)


def test_what_changes_and_which_order_wins_where(log_in, world):
    drafts.sign(draft(TOWN, by="user:8"), by="user:9")
    below = draft(HOME, params=THREE | {"late_hours": 6}, valid_from=clock.parse_instant("2022-04-18T00:00"))
    page = text(log_in("county").get(f"/directives/{below.pk}"))
    assert "迟到多久仍算数" in page
    assert page.count("有变化") == 1
    assert "以本指令为准" in page
    wider = draft(COUNTY, valid_from=clock.parse_instant("2022-04-18T00:00"))
    assert "在 唐兴镇,仍以它自己的指令为准" in text(log_in("county").get(f"/directives/{wider.pk}"))


def test_each_sees_the_orders_of_own_places_and_those_above(log_in, world):
    mine, above, other = draft(HOME), draft(COUNTY), draft(ELSEWHERE)
    owner = log_in("owner")
    answers = [owner.get(f"/directives/{one.pk}").status_code for one in (mine, above, other)]
    assert answers == [200, 200, 404]
    listed = text(owner.get("/directives"))
    assert listed.count("健康报告改为一日三次") == 2


def test_who_signs_answers_for_the_place(world, second):
    leader = Client()
    user = account("leader", TOWN, "leader")
    leader.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    county, town = draft(COUNTY), draft(TOWN)
    assert leader.post(f"/directives/{county.pk}/sign").status_code == 404
    assert leader.post(f"/directives/{town.pk}/sign").status_code == 302
    assert DirectiveDraft.objects.get(pk=county.pk).decision == ""


def test_sent_back_with_words_that_the_drafter_reads(log_in, world, second):
    one = draft(COUNTY, by=f"user:{world.users['county'].pk}")
    assert second.post(f"/directives/{one.pk}/reject", {"words": "不"}).status_code == 422
    assert second.post(f"/directives/{one.pk}/reject", {"words": "与学校时间冲突"}).status_code == 302
    page = text(log_in("county").get(f"/directives/{one.pk}"))
    assert "与学校时间冲突" in page
    assert "已退回" in page
    other = draft(COUNTY, by=f"user:{world.users['county'].pk}")
    assert log_in("county").post(f"/directives/{other.pk}/withdraw").status_code == 302
    assert DirectiveDraft.objects.get(pk=other.pk).decision == "withdrawn"


@pytest.mark.parametrize("path", ["/directives", URL, "/directives/{id}"])
def test_how_often_a_page_asks_the_database(log_in, world, path, django_assert_max_num_queries):
    for place in (COUNTY, TOWN, HOME):
        one = draft(place)
        drafts.sign(draft(place), by="user:9")
    office = log_in("county")
    # What is asked once in the life of a server is known before.
    office.get(path.format(id=one.pk))
    with django_assert_max_num_queries(12):
        assert office.get(path.format(id=one.pk)).status_code == 200


DAYS = "/directives/new?kind=retention.days"


def test_how_long_personal_data_are_kept_is_ordered_by_two(world, log_in, second):
    """The form asks for each rule's days; the preview counts what falls due under both; another signs."""
    person = world.cases["home"][0].person
    Person.objects.filter(pk=person.pk).update(presence="gone", left_at=clock.now() - timedelta(days=10))
    office = log_in("county")
    form = text(office.get(DAYS))
    assert "离开本县或去世的居民(天)" in form and "起始值 30 天" in form
    values = {field.name: "30" for field in fields(ordered_kind("retention.days").Params)}
    words = {"number": "保存1号", "title": "缩短保存", "people_gone": "7"}
    seen = text(office.post(DAYS, values | words | {"do": "see"}))
    assert re.search(r"离开本县或去世的居民.*30.*7.*>0<.*1", seen)
    office.post(DAYS, values | words | {"do": "save"})
    one = DirectiveDraft.objects.get()
    page = text(second.get(f"/directives/{one.pk}"))
    assert "保存天数改变的各类个人信息" in page and "有变化" in page
    assert purging.preview(clock.now()) and due_of("people.gone") == 0
    second.post(f"/directives/{one.pk}/sign")
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert due_of("people.gone") == 1


def due_of(rule):
    return {line.rule: line.records for line in purging.preview(clock.now())}[rule]


def test_how_long_is_ordered_for_the_county_only(log_in):
    office = log_in("county")
    assert "个人信息的保存天数" not in text(office.get(f"/directives/new?place={HOME}"))
    values = {field.name: "30" for field in fields(ordered_kind("retention.days").Params)}
    refused = office.post(f"{DAYS}&place={HOME}", values | {"number": "1", "title": "2", "do": "save"})
    assert "全县只有一种" in text(refused)


def test_days_out_of_bounds_are_named(log_in):
    values = {field.name: "30" for field in fields(ordered_kind("retention.days").Params)}
    refused = log_in("county").post(DAYS, values | {"people_gone": "9999", "do": "save"})
    assert refused.status_code == 422 and "不能大于 3650" in text(refused)


def test_a_second_log_in_of_the_drafter_is_not_offered_to_sign(log_in, second):
    """Who drafted by one log-in sees under the other that somebody else has to sign."""
    log_in("county").post(URL, FORM | {"do": "save"})
    one = DirectiveDraft.objects.get()
    page = f"/directives/{one.pk}"
    assert f"{page}/sign" in text(second.get(page))
    worker = Worker.objects.get(pk=workers.ensure("安", "19900006501"))
    users = [one.drafted_by.removeprefix("user:"), second.session["_auth_user_id"]]
    assert Account.objects.filter(user__in=users).update(worker=worker) == 2
    shown = text(second.get(page))
    assert f"{page}/sign" not in shown and "您用另一个身份起草的" in shown
    assert second.post(f"{page}/sign").status_code == 422
