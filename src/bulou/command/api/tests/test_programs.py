"""What programs may do with their tokens: capabilities, lists, repeated requests, the feed, webhooks."""

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.test import Client

from bulou.command.api import server
from bulou.command.tests.world import ELSEWHERE, HOME, VILLAGE, report
from bulou.kernel import audit, jobs
from bulou.kernel.models import AuditLine, Event
from bulou.monitoring.models import Case
from bulou.obligations.models import Obligation
from bulou.people.models import Person
from bulou.places.models import Post
from bulou.rights.capabilities import Capability as C
from bulou.sync import feed, tokens, webhooks
from bulou.sync.models import KeptAnswer, Webhook

pytestmark = pytest.mark.django_db
API = "/api/v1"


class Program:
    """A program with a token of its own."""

    def __init__(self, *may, scope=VILLAGE, purpose="数据核对", role="测试岗"):
        post = Post.objects.get_or_create(role=role, place=scope)[0]
        self.text, self.token = tokens.make(
            post.pk, scope, 7, by="user:1", purpose=purpose, capabilities=may or None
        )
        self.client = Client(raise_request_exception=False)

    def ask(self, method, path, body=None, **headers):
        more = {"Authorization": f"Bearer {self.text}"} | headers
        return self.client.generic(
            method, API + path, json.dumps(body) if body is not None else "", "application/json", headers=more
        )

    def get(self, path):
        return self.ask("GET", path)


def code(response):
    assert response["Content-Type"] == "application/problem+json", response.content
    return response.json()["code"]


def every(program, path):
    """All rows of a list, page by page, two at a time."""
    found, cursor = [], ""
    while cursor is not None:
        page = program.get(f"{path}{'&' if '?' in path else '?'}limit=2{cursor}").json()
        found += page["rows"]
        cursor = f"&cursor={page['next']}" if page["next"] else None
    return found


OPERATIONS = [
    (path, method, operation)
    for path, view in server.api.default_router.path_operations.items()
    for operation in view.operations
    for method in operation.methods
] + [
    (path, method, operation)
    for _prefix, router in server.api._routers
    for path, view in router.path_operations.items()
    for operation in view.operations
    for method in operation.methods
]


def test_every_endpoint_asks_for_a_token():
    assert len(OPERATIONS) > 10
    for path, _method, operation in OPERATIONS:
        assert operation.auth_callbacks, path


@pytest.mark.parametrize("path, method, operation", OPERATIONS, ids=lambda value: str(value)[:40])
def test_a_token_without_the_capability_is_refused(world, path, method, operation):
    needed, any_of = operation.auth_callbacks[0].capabilities, operation.auth_callbacks[0].any_of
    address = path.replace("{int:id}", "1").replace("{code}", HOME).replace("{number}", "JK22-000001")
    uid = str(Person.objects.first().uid)
    address = address.replace("{id}", uid).replace("{uid}", uid).replace("{name}", "grid")
    for lacking in [*({one} for one in needed), *([set(any_of)] if any_of else [])]:
        program = Program(*(one for one in C if one not in lacking))
        response = program.ask(method, address, {})
        assert (response.status_code, code(response)) == (403, "token-lacks")


def test_places_posts_persons_and_cases_come_in_pages_of_the_scope(world):
    program = Program(C.SEE_NUMBERS, C.SEE_PERSONS)
    assert [row["code"] for row in every(program, "/places")] == [VILLAGE + "001", VILLAGE + "002"]
    posts = every(program, "/posts")
    assert {row["place"] for row in posts} and all(row["place"].startswith(VILLAGE) for row in posts)
    assert len(posts) == Post.objects.filter(place__startswith=VILLAGE).count()
    assert len(every(program, "/persons")) == 9
    assert [row["number"] for row in every(program, "/cases")] == sorted(
        Case.objects.filter(place__startswith=VILLAGE).values_list("number", flat=True)
    )


def test_persons_are_masked_and_the_look_is_recorded_with_its_purpose(world):
    program = Program(C.SEE_PERSONS)
    row = program.get("/persons?limit=1").json()["rows"][0]
    assert row["name"] == "甄***" and "*" * 10 in row["identity"] and "****" in row["phone"]
    line = AuditLine.objects.filter(action="people.listed").get()
    assert (line.reason, line.detail["count"]) == ("api: 数据核对", 1)
    one = program.get(f"/persons/{row['uid']}").json()
    assert one == row and AuditLine.objects.filter(action="people.looked").count() == 1
    assert audit.broken_at() is None


@pytest.mark.parametrize("path", ["/persons", "/cases", "/cases/JK22-000001"])
def test_nobody_is_looked_up_without_a_purpose(world, path):
    assert code(Program(C.SEE_PERSONS, purpose="").get(path)) == "token-no-purpose"


