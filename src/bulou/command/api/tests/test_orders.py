"""What programs do with directives, the search and the history."""

import datetime as dt

import pytest

from bulou.command.api.tests.test_programs import Program, code, every
from bulou.command.directives.tests.build import GROUND, THREE
from bulou.command.tests.world import COUNTY, ELSEWHERE, HOME, NOW, VILLAGE
from bulou.kernel import clock
from bulou.kernel.models import AuditLine
from bulou.obligations import snapshots
from bulou.obligations.models import Directive
from bulou.people import finding
from bulou.people.models import Person
from bulou.places import posts, workers
from bulou.rights.capabilities import Capability as C

pytestmark = pytest.mark.django_db
KEY = {"Idempotency-Key": "k1"}


def held(program, name, phone):
    """A program whose post somebody holds: who acts through it can be told."""
    posts.hold(program.token.post_id, workers.ensure(name, phone), clock.now() - dt.timedelta(1), by="test:1")
    return program


@pytest.fixture
def drafter(world):
    return held(Program(*C, role="起草岗"), "起草人", "19900006601")


@pytest.fixture
def signer(world):
    return held(Program(*C, role="签发岗"), "签发人", "19900006602")


@pytest.fixture
def order():
    return {
        "kind": "monitoring.health_report",
        "place": VILLAGE,
        "params": THREE,
        "valid_from": "2022-04-17T00:00+08:00",
        "number": "翼防指令〔2022〕3号",
        "title": "健康报告改为一日三次",
        "ground": GROUND,
    }


def test_an_order_is_drafted_previewed_and_signed_by_another_post(drafter, signer, order):
    preview = drafter.ask("POST", "/orders/preview", order)
    assert preview.status_code == 200, preview.content
    assert preview.json()["after"] >= 0 and not Directive.objects.filter(place=VILLAGE).exists()
    made = drafter.ask("POST", "/orders", order, **KEY)
    assert made.status_code == 201 and drafter.ask("POST", "/orders", order, **KEY).json() == made.json()
    id = made.json()["id"]
    assert [row["id"] for row in every(signer, "/orders?waiting=true")] == [id]
    assert signer.get(f"/orders/{id}/preview").json() == preview.json()
    assert code(drafter.ask("POST", f"/orders/{id}/sign")) == "order-same-hand"
    signed = signer.ask("POST", f"/orders/{id}/sign", **KEY).json()
    assert (signed["decision"], signed["open"], bool(signed["signature"])) == ("signed", False, True)
    assert signer.ask("POST", f"/orders/{id}/sign", **KEY).json() == signed
    assert code(signer.ask("POST", f"/orders/{id}/sign")) == "order-decided"
    assert code(signer.get(f"/orders/{id}/preview")) == "order-decided"
    in_force = [row for row in every(drafter, f"/directives?kind={order['kind']}") if row["place"] == VILLAGE]
    assert [(row["order"], row["number"]) for row in in_force] == [(id, order["number"])]


def test_an_order_is_sent_back_or_taken_back(drafter, signer, order):
    first, second = (drafter.ask("POST", "/orders", order).json()["id"] for _ in range(2))
    assert code(signer.ask("POST", f"/orders/{first}/reject", {"words": "不"})) == "order-words-missing"
    back = signer.ask("POST", f"/orders/{first}/reject", {"words": "范围写大了"}).json()
    assert (back["decision"], back["words"]) == ("rejected", "范围写大了")
    assert code(signer.ask("POST", f"/orders/{second}/withdraw")) == "order-not-drafter"
    assert drafter.ask("POST", f"/orders/{second}/withdraw").json()["decision"] == "withdrawn"
    assert [row["id"] for row in every(drafter, "/orders")] == [second, first]


