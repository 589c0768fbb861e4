"""A gap's own page and its acts, acts about many, views that are kept, leads, and what pages cost."""

from uuid import uuid4

import pytest

from bulou.command.tests.world import HOME, VILLAGE
from bulou.command.worklists import bulk
from bulou.kernel import clock, jobs, seal
from bulou.kernel.models import AuditLine, Event, Job
from bulou.obligations import evidence, followup, gaps, unknowns
from bulou.obligations.followup_model import FollowUp
from bulou.obligations.models import Obligation, Unknown
from bulou.places.models import Post

pytestmark = pytest.mark.django_db
LATER = {"until": "2022-04-17T09:00", "why": "agreed_time"}


def undone(place: str = HOME, kind: str | None = "monitoring.health_report") -> list[int]:
    return [row.id for row in gaps.lines(place, gap="undone", kind=kind)]


def form(**more) -> dict[str, str]:
    return {"key": str(uuid4()), "back": "/gaps?gap=undone"} | more


def doctor() -> int:
    return Post.objects.get(place=HOME, role="doctor").pk


def test_the_page_of_a_gap_has_its_owner_and_every_act(log_in):
    page = log_in("owner").get(f"/gaps/{undone()[0]}").content.decode()
    assert 'href="tel:19900009003"' in page
    for act in ("call", "later", "hand", "done"):
        assert f'/{act}"' in page
    assert 'name="v_temperature"' in page


@pytest.mark.parametrize("who", ["neighbour", "stranger"])
def test_nobody_opens_a_gap_of_others(log_in, who):
    id = undone()[0]
    browser = log_in(who)
    assert browser.get(f"/gaps/{id}").status_code == 404
    for act in ("call", "later", "hand", "back", "done"):
        assert browser.post(f"/gaps/{id}/{act}", form(**LATER)).status_code == 404
    assert not FollowUp.objects.exists()


def test_what_is_postponed_says_why_and_until_when_and_sinks(log_in):
    browser, id = log_in("owner"), undone()[0]
    answer = browser.post(f"/gaps/{id}/later", form(**LATER, note="约在早上"), follow=True)
    page = answer.content.decode()
    assert "推迟到" in page and "已约好时间" in page and "约在早上" in page
    assert [row.source.id for row in answer.context["rows"]].index(id) > 0
    assert answer.context["part"].total == len(undone(kind=None))


@pytest.mark.parametrize(
    ("until", "word"), [("2022-04-18T09:00", "最晚"), ("", "晚于现在"), ("x", "不能识别")]
)
def test_a_postponement_that_cannot_be_says_why(log_in, until, word):
    answer = log_in("owner").post(f"/gaps/{undone()[0]}/later", form(until=until, why="agreed_time"))
    assert answer.status_code in (400, 422)
    assert word in answer.content.decode()


def test_what_is_handed_on_shows_to_both_and_comes_back(log_in):
    browser, id = log_in("owner"), undone()[0]
    browser.post(f"/gaps/{id}/hand", form(post=str(doctor())))
    assert [row.source.id for row in browser.get(f"/gaps?handed={doctor()}").context["rows"]] == [id]
    mine = browser.get(f"/gaps?handed_by=user:{browser.session['_auth_user_id']}")
    assert "转给" in mine.content.decode()
    assert "第一网格 医务人员" in browser.get(f"/gaps/{id}").content.decode()
    browser.post(f"/gaps/{id}/back", form())
    assert not browser.get(f"/gaps?handed={doctor()}").context["rows"]


def test_nothing_is_handed_to_a_post_elsewhere(log_in, world):
    other = Post.objects.get(place=world.cases["elsewhere"][0].place, role="doctor").pk
    for post in (str(other), "", "x"):
        assert log_in("owner").post(f"/gaps/{undone()[0]}/hand", form(post=post)).status_code == 404


def proof(**more) -> dict[str, str]:
    given = {"proof": "monitoring.health_reported", "v_temperature": "36.6", "source": "owner_told"}
    return form(**given | {"happened": "2022-04-16T11:30", "who": "owner"} | more)