def test_what_lies_elsewhere_reads_like_what_is_not_there(world):
    program = Program(C.SEE_PERSONS, C.SEE_NUMBERS, C.WORK_GAPS)
    uid = world.cases["elsewhere"][0].person.uid
    gap = Obligation.objects.filter(place__startswith=ELSEWHERE).first()
    assert code(program.get(f"/persons/{uid}")) == "api-no-such-person"
    assert code(program.get("/cases/JK22-000010")) == code(program.get("/cases/none")) == "no-such-case"
    assert code(program.get(f"/places/{ELSEWHERE}")) == "place-outside-scope"
    assert code(program.ask("POST", f"/gaps/{gap.pk}/call", {"outcome": "doing"})) == "gap-outside-scope"


def test_an_end_is_recorded_once_however_often_it_is_sent(world):
    program = Program(C.SEE_PERSONS, C.DECIDE_CASES)
    number = world.cases["home"][0].number
    body, key = {"reason": "hospital", "at": "2022-04-16T13:00+08:00"}, {"Idempotency-Key": "a1"}
    first = program.ask("POST", f"/cases/{number}/end", body, **key)
    again = program.ask("POST", f"/cases/{number}/end", body, **key)
    assert first.status_code == 200 and first.json()["state"] == "ended"
    assert again.json() == first.json()
    assert KeptAnswer.objects.get().status == 200
    other = program.ask("POST", f"/cases/{number}/end", body | {"reason": "died"}, **key)
    assert (other.status_code, code(other)) == (422, "idempotency-key-reused")
    assert code(program.ask("POST", f"/cases/{number}/end", body)) == "case-ended"


def test_a_request_that_was_refused_may_be_made_again_with_its_key(world):
    program = Program(C.SEE_PERSONS, C.DECIDE_CASES)
    number, key = world.cases["home"][0].number, {"Idempotency-Key": "a1"}
    body = {"reason": "hospital", "at": "2023-04-16T13:00+08:00"}
    assert code(program.ask("POST", f"/cases/{number}/end", body, **key)) == "not-yet-happened"
    assert not KeptAnswer.objects.exists()


def test_a_request_that_still_runs_is_not_begun_a_second_time(world):
    program = Program(C.SEE_PERSONS, C.WORK_GAPS)
    gap = undone(world)
    ask = lambda: program.ask(  # noqa: E731
        "POST", f"/gaps/{gap.pk}/call", {"outcome": "doing"}, **{"Idempotency-Key": "k"}
    )
    assert ask().json() == {"recorded": True}
    KeptAnswer.objects.update(status=0, at=jobs.machine_now())
    assert (ask().status_code, code(ask())) == (409, "idempotency-still-running")
    KeptAnswer.objects.update(at=jobs.machine_now() - 2 * jobs.LEASE)
    assert ask().json() == {"recorded": True}


@pytest.mark.parametrize("key", ["", "x" * 101, "a\tb"])
def test_a_key_that_is_none_is_refused(world, key):
    program = Program(C.SEE_PERSONS, C.WORK_GAPS)
    gap = undone(world)
    response = program.ask("POST", f"/gaps/{gap.pk}/call", {"outcome": "doing"}, **{"Idempotency-Key": key})
    assert code(response) == "idempotency-bad-key"


def test_the_feed_has_each_event_of_the_scope_once_and_in_order(world):
    program = Program(C.SEE_PERSONS)
    for case in (world.cases["next_door"][0], world.cases["elsewhere"][0]):
        report(case, "2022-04-16T13:30+08:00")
    seen, after = [], 0
    while True:
        page = program.get(f"/changes?after={after}&limit=1").json()
        seen += page["rows"]
        after = page["next"]
        if not page["more"]:
            break
    assert [row["seq"] for row in seen] == sorted(row["seq"] for row in seen)
    expected = Event.objects.filter(place__startswith=VILLAGE, kind__name="monitoring.health_reported")
    assert {row["id"] for row in seen} == {str(event.id) for event in expected}
    assert {row["subject"] for row in seen} <= set(Case.objects.values_list("number", flat=True))
    assert program.get(f"/changes?after={after}").json() == {"rows": [], "next": after, "more": False}
    assert program.get("/changes?kind=monitoring.contacted").json()["rows"] == []


