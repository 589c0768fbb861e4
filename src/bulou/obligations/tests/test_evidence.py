"""Done with evidence, and settling what no register has."""

from uuid import uuid4

import pytest

from bulou.facts.subjects import SUBJECTS, Found, SubjectType
from bulou.kernel import clock
from bulou.kernel.fields import MICROSECOND
from bulou.kernel.models import AuditLine, Event
from bulou.kernel.problems import BulouError
from bulou.obligations import evidence, unknowns
from bulou.obligations.evidence import Evidence, Source
from bulou.obligations.gaps import gaps
from bulou.obligations.models import Obligation, Unknown
from bulou.obligations.tests.world import COUNTY, GRID, OTHER_TOWN, Told, Twice, at, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(twice, monkeypatch):
    """Somebody silent at 13:00: the morning is overdue; `Told` may be entered by hand."""
    monkeypatch.setattr(Told, "from_outside", True)
    twice.who = twice.person(post=post())
    twice.tick("16 13:00")
    with clock.at(at("16 13:00")):
        twice.id = gaps(COUNTY, gap="undone")[0].id
        yield twice


def told(when="16 11:00", **more):
    given = {"proof": Told.kind, "values": {}, "happened_at": at(when), "source": Source.OWNER} | more
    return Evidence(**given)


def enter(line, given, key=None):
    return evidence.enter(evidence.duty(line.id), given, by="user:1", key=key or uuid4())


def code_of(call, *args, **kwargs):
    with pytest.raises(BulouError) as caught:
        call(*args, **kwargs)
    return caught.value.code


def test_a_proof_entered_meets_the_duty_at_once_and_keeps_how_it_is_known(line):
    key = uuid4()
    assert enter(line, told(words="电话核实", done_by="post:7"), key) is True
    met = Obligation.objects.get(pk=line.id)
    assert (met.met_at, met.met_by.id, met.met_by.actor) == (at("16 11:00"), key, "user:1")
    beside = Event.objects.get(kind__name=evidence.EVIDENCED)
    assert (beside.subject, beside.data["source"], beside.data["done_by"]) == (
        line.id,
        "owner_told",
        "post:7",
    )
    assert AuditLine.objects.get(action=evidence.EVIDENCED).reason == "电话核实"
    assert line.differences() == []


def test_the_same_form_twice_enters_it_once(line):
    key = uuid4()
    assert enter(line, told(), key) is True
    assert enter(line, told(), key) is False
    assert Event.objects.filter(kind__name=Told.kind).count() == 1
    assert code_of(enter, line, told("16 10:00"), key) == "id-reused"


def test_a_second_proof_is_refused(line):
    enter(line, told())
    assert code_of(enter, line, told()) == "gap-closed"
    assert Event.objects.filter(kind__name=Told.kind).count() == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"when": "16 13:01"}, "evidence-not-yet"),
        ({"when": "16 05:59"}, "evidence-too-early"),
        ({"source": "guess"}, "evidence-without-source"),
        ({"proof": "testing.shown"}, "no-proof-by-form"),
        ({"values": {"more": 1}}, "bad-event-data"),
    ],
)
def test_what_does_not_fit_says_so_and_writes_nothing(line, given, code):
    before = Event.objects.count()
    assert code_of(enter, line, told(given.pop("when", "16 11:00"), **given)) == code
    assert Event.objects.count() == before


class Named(Told):
    """A proof that can say which window it is for."""

    kind = "testing.named"
    window: str | None = None
    date: str | None = None


def test_a_proof_that_names_the_window_counts_a_day_longer(line, monkeypatch):
    of, (first, last) = evidence.duty(line.id), (at("16 06:00"), at("16 12:00"))
    assert of.bounds(Told) == (first, last - MICROSECOND)
    assert of.bounds(Named) == (at("16 00:00"), at("17 12:00"))
    monkeypatch.setattr(Twice, "proofs", (Named,))
    with clock.at(at("17 12:01")):
        assert code_of(enter, line, told("17 12:00:00.000001", proof=Named.kind)) == "evidence-too-late"
        assert enter(line, told("17 12:00", proof=Named.kind)) is True
    assert Obligation.objects.get(pk=line.id).met_at == at("17 12:00")
    assert Event.objects.get(kind__name=Named.kind).window == "20220416am"


def test_whether_it_makes_the_line_late_is_known_before(line):
    of = evidence.duty(line.id)
    assert (of.is_late(at("16 12:01")), of.is_late(at("16 12:00"))) == (True, False)


@pytest.fixture
def lead(twice, monkeypatch):
    """Evidence about nobody known at the grid; `P1` is on the register there, `P2` elsewhere."""
    known = {"P1": Found(1, GRID), "P2": Found(2, OTHER_TOWN)}
    register = SubjectType(
        "testing.person", lambda codes: {code: known[code] for code in codes if code in known}, lambda ids: {}
    )
    monkeypatch.setitem(SUBJECTS, "testing.person", register)
    unknowns.note(Twice.name, place=GRID, evidence="outside-1", at=at("16 09:00"))
    return Unknown.objects.get().pk


def settle(lead, finding="found", words="核对过名册", code="P1", **more):
    return unknowns.settle(lead, finding=finding, words=words, code=code, scope=GRID, by="user:1", **more)


def test_a_lead_is_settled_once_and_leaves_the_list(lead):
    key = uuid4()
    assert settle(lead, key=key) is True
    assert settle(lead, key=key) is False
    assert gaps(COUNTY, gap="unknown") == []
    assert code_of(settle, lead) == "unknown-settled"
    event = Event.objects.get(kind__name=unknowns.SETTLED)
    assert (event.subject, event.data) == (lead, {"finding": "found", "subject": 1})
    assert AuditLine.objects.get(action=unknowns.SETTLED).reason == "核对过名册"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"finding": "nonsense"}, "unknown-without-finding"),
        ({"words": "核对"}, "unknown-without-finding"),
        ({"code": "P2"}, "unknown-not-on-register"),
        ({"code": ""}, "unknown-not-on-register"),
        ({"finding": "added", "code": "P9"}, "unknown-not-on-register"),
    ],
)
def test_a_lead_without_a_true_finding_stays(lead, given, code):
    assert code_of(settle, lead, **given) == code
    assert Unknown.objects.get().settled_at is None


def test_what_is_not_ours_needs_no_code(lead):
    assert settle(lead, finding="not_ours", code="") is True


def test_there_is_no_such_lead(lead):
    assert code_of(settle, 999_999) == "no-such-unknown"
