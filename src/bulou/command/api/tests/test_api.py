import gzip
import json
import zlib
from pathlib import Path

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from bulou.command.api import bodies
from bulou.command.api import server as api
from bulou.command.tests.world import COUNTY, ELSEWHERE, HOME, NEXT_DOOR, VILLAGE
from bulou.facts import hearers, monitoring
from bulou.facts.subjects import SUBJECTS, Found, SubjectType
from bulou.kernel import clock
from bulou.kernel.ids import uuid7
from bulou.kernel.models import Event
from bulou.monitoring.models import Case
from bulou.obligations import positions
from bulou.places.models import Post
from bulou.sync import intake, tokens
from bulou.sync.models import Token

pytestmark = pytest.mark.django_db

COLUMNS = ("kind", "subject", "place", "owner", "opens_at", "due_at", "gap", "level")
EVENTS, BALANCE, GAPS = "/api/v1/events", "/api/v1/balance", "/api/v1/gaps"
KIND = "monitoring.health_report"


@pytest.fixture(autouse=True)
def cases_by_number(monkeypatch):
    def find(numbers):
        return {one.number: Found(one.pk, one.place) for one in Case.objects.filter(number__in=set(numbers))}

    monkeypatch.setitem(SUBJECTS, "case", SubjectType("case", find, lambda ids: {id: str(id) for id in ids}))


class Caller:
    """A program with a token."""

    def __init__(self, scope):
        post = Post.objects.create(role="测试岗", place=scope)
        self.text, self.token = tokens.make(post.pk, scope, 7, by="user:1")
        # Whatever goes wrong inside must come out as an answer, not as an exception of the test.
        self.client = Client(raise_request_exception=False)

    def get(self, path, **query):
        return self.client.get(path, query, headers={"Authorization": f"Bearer {self.text}"})

    def post(self, body, **headers):
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            EVENTS, body, "application/json", headers={"Authorization": f"Bearer {self.text}"} | more
        )

    def send(self, *items):
        return self.post(json.dumps({"events": items})).json()["results"]


@pytest.fixture
def caller(world):
    return Caller(VILLAGE)


def report(case, **more):
    return {
        "id": str(uuid7()),
        "kind": monitoring.HealthReported.kind,
        "subject": case.number,
        "happened_at": "2022-04-16T11:00:00+08:00",
        "data": {"temperature": 36.6, "symptoms": []},
    } | more


def problem(response):
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    found = response.json()
    assert found["status"] == response.status_code
    assert {"type", "title", "status", "detail"} <= set(found)
    return found["code"]


def test_events_are_taken_and_a_replay_is_identical(world, caller):
    item = report(world.cases["home"][2])
    assert caller.send(item) == [{"id": item["id"], "status": "new", "problem": None}]
    assert caller.send(item) == [{"id": item["id"], "status": "identical", "problem": None}]
    assert Event.objects.get(id=item["id"]).actor == f"post:{caller.token.post_id}"


def test_a_report_sent_in_closes_its_gap_at_once(world, caller):
    def overdue():
        rows = caller.get(BALANCE, kind=KIND, place=HOME).json()["rows"]
        return next(row["overdue"] for row in rows if row["place"] == HOME)

    before = overdue()
    caller.send(report(world.cases["home"][2], data={"temperature": 36.6, "window": "am"}))
    assert overdue() == before - 1


def test_what_lies_outside_the_tokens_scope_is_refused(world, caller):
    (answer,) = caller.send(report(world.cases["elsewhere"][0]))
    assert (answer["status"], answer["problem"]["code"]) == ("refused", "outside-scope")


def test_gzip_is_welcome(world, caller):
    body = gzip.compress(json.dumps({"events": [report(world.cases["home"][0])]}).encode())
    assert caller.post(body, Content_Encoding="gzip").json()["results"][0]["status"] == "new"


def test_a_bomb_is_refused(caller):
    bomb = gzip.compress(b"[" + b" " * (bodies.BODY_LIMIT + 1) + b"]")
    assert len(bomb) < 100_000
    response = caller.post(bomb, Content_Encoding="gzip")
    assert (response.status_code, problem(response)) == (413, "body-too-big")


def test_a_body_that_is_too_big_is_refused(caller):
    response = caller.post(b" " * (bodies.BODY_LIMIT + 1))
    assert (response.status_code, problem(response)) == (413, "body-too-big")