def test_done_with_evidence_leaves_the_list_at_once_and_stands_on_the_timeline(log_in):
    browser, id = log_in("owner"), undone()[0]
    answer = browser.post(f"/gaps/{id}/done", proof(), follow=True)
    assert "按时完成" in answer.content.decode()
    assert id not in undone()
    met = Obligation.objects.get(pk=id)
    assert met.met_by.data["temperature"] == "36.6" and met.met_by.window == "20220416am"
    told = Event.objects.get(kind__name=evidence.EVIDENCED)
    assert told.data["done_by"] == f"post:{met.post_id}"
    assert "补录办理凭证" in browser.get(f"/gaps/{id}").content.decode()


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"happened": "2022-04-16T15:00"}, "晚于现在"),
        ({"happened": "2022-04-15T11:00"}, "早于这一时段"),
        ({"v_temperature": "52"}, "temperature"),
        ({"source": ""}, "怎样知道"),
        ({"proof": "monitoring.released"}, "不能在这里补录"),
        ({"happened": ""}, "不能识别"),
    ],
)
def test_a_proof_that_does_not_fit_says_so_and_keeps_what_was_typed(log_in, given, word):
    id, before = undone()[0], Event.objects.count()
    answer = log_in("owner").post(f"/gaps/{id}/done", proof(**given))
    assert answer.status_code == 422
    assert word in answer.content.decode()
    assert Event.objects.count() == before


def test_a_fever_entered_here_is_answered_by_a_clinician_as_any_other(log_in, world):
    case = Obligation.objects.get(pk=undone()[0]).subject
    log_in("owner").post(f"/gaps/{undone()[0]}/done", proof(v_temperature="38.4", v_symptoms=["fever"]))
    from bulou.monitoring.models import AbnormalReport

    assert AbnormalReport.objects.filter(case=case).exists()


def test_a_preview_says_what_will_happen_and_to_how_many(log_in):
    browser, ids = log_in("owner"), undone(kind=None)
    needy = [row for row in browser.get("/gaps").context["rows"] if row.face.needs]
    asked = {"act": "later", "ready": "1", "id": ids} | LATER
    answer = browser.post("/gaps/bulk", asked)
    assert answer.context["result"].done == len(ids) - len(needy)
    assert [one.count for one in answer.context["refusals"]] == [len(needy)]
    assert not FollowUp.objects.exists()


def test_all_results_are_done_in_one_go_and_a_second_click_does_nothing(log_in):
    browser = log_in("owner")
    asked = {"act": "call", "ready": "1", "all": "1", "query": f"place={HOME}&gap=undone", "outcome": "doing"}
    shown = browser.post("/gaps/bulk", asked).context
    once = {name: shown[name] for name in ("act", "ids", "query", "key")} | {"outcome": "doing"}
    for _click in range(2):
        assert browser.post("/gaps/bulk/do", once).status_code == 302
    assert (
        Event.objects.filter(kind__name=followup.CALLED).count() == len(undone(kind=None)) == shown["count"]
    )
    assert AuditLine.objects.filter(action=followup.CALLED).count() == 1


def test_what_lies_outside_the_scope_is_never_touched(log_in):
    theirs = undone(VILLAGE + "00201", None)
    answer = log_in("owner").post("/gaps/bulk", {"act": "call", "id": theirs})
    assert answer.status_code == 422
    log_in("owner").post("/gaps/bulk/do", form(act="call", outcome="doing", ids=",".join(map(str, theirs))))
    assert not FollowUp.objects.exists()


