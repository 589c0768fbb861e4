import uuid

import pytest

from bulou.arrivals.models import Journey, Proposal, RiskArea
from bulou.command.api.tests.test_programs import Program, code, every
from bulou.command.arrivals.tests import build
from bulou.command.tests.world import COUNTY, ELSEWHERE, HOME, VILLAGE, identity
from bulou.kernel.models import AuditLine
from bulou.people.lookups import UNMASKED
from bulou.rights.capabilities import Capability as C

pytestmark = pytest.mark.django_db
NEW = {
    "name": "归某甲",
    "identity": identity(60),
    "phone": "19900000060",
    "place": HOME,
    "arrives_at": "2022-04-17T18:05+08:00",
    "way": "train",
    "station": "翼城东站",
    "trip": "D2521",
    "visited": [{"where": "上海市浦东新区", "since": "2022-04-01", "until": "2022-04-16"}],
}
SAID = {
    "rule": "medium",
    "ground": "传染病防治法",
    "decided_by": "县疫情防控办公室",
    "appeal": "可申请行政复议",
}
AREA = {
    "code": "310115",
    "name": "上海市浦东新区",
    "level": "medium",
    "since": "2022-04-12",
    "source": "国务院客户端",
}


@pytest.fixture
def hands(world):
    return build.hands()


@pytest.fixture
def program(hands):
    return Program(*C, scope=COUNTY)


def test_who_comes_is_listed_page_by_page(program):
    made = [build.journey(n) for n in (50, 51, 52)]
    rows = every(program, f"/arrivals?place={HOME}")
    assert [row["number"] for row in rows] == [one.number for one in made]
    assert {row["state"] for row in rows} == {"expected"}
    assert every(program, f"/arrivals?place={ELSEWHERE}") == []


def test_registering_twice_is_one_journey(program):
    first = program.ask("POST", "/arrivals", NEW)
    again = program.ask("POST", "/arrivals", NEW)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["number"] == again.json()["number"]
    assert (first.json()["station"], Journey.objects.count()) == ("翼城东站", 1)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"identity": "141099198001010601"}, "api-bad-field"),
        ({"place": "999999"}, "place-outside-scope"),
        ({"arrives_at": "2023-01-01T00:00+08:00"}, "arrival-far"),
        ({"visited": [{"where": "哪里", "since": "2022-04-01", "until": "2022-04-02"}]}, "origin-unknown"),
    ],
)
def test_what_is_wrong_is_named(program, given, wanted):
    assert code(program.ask("POST", "/arrivals", NEW | given)) == wanted
    assert not Journey.objects.exists()


def test_hand_overs_are_told_and_read(program, hands):
    number = build.journey().number
    handover = str(uuid.uuid4())
    give = {"post": hands.desk.pk, "other": hands.driver.pk, "handover": handover}
    assert program.ask("POST", f"/arrivals/{number}/give", give).json()["state"] == "between"
    take = {"post": hands.driver.pk, "other": hands.desk.pk, "handover": handover}
    assert program.ask("POST", f"/arrivals/{number}/take", take).json()["post"] == hands.driver.pk
    one = program.get(f"/arrivals/{number}").json()
    assert one["stretches"][-1]["state"] == "held"
    assert [row["missing"] for row in one["handovers"]] == [""]
    assert {row["which"] for row in one["sides"]} == {"gave", "took"}


def test_a_post_of_another_place_is_refused(hands):
    journey = build.journey()
    village = Program(*C, scope=VILLAGE)
    answer = village.ask("POST", f"/arrivals/{journey.number}/take", {"post": hands.driver.pk})
    assert code(answer) == "arrival-post-missing"


def test_an_end_that_lifts_a_measure_asks_for_the_right(hands):
    journey = build.journey()
    worker = Program(C.SEE_PERSONS, C.WORK_GAPS, scope=COUNTY)
    answer = worker.ask("POST", f"/arrivals/{journey.number}/end", {"reason": "released"})
    assert (answer.status_code, code(answer)) == (403, "arrival-end-decides")


def test_what_is_sealed_opens_with_a_reason(program):
    journey = build.journey(stops=[build.stop()])
    assert "外省某市某街" not in program.get(f"/arrivals/{journey.number}").content.decode()
    opened = program.ask("POST", f"/arrivals/{journey.number}/look", {"reason": "核对行程"}).json()
    assert opened["said"]["from"] == "外省某市某街"
    assert opened["visited"][0]["where"] == "上海市浦东新区"
    assert AuditLine.objects.filter(action=UNMASKED, subject=f"person:{journey.person_id}").count() == 1


def test_nobody_decides_unseen(program):
    build.risky()
    build.journey(stops=[build.stop()])
    (row,) = every(program, "/arrival-decisions")
    assert (row["exposure"], row["rule"], row["looked_at"]) == ("medium", "medium", False)
    assert row["area"] is None
    path = f"/arrival-decisions/{row['id']}"
    assert code(program.ask("POST", path, SAID)) == "decision-not-looked-at"
    looked = program.ask("POST", f"{path}/look", {"reason": "返乡人员定级"}).json()
    assert "上海市浦东新区" in looked["evidence"]
    assert every(program, "/arrival-decisions")[0]["area"] == RiskArea.objects.get().pk
    assert code(program.ask("POST", path, SAID | {"rule": "none"})) == "decision-other-rule"
    assert program.ask("POST", path, SAID).status_code == 200
    assert Proposal.objects.get().decided_by == f"post:{program.token.post_id}"
    assert code(program.ask("POST", path, SAID)) == "no-such-question"


def test_areas_are_previewed_recorded_and_ended(program):
    build.journey(stops=[build.stop()])
    shown = program.ask("POST", "/risk-areas/preview", {"areas": [AREA]}).json()
    assert (shown["people"], RiskArea.objects.count()) == (1, 0)
    (number,) = program.ask("POST", "/risk-areas", {"areas": [AREA]}).json()["changed"]
    (row,) = every(program, "/risk-areas")
    assert (row["id"], row["people"], row["until"]) == (number, 1, None)
    program.ask("POST", "/risk-areas", {"areas": [AREA | {"until": "2022-04-15"}]})
    assert [one["until"] for one in every(program, "/risk-areas?past=true")] == ["2022-04-15"]


def test_only_the_county_records_areas(hands):
    village = Program(*C, scope=VILLAGE)
    assert code(village.ask("POST", "/risk-areas", {"areas": [AREA]})) == "areas-of-county"