@pytest.mark.parametrize(
    "body, status, code",
    [
        (b"", 400, "bad-json"),
        (b"{", 400, "bad-json"),
        (b"\xff\xfe", 400, "bad-json"),
        (b'{"events": NaN}', 400, "bad-json"),
        (b'{"events": [' + b"1" * 6000 + b"]}", 400, "bad-json"),
        (b'{"events": ' + b"[" * 5000 + b"]" * 5000 + b"}", 400, "bad-json"),
        (b'{"events": ["\\ud800"]}', 400, "bad-json"),
        (b"null", 422, "bad-body"),
        (b"[]", 422, "bad-body"),
        (b"{}", 422, "bad-body"),
        (b'{"events": {}}', 422, "bad-body"),
        (b'{"events": "x"}', 422, "bad-body"),
    ],
)
def test_a_body_that_is_no_list_of_events_is_a_problem(caller, body, status, code):
    response = caller.post(body)
    assert (response.status_code, problem(response)) == (status, code)


@pytest.mark.parametrize(
    "body",
    [
        b"no gzip",
        gzip.compress(b"{}", mtime=0)[:-4],
        gzip.compress(b"{}", mtime=0)[:12] + b"\0" * 20,
        zlib.compress(b"{}"),
    ],
)
def test_gzip_that_is_broken_is_a_problem(caller, body):
    assert problem(caller.post(body, Content_Encoding="gzip")) == "bad-gzip"


def test_other_codings_are_a_problem(caller):
    assert problem(caller.post(b"{}", Content_Encoding="br")) == "bad-encoding"


def test_a_body_without_a_length_is_a_problem(caller):
    response = caller.client.generic(
        "POST",
        EVENTS,
        headers={"Authorization": f"Bearer {caller.text}", "Transfer-Encoding": "chunked"},
    )
    assert (response.status_code, problem(response)) == (411, "no-length")


def test_more_than_five_hundred_events_are_a_problem(world, caller):
    response = caller.post(json.dumps({"events": [report(world.cases["home"][0])] * 501}))
    assert (response.status_code, problem(response)) == (413, "too-many-events")
    assert caller.post(json.dumps({"events": []})).json() == {"results": []}


@pytest.mark.parametrize("path", [EVENTS, BALANCE, GAPS])
@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic x"}])
def test_without_a_token_there_is_nothing(path, header):
    response = Client().generic("POST" if path == EVENTS else "GET", path, b"{", headers=header)
    assert (response.status_code, problem(response)) == (401, "token-invalid")
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_log_in_is_no_token(log_in):
    assert log_in("county").get(BALANCE).status_code == 401


def test_an_ended_token_is_refused(caller):
    Token.objects.filter(pk=caller.token.pk).update(ends_at=clock.now())
    assert problem(caller.get(BALANCE)) == "token-invalid"


def test_the_balance_stands_for_the_tokens_scope_and_below(caller):
    rows = caller.get(BALANCE, kind=KIND).json()["rows"]
    assert [row["place"] for row in rows] == [VILLAGE, VILLAGE + "001", VILLAGE + "002"]
    for row in rows:
        assert row["universe"] == sum(row[name] for name in ("met", "late", "open", "overdue", "excused"))
        assert row["owned"] + row["unowned"] == row["universe"]


def test_the_balance_can_be_bounded_by_when_it_opened(caller):
    def universe(**bounds):
        return caller.get(BALANCE, kind=KIND, **bounds).json()["rows"][0]["universe"]

    noon = "2022-04-16T12:00+08:00"
    assert universe(**{"from": noon}) + universe(to=noon) == universe()


def test_gaps_name_kind_subject_owner_and_times_with_offset(caller):
    rows = caller.get(GAPS, kind=KIND, gap="undone").json()["rows"]
    assert set(rows[0]) == {"id", *COLUMNS}
    assert {row["gap"] for row in rows} == {"undone"}
    assert {row["due_at"] for row in rows} == {"2022-04-16T12:00:00+08:00"}


def test_gaps_come_in_pages(caller):
    every = caller.get(GAPS).json()["rows"]
    pages, cursor = [], {}
    while cursor is not None:
        page = caller.get(GAPS, limit=2, **cursor).json()
        pages += page["rows"]
        cursor = {"cursor": page["next"]} if page["next"] else None
    assert pages == every


def test_a_part_of_the_scope_can_be_asked_for(caller):
    places = {row["place"] for row in caller.get(GAPS, place=NEXT_DOOR).json()["rows"]}
    assert places == {NEXT_DOOR}


@pytest.mark.parametrize("path", [BALANCE, GAPS])
@pytest.mark.parametrize("place", [COUNTY, ELSEWHERE, VILLAGE + "999"])
def test_another_place_reads_like_one_that_is_not_there(caller, path, place):
    response = caller.get(path, place=place)
    assert (response.status_code, problem(response)) == (404, "place-outside-scope")