def test_many_are_a_job_that_may_be_repeated(log_in, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    browser, ids = log_in("owner"), undone(kind=None)
    given = form(act="later", ids=",".join(map(str, ids)), words="等通知", **LATER)
    browser.post("/gaps/bulk/do", given)
    job = Job.objects.get(kind=bulk.JOB)
    assert "等通知" not in str(job.args)
    assert seal.unseal(bytes.fromhex(job.args["sealed"])) == {"words": "等通知"}
    handler = jobs.KINDS[bulk.JOB].handler
    results = [handler(job.args, lambda done, total: None) for _ in range(2)]
    assert results[0] == results[1]
    assert FollowUp.objects.count() == results[0]["done"] == len(ids) - results[0]["refused"]


def test_too_many_are_refused_with_what_to_do(log_in, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 2)
    answer = log_in("owner").post("/gaps/bulk", {"act": "back", "id": undone(kind=None)})
    assert answer.status_code == 413


def test_a_view_is_kept_shared_below_and_removed(log_in):
    county, owner = log_in("county"), log_in("owner")
    query = "gap=unowned&kind=monitoring.health_report&needs=1&q=%E5%BC%A0%E4%B8%89"
    county.post("/gaps/views", {"name": "每天先看", "query": query, "shared": "1"})
    county.post("/gaps/views", {"name": "只给自己", "query": query})
    seen = owner.get("/gaps").context["views"]
    assert [view.name for view in seen] == ["每天先看"]
    assert seen[0].query == "kind=monitoring.health_report&gap=unowned&needs=1"
    assert owner.post(f"/gaps/views/{seen[0].pk}/remove").status_code == 404
    assert county.post(f"/gaps/views/{seen[0].pk}/remove").status_code == 302
    assert owner.get("/gaps").context["views"] == []


@pytest.mark.parametrize("name", ["", "  ", "长" * 31])
def test_a_view_needs_a_name(log_in, name):
    assert log_in("owner").post("/gaps/views", {"name": name}).status_code == 422


@pytest.fixture
def lead(world):
    sealed = seal.seal({"sent": '{"subject": "JK22-777777", "data": {"temperature": "36.5"}}'})
    unknowns.note("monitoring.health_report", place=HOME, evidence="e-1", sealed=sealed)
    return Unknown.objects.get()


def test_a_lead_is_looked_at_with_a_reason_and_settled(log_in, lead, world):
    browser, page = log_in("owner"), f"/gaps/unknown/{lead.pk}"
    assert "JK22-777777" not in browser.get(page).content.decode()
    assert browser.post(f"{page}/look", {"reason": "看"}).status_code == 422
    assert "JK22-777777" in browser.post(f"{page}/look", {"reason": "核实编号"}).content.decode()
    assert AuditLine.objects.get(action="obligations.unknown_looked").reason == "核实编号"
    number = world.cases["home"][0].number
    given = form(finding="found", code=number, words="编号少写一位")
    assert browser.post(f"{page}/settle", given).status_code == 302
    assert browser.get("/gaps?gap=unknown&day=all").context["part"].total == 0
    assert browser.post(f"{page}/settle", form(finding="not_ours", words="再来一次")).status_code == 422


def test_a_lead_is_not_settled_with_somebody_elsewhere(log_in, lead, world):
    number = world.cases["next_door"][0].number
    given = form(finding="found", code=number, words="编号少写一位")
    assert log_in("owner").post(f"/gaps/unknown/{lead.pk}/settle", given).status_code == 422
    assert log_in("neighbour").get(f"/gaps/unknown/{lead.pk}").status_code == 404


def test_a_list_that_is_the_same_is_not_sent_again(log_in):
    browser = log_in("owner")
    first = browser.get("/gaps", headers={"HX-Request": "true", "HX-Target": "list"})
    assert first.content.decode().lstrip().startswith('<div id="list"')
    asked = {"HX-Request": "true", "HX-Target": "list", "If-None-Match": first["ETag"]}
    assert browser.get("/gaps", headers=asked).status_code == 304
    followup.one(followup.Call(outcome="doing"), undone()[0], by="user:1")
    assert browser.get("/gaps", headers=asked).status_code == 200
    with clock.at("2022-04-16T14:01+08:00"):
        assert browser.get("/gaps", headers=asked).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/gaps", "/gaps?gap=unowned&day=all", "/gaps?gap=unknown", "/duties", "/duties?status=overdue"],
)
@pytest.mark.parametrize("who", ["owner", "county"])
def test_a_list_asks_twelve_times_at_most(log_in, lead, django_assert_max_num_queries, address, who):
    browser = log_in(who)
    followup.apply(followup.Hand(post=doctor()), undone(), by="user:1", key=uuid4())
    browser.get(address)
    with django_assert_max_num_queries(12):
        browser.get(address)


def test_the_page_of_a_gap_asks_few_times(log_in, django_assert_max_num_queries):
    browser, id = log_in("owner"), undone()[0]
    followup.apply(followup.Hand(post=doctor()), [id], by="user:1", key=uuid4())
    browser.get(f"/gaps/{id}")
    with django_assert_max_num_queries(12):
        browser.get(f"/gaps/{id}")


@pytest.mark.parametrize(
    ("name", "filters"), [("gaps", {"gap": "undone"}), ("duties", {"status": "overdue"})]
)
def test_what_is_taken_out_is_what_the_page_shows(log_in, monkeypatch, name, filters):
    from bulou.command.exports.tables import Query, table_named
    from bulou.command.worklists import tables

    monkeypatch.setattr(tables, "AT_ONCE", 4)
    query = "&".join(f"{key}={value}" for key, value in filters.items())
    page = log_in("county").get(f"/{name}?{query}").context
    table, asked = table_named(name), Query(VILLAGE[:6], VILLAGE[:6], filters)
    rows = list(table.rows(asked))
    assert [row.source.id for row in rows][: len(page["rows"])] == [row.source.id for row in page["rows"]]
    assert len(rows) == table.count(asked) == page["part"].total
    followup.one(followup.Call(outcome="doing"), rows[0].source.id, by="user:1")
    cells = table.cells(next(iter(table.rows(asked))), full=False)
    assert "甄漏" not in "".join(str(cell) for cell in cells)
