"""What programs do about residents' requests and links; duties behind a number; papers."""

import pytest

from bulou.command.api.tests.test_programs import Program, code, every, undone
from bulou.command.tests.world import ELSEWHERE, HOME, VILLAGE
from bulou.kernel import seal
from bulou.kernel.models import AuditLine
from bulou.obligations import unknowns
from bulou.obligations.balance import balance
from bulou.obligations.models import Unknown
from bulou.people.models import Person
from bulou.places.models import Organisation
from bulou.residents import actions, links
from bulou.rights.capabilities import Capability as C

pytestmark = pytest.mark.django_db
KEY = {"Idempotency-Key": "k1"}


@pytest.fixture
def program(world):
    return Program(C.ANSWER_RESIDENTS)


def ask(world, about="objection", **more):
    who = world.cases["home"][0].person
    return actions.ask(person=who, about=about, words="不同意这样处理", by="resident:0", **more)


def test_requests_are_read_with_a_purpose_and_answered_once(world, program):
    made = ask(world)
    (row,) = every(program, "/requests")
    assert (row["id"], row["words"], row["person"]) == (made.pk, "不同意这样处理", str(made.person.uid))
    assert AuditLine.objects.filter(action="residents.requests_read").count() == 1
    read = program.get(f"/requests/{made.pk}")
    body = {"outcome": "refused", "words": "按规定执行"}
    path = f"/requests/{made.pk}/answer"
    assert code(program.ask("POST", path, body, **{"If-Match": '"x"'})) == "changed-meanwhile"
    answered = program.ask("POST", path, body, **KEY, **{"If-Match": read["ETag"]}).json()
    assert (answered["outcome"], answered["answer"]) == ("refused", "按规定执行")
    assert program.ask("POST", path, body, **KEY, **{"If-Match": read["ETag"]}).json() == answered
    assert code(program.ask("POST", path, body)) == "request-done"
    assert every(program, "/requests") == [] and len(every(program, "/requests?waiting=false")) == 1


def test_an_accepted_correction_is_read_like_a_cell_and_changes_the_register(world, program):
    made = ask(world, "correction", field="phone", value="19900001234")
    path = f"/requests/{made.pk}/answer"
    body = {"outcome": "accepted", "words": "已经更正", "value": "123"}
    assert code(program.ask("POST", path, body)) == "api-bad-field"
    program.ask("POST", path, body | {"value": "19900001234"})
    assert seal.unseal(Person.objects.get(pk=made.person_id).sealed)["phone"] == "19900001234"


def test_requests_elsewhere_or_without_a_purpose_are_not_read(world):
    made = ask(world)
    assert (
        code(Program(C.ANSWER_RESIDENTS, scope=ELSEWHERE).get(f"/requests/{made.pk}"))
        == "api-no-such-request"
    )
    assert code(Program(C.ANSWER_RESIDENTS, purpose="").get("/requests")) == "token-no-purpose"


def test_a_link_is_made_once_freed_and_withdrawn(world, program):
    person = world.cases["home"][0].person
    path = f"/persons/{person.uid}/link"
    assert program.get(path).json()["ends_at"] is None and code(program.ask("DELETE", path)) == "link-dead"
    made = program.ask("POST", path, **KEY)
    assert made.status_code == 201 and program.ask("POST", path, **KEY).json() == made.json()
    link = links.find(made.json()["address"].rpartition("/")[2])
    assert link.person == person
    link.tries = links.TRIES
    link.save()
    assert program.get(path).json()["locked"] is True
    assert program.ask("POST", f"{path}/free").json()["locked"] is False
    assert program.ask("DELETE", path).json()["made_at"] is None and links.running(person) is None


def test_a_resident_has_the_page_on_paper(world, program):
    paper = program.get(f"/persons/{world.cases['home'][0].person.uid}/paper")
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    assert AuditLine.objects.filter(action="residents.paper_made").count() == 1


def test_the_duties_of_a_column_are_as_many_as_the_balance_counts(world):
    program = Program(C.SEE_PERSONS)
    counted = sum(row.universe for row in balance(VILLAGE) if row.place == VILLAGE)
    rows = every(program, "/duties")
    assert len(rows) == len({row["id"] for row in rows}) == counted
    overdue = every(program, f"/duties?column=overdue&place={HOME}")
    assert {row["status"] for row in overdue} == {"overdue"} and {
        row["place"][: len(HOME)] for row in overdue
    } == {HOME}


def test_one_duty_tells_what_was_done_about_it(world):
    program, gap = Program(C.SEE_PERSONS, C.WORK_GAPS), undone(world)
    program.ask("POST", f"/gaps/{gap.pk}/call", {"outcome": "no_answer"})
    one = program.get(f"/gaps/{gap.pk}").json()
    assert (one["subject"], one["calls"], len(one["steps"])) == (world.cases["home"][2].number, 1, 1)
    assert code(Program(C.SEE_PERSONS, scope=ELSEWHERE).get(f"/gaps/{gap.pk}")) == "gap-outside-scope"


def test_a_lead_is_seen_in_full_with_a_reason_that_is_recorded(world):
    unknowns.note("monitoring.health_report", place=HOME, evidence="x1")
    lead = Unknown.objects.get(evidence="x1")
    program, path = Program(C.SEE_PERSONS, C.UNMASK), f"/unknowns/{lead.pk}/look"
    assert code(program.ask("POST", path, {"reason": "看"})) == "reason-missing"
    assert program.ask("POST", path, {"reason": "核对线索"}).status_code == 200
    (line,) = AuditLine.objects.filter(action="obligations.unknown_looked")
    assert line.reason == "核对线索(api: 数据核对)"
    away = Program(C.SEE_PERSONS, C.UNMASK, scope=ELSEWHERE)
    assert code(away.ask("POST", path, {"reason": "核对线索"})) == "gap-outside-scope"


def test_a_release_note_is_fetched_once_the_person_is_free(world):
    program, case = Program(C.SEE_PERSONS), world.cases["home"][0]
    path = f"/cases/{case.number}/note"
    assert code(program.get(path)) == "not-free-yet"
    case.ends_at = case.starts_at + (case.ends_at - case.starts_at) / 1000
    case.save(update_fields=["ends_at"])
    paper = program.get(path)
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    assert AuditLine.objects.filter(action="monitoring.note_issued").count() == 1


def test_an_organisation_is_corrected(world):
    program = Program(C.SEE_NUMBERS, C.KEEP_PLACES)
    id = program.ask("POST", "/organisations", {"name": "唐兴镇卫生院", "kind": "卫生院"}).json()["id"]
    path = f"/organisations/{id}/correct"
    assert program.ask("POST", path, {"name": "唐兴镇中心卫生院"}).json()["name"] == "唐兴镇中心卫生院"
    assert Organisation.objects.get(pk=id).name == "唐兴镇中心卫生院"
    assert program.ask("POST", "/organisations/999999/correct", {"name": "没有"}).status_code == 404


def test_a_request_on_paper_is_written_down_and_waits_for_its_answer(world, program):
    path = f"/persons/{world.cases['home'][0].person.uid}/requests"
    body = {"about": "correction", "words": "电话已经换了", "field": "phone", "value": "19900001234"}
    made = program.ask("POST", path, body, **KEY)
    assert made.status_code == 201 and program.ask("POST", path, body, **KEY).json() == made.json()
    assert [row["id"] for row in every(program, "/requests")] == [made.json()["id"]]
    assert code(program.ask("POST", path, body | {"field": "none"})) == "request-field"