@pytest.mark.parametrize(
    "path, query, status, code",
    [
        (BALANCE, {"kind": "no.such"}, 404, "no-such-kind"),
        (GAPS, {"kind": "no.such"}, 404, "no-such-kind"),
        (BALANCE, {"place": "1410\x00"}, 422, "bad-query"),
        (BALANCE, {"place": "²²²²²²"}, 422, "bad-query"),
        (BALANCE, {"from": "yesterday"}, 400, "bad-instant"),
        (GAPS, {"gap": "all"}, 422, "bad-query"),
        (GAPS, {"limit": "0"}, 422, "bad-query"),
        (GAPS, {"cursor": "nonsense"}, 422, "bad-cursor"),
        (GAPS, {"cursor": positions.to_text([2**70])}, 422, "bad-cursor"),
    ],
)
def test_a_question_that_makes_no_sense_is_a_problem(caller, path, query, status, code):
    response = caller.get(path, **query)
    assert (response.status_code, problem(response)) == (status, code)


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/nothing", "/api/v1/events/", "/api/v1/docs"])
def test_an_address_that_is_none_is_a_problem(path):
    response = Client().get(path)
    assert (response.status_code, problem(response)) == (404, "no-such-endpoint")


@pytest.mark.parametrize("method, path, allowed", [("DELETE", EVENTS, "POST"), ("POST", BALANCE, "GET")])
def test_a_method_that_is_not_served_is_a_problem(method, path, allowed):
    response = Client().generic(method, path)
    assert (response.status_code, problem(response), response["Allow"]) == (405, "no-such-method", allowed)


@pytest.mark.parametrize(
    "asked, language",
    [("", "zh-hans"), ("zh-CN,zh;q=0.9", "zh-hans"), ("fr", "zh-hans"), ("en-GB,en;q=0.8", "en")],
)
def test_problems_are_told_in_the_language_asked_for(asked, language):
    response = Client().get("/api/v1/nothing", headers={"Accept-Language": asked})
    with translation.override(language):
        title = translation.gettext("没有找到")
    assert (response["Content-Language"], response.json()["title"]) == (language, title)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_does_not_answer_is_said_without_its_words(caller, monkeypatch, caplog, error):
    def fail(*_args, **_more):
        raise error("张三 14109919800101001X")

    monkeypatch.setattr(intake, "receive", fail)
    response = caller.post(b'{"events": []}')
    assert (response.status_code, problem(response)) == (503, "database-unavailable")
    assert response["Retry-After"]
    assert "张三" not in response.content.decode() + caplog.text


def test_hearers_that_fail_leave_nothing_and_the_next_request_is_served(world, caller, monkeypatch):
    def fail(_kinds, _seq):
        raise OperationalError

    item = report(world.cases["home"][0])
    with monkeypatch.context() as broken:
        broken.setattr(hearers, "_after", [fail])
        assert caller.post(json.dumps({"events": [item]})).status_code == 503
    assert caller.send(item)[0]["status"] == "new"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
nearly_items = st.fixed_dictionaries(
    {},
    optional={
        "id": st.uuids().map(str) | json_values,
        "kind": st.sampled_from([monitoring.HealthReported.kind, monitoring.Contacted.kind]) | json_values,
        "subject": st.just("JK22-000001") | json_values,
        "happened_at": st.datetimes().map(str) | json_values,
        "data": json_values,
        "corrects": json_values,
    },
)


@given(body=st.binary(max_size=200) | st.text().map(str.encode))
def test_no_bytes_make_the_server_fail(caller, body):
    assert caller.post(body).status_code in {400, 422}


@given(items=st.lists(nearly_items | json_values, max_size=5))
def test_no_json_makes_the_server_fail(caller, items):
    response = caller.post(json.dumps({"events": items}))
    if response.status_code == 200:
        assert len(response.json()["results"]) == len(items)
    else:
        assert problem(response) == "bad-json"


@given(
    query=st.dictionaries(
        st.sampled_from(["place", "kind", "from", "to", "gap", "limit", "cursor"]),
        st.text() | st.integers().map(str) | st.datetimes().map(str),
    ),
    path=st.sampled_from([BALANCE, GAPS]),
)
def test_no_question_makes_the_server_fail(caller, path, query):
    assert caller.get(path, **query).status_code < 500


def test_the_schema_is_the_one_in_the_documents():
    served = Client().get("/api/v1/openapi.json").json()
    assert served == json.loads(api.schema_text())
    kept = Path(__file__).parents[5] / "docs" / "api" / "openapi.json"
    assert kept.read_text() == api.schema_text(), "run: python -m tools.schema"


def test_the_schema_names_every_problem_and_the_body():
    schema = json.loads(api.schema_text())
    post = schema["paths"][EVENTS]["post"]
    assert "events" in post["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert {"200", "401", "413", "422"} <= set(post["responses"])