class Receiver(BaseHTTPRequestHandler):
    """The other program."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.headers["Bulou-Signature"], body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.end_headers()

    def log_message(self, *_words):
        """Say nothing."""


@pytest.fixture
def receiver(settings):
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.got, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    server.address = f"127.0.0.1:{server.server_port}"
    settings.BULOU_WEBHOOK_HOSTS = [server.address]
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_brings_what_happens_signed_and_again_until_it_is_taken(world, receiver):
    program = Program(C.SEE_PERSONS)
    made = program.ask("POST", "/webhooks", {"url": f"http://{receiver.address}/in"})
    assert made.status_code == 201, made.content
    hook = made.json()
    webhooks.deliver({}, lambda *_: None)
    assert receiver.got == []
    report(world.cases["next_door"][0], "2022-04-16T13:30+08:00")
    receiver.answers = [500]
    webhooks.deliver({}, lambda *_: None)
    assert Webhook.objects.get().failures == 1
    assert webhooks.deliver({}, lambda *_: None) == {"sent": 0}
    Webhook.objects.update(next_at=jobs.machine_now())
    assert webhooks.deliver({}, lambda *_: None) == {"sent": 1}
    (_first, failed), (signature, body) = receiver.got
    assert failed == body and json.loads(body)["rows"] == feed.changes(VILLAGE, after=hook["seq"]).rows
    at, _comma, mac = signature.partition(",v1=")
    expected = hmac.new(hook["secret"].encode(), f"{at[2:]}.".encode() + body, hashlib.sha256)
    assert hmac.compare_digest(mac, expected.hexdigest())
    assert webhooks.deliver({}, lambda *_: None) == {"sent": 0}


def test_an_ended_webhook_and_a_withdrawn_token_are_sent_nothing(world, receiver):
    program = Program(C.SEE_PERSONS)
    one, other = (
        program.ask("POST", "/webhooks", {"url": f"http://{receiver.address}/{n}"}).json()["id"]
        for n in range(2)
    )
    assert program.ask("DELETE", f"/webhooks/{one}").json()["ended"]
    report(world.cases["next_door"][0], "2022-04-16T13:30+08:00")
    assert webhooks.deliver({}, lambda *_: None) == {"sent": 1}
    tokens.withdraw(program.token.pk, by="user:1")
    report(world.cases["next_door"][1], "2022-04-16T13:30+08:00")
    assert webhooks.deliver({}, lambda *_: None) == {"sent": 0}
    assert Program(C.SEE_PERSONS).ask("DELETE", f"/webhooks/{other}").status_code == 404


def test_a_receiver_that_is_away_is_tried_later(world, receiver):
    program = Program(C.SEE_PERSONS)
    program.ask("POST", "/webhooks", {"url": f"http://{receiver.address}/in"})
    receiver.server_close()
    report(world.cases["next_door"][0], "2022-04-16T13:30+08:00")
    receiver.shutdown()
    webhooks.deliver({}, lambda *_: None)
    hook = Webhook.objects.get()
    assert (hook.failures, hook.last_status) == (1, 0) and hook.next_at > jobs.machine_now()


@pytest.mark.parametrize(
    "url", ["http://elsewhere.example/in", "https://elsewhere.example/", "ftp://127.0.0.1/", "nonsense"]
)
def test_only_hosts_that_the_administrator_named_are_called(world, receiver, url):
    assert code(Program(C.SEE_PERSONS).ask("POST", "/webhooks", {"url": url})) == "webhook-bad-url"


def test_a_token_says_what_it_may_do(world):
    found = Program(C.SEE_NUMBERS).get("/token").json()
    assert (found["scope"], found["capabilities"], found["purpose"]) == (VILLAGE, ["see-numbers"], "数据核对")


def undone(world, n=2):
    """An undone health report of the silent."""
    return Obligation.objects.get(
        subject=world.cases["home"][n].pk,
        window__kind__name="monitoring.health_report",
        window__label="20220416am",
    )


def test_a_gap_is_called_postponed_handed_on_and_taken_back(world):
    program, gap = Program(C.SEE_PERSONS, C.WORK_GAPS), undone(world)
    path = f"/gaps/{gap.pk}"
    post = gap.post_id
    acts = [
        ("call", {"outcome": "other", "words": "已提醒"}),
        ("postpone", {"until": "2022-04-16T18:00+08:00", "why": "agreed_time"}),
        ("hand", {"post": post}),
        ("take-back", {}),
    ]
    for verb, body in acts:
        assert program.ask("POST", f"{path}/{verb}", body).json() == {"recorded": True}, verb
    assert code(program.ask("POST", f"{path}/take-back", {})) == "gap-not-handed"
    assert code(program.ask("POST", f"{path}/hand", {"post": 999_999})) == "gap-post-outside"
    late = {"until": "2022-05-16T18:00+08:00", "why": "agreed_time"}
    assert code(program.ask("POST", f"{path}/postpone", late)) == "postponed-too-long"


def test_a_proof_with_its_source_closes_the_gap(world):
    program, gap = Program(C.SEE_PERSONS, C.WORK_GAPS), undone(world)
    body = {
        "proof": "monitoring.health_reported",
        "data": {"temperature": "36.5", "symptoms": []},
        "happened_at": "2022-04-16T11:00+08:00",
        "source": "owner_told",
    }
    before = program.get("/gaps?gap=undone&kind=monitoring.health_report").json()["rows"]
    assert program.ask("POST", f"/gaps/{gap.pk}/evidence", body).json() == {"recorded": True}
    after = program.get("/gaps?gap=undone&kind=monitoring.health_report").json()["rows"]
    assert {row["id"] for row in before} - {row["id"] for row in after} == {gap.pk}
    assert code(program.ask("POST", f"/gaps/{gap.pk}/evidence", body)) == "gap-closed"


def test_the_same_act_by_its_id_is_recorded_once(world):
    program, gap = Program(C.SEE_PERSONS, C.WORK_GAPS), undone(world)
    body = {"outcome": "doing", "id": "018f0000-0000-7000-8000-000000000001"}
    assert program.ask("POST", f"/gaps/{gap.pk}/call", body).json() == {"recorded": True}
    assert program.ask("POST", f"/gaps/{gap.pk}/call", body).json() == {"recorded": False}