def test_orders_above_are_seen_but_not_signed_and_those_elsewhere_are_not_there(drafter, signer, order):
    county = Program(*C, scope=COUNTY, role="县岗")
    above = county.ask("POST", "/orders", order | {"place": COUNTY}).json()["id"]
    assert signer.get(f"/orders/{above}").status_code == 200
    assert code(signer.ask("POST", f"/orders/{above}/sign")) == "api-no-such-order"
    away = county.ask("POST", "/orders", order | {"place": ELSEWHERE}).json()["id"]
    assert code(signer.get(f"/orders/{away}")) == code(signer.get(f"/orders/{2**63}")) == "api-no-such-order"
    assert code(drafter.ask("POST", "/orders", order | {"place": ELSEWHERE})) == "place-outside-scope"


@pytest.mark.parametrize("params", [{"owner": "no-such"}, {"owner": float("nan")}, {"owner": "a\x00b"}])
def test_values_that_are_none_are_refused(drafter, order, params):
    response = drafter.ask("POST", "/orders", order | {"params": params})
    assert response.status_code == 422, response.content


def test_the_lists_of_directives_cost_the_same_however_long(drafter, order, django_assert_max_num_queries):
    for _turn in range(5):
        drafter.ask("POST", "/orders", order)
    for path in ("/directives?limit=200", "/orders?limit=200"):
        with django_assert_max_num_queries(6):
            assert drafter.get(path).status_code == 200


def test_the_search_finds_places_posts_and_masked_persons_and_is_recorded(world):
    finding.index(Person.objects.all())
    program = Program(C.SEE_NUMBERS, C.SEE_PERSONS)
    found = program.ask("POST", "/search", {"words": "绿苑小区"}).json()
    assert found["places"][0]["code"] == VILLAGE + "001"
    found = program.ask("POST", "/search", {"words": "甄漏01"}).json()
    assert [one["name"] for one in found["persons"]] == ["甄***"]
    line = AuditLine.objects.get(action="people.listed")
    assert (line.reason, line.detail["count"]) == ("api: 数据核对", 1)
    held = program.ask("POST", "/search", {"words": "责任0"}).json()["posts"]
    assert held and all("****" in one["phone"] for one in held)


def test_a_token_for_numbers_finds_no_persons_and_one_for_persons_says_what_for(world):
    finding.index(Person.objects.all())
    asked = {"words": "甄漏01"}
    assert Program(C.SEE_NUMBERS).ask("POST", "/search", asked).json()["persons"] == []
    assert (
        Program(C.SEE_NUMBERS, C.SEE_PERSONS, scope=ELSEWHERE).ask("POST", "/search", asked).json()["persons"]
        == []
    )
    assert code(Program(*C, purpose="").ask("POST", "/search", asked)) == "token-no-purpose"


def test_the_board_of_a_past_hour_is_as_it_was_known_then(world):
    program = Program(C.SEE_NUMBERS)
    snapshots.take_due(clock.parse_instant(NOW))
    rows = program.get("/history").json()["rows"]
    assert rows[-1]["at"] == "2022-04-16T14:00:00+08:00" and not rows[-1]["made_up"]
    for row in rows:
        assert row["universe"] == sum(row[name] for name in ("met", "late", "open", "overdue", "excused"))
    hour = program.get(f"/history/hour?at={rows[-1]['at'].replace('+', '%2B')}").json()
    own = [cell for cell in hour["rows"] if cell["place"] == VILLAGE]
    assert sum(cell["universe"] for cell in own) == rows[-1]["universe"] > 0
    assert program.get("/history?day=2022-04-14").json()["rows"] == []
    assert code(program.get("/history/hour?at=2022-04-16T13:30")) == "history-not-taken"
    assert code(program.get(f"/history?place={HOME}")) == "history-too-narrow"
    assert code(program.get("/history?kind=no.such")) == "no-such-kind"
    assert code(program.get(f"/history?place={ELSEWHERE}")) == "place-outside-scope"


def test_a_signed_order_has_a_paper(drafter, signer, order):
    id = drafter.ask("POST", "/orders", order).json()["id"]
    assert code(drafter.get(f"/orders/{id}/paper")) == "api-order-not-signed"
    signer.ask("POST", f"/orders/{id}/sign")
    paper = drafter.get(f"/orders/{id}/paper")
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
