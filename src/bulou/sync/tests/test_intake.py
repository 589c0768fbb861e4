import json
from datetime import timedelta

import pytest
from django.utils import translation

from bulou.facts import hearers
from bulou.kernel import clock, seal
from bulou.kernel.ids import uuid7
from bulou.kernel.models import Event
from bulou.kernel.problems import BulouError
from bulou.sync import intake
from bulou.sync.models import Refusal
from bulou.sync.tests.support import CASES, CONTACT, OTHER_VILLAGE, REPORT, VILLAGE

pytestmark = pytest.mark.django_db

MORNING = "2022-04-16T07:30:00+08:00"


def report(subject="A1", **more):
    return {
        "id": str(uuid7()),
        "kind": REPORT,
        "subject": subject,
        "happened_at": MORNING,
        "data": {"temperature": 36.6, "symptoms": []},
    } | more


def receive(*items, actor="post:1", scope=VILLAGE, now=None):
    return intake.receive(list(items), actor=actor, scope=scope, now=now)


def statuses(*items, **more):
    return [answer["status"] for answer in receive(*items, **more)]


def problems(*items, **more):
    return [answer["problem"] and answer["problem"]["code"] for answer in receive(*items, **more)]


def test_a_good_event_is_kept_with_both_times():
    with clock.at("2022-04-16T09:00+08:00") as nine:
        (answer,) = receive(item := report())
    event = Event.objects.get(id=item["id"])
    assert answer == {"id": item["id"], "status": "new", "problem": None}
    assert (event.kind.name, event.subject, event.place) == (REPORT, 1, CASES["A1"].place)
    assert event.happened_at == clock.parse_instant(MORNING)
    assert (event.received_at, event.actor) == (nine, "post:1")
    assert event.data == {"temperature": "36.6", "symptoms": []}


def test_the_answers_come_in_the_order_of_the_items():
    items = [report(), report("nobody"), report("A2")]
    assert [answer["id"] for answer in receive(*items)] == [item["id"] for item in items]


def test_a_replay_is_identical_and_adds_nothing():
    items = [report(), report("A2")]
    assert statuses(*items) == ["new", "new"]
    assert statuses(*items) == ["identical", "identical"]
    assert Event.objects.count() == 2


def test_an_event_twice_in_one_request_is_taken_once():
    item = report()
    assert statuses(item, item | {"id": item["id"].upper()}) == ["new", "identical"]


def test_the_same_id_with_other_content_is_refused_and_kept():
    item = report()
    changed = item | {"data": {"temperature": 39.9, "symptoms": []}}
    assert problems(item, changed) == [None, "id-reused"]
    assert Event.objects.get().data["temperature"] == "36.6"
    assert "39.9" in seal.unseal(Refusal.objects.get().sealed)["sent"]


def test_one_bad_item_does_not_stop_the_others():
    assert statuses(report(), "nonsense", report(kind="no.such"), report("A2")) == [
        *("new", "refused", "refused", "new")
    ]


@pytest.mark.parametrize(
    "change, code",
    [
        ({"id": "0180310c"}, "id-not-uuid7"),
        ({"id": "6fa459ea-ee8a-4ca4-894e-db77e160355e"}, "id-not-uuid7"),
        ({"id": "{0180310c-4a00-7000-8000-000000000001}"}, "id-not-uuid7"),
        ({"id": 7}, "bad-event"),
        ({"kind": "monitoring.nothing"}, "unknown-event-kind"),
        ({"kind": "monitoring.ended", "data": {"reason": "died"}}, "kind-not-from-outside"),
        ({"subject": ""}, "bad-event"),
        ({"subject": "A1\x00"}, "bad-event"),
        ({"subject": 1}, "bad-event"),
        ({"happened_at": "2022-04-16T07:30:00"}, "bad-event"),
        ({"happened_at": "yesterday"}, "bad-event"),
        ({"happened_at": "0001-01-01T00:00:00+08:00"}, "bad-event"),
        ({"happened_at": "9999-12-31T23:59:59-08:00"}, "bad-event"),
        ({"happened_at": 1650000000}, "bad-event"),
        ({"data": {"temperature": 66}}, "bad-event-data"),
        ({"data": {"temperature": 36.6, "name": "张三"}}, "bad-event-data"),
        ({"data": {}}, "bad-event-data"),
        ({"data": []}, "bad-event"),
        ({"note": "extra"}, "bad-event"),
        ({"corrects": "0180310c-4a00-7000-8000-000000000001"}, "bad-correction"),
        ({"corrects": "x"}, "id-not-uuid7"),
    ],
)
def test_each_defect_has_its_problem(change, code):
    assert problems(report(**change)) == [code]
    assert not Event.objects.exists()


def test_a_problem_says_what_would_be_right_in_the_readers_language():
    item = report(data={"temperature": 66})
    (answer,) = receive(item)
    assert answer["problem"]["errors"] == [{"pointer": "/temperature", "detail": "不能大于 43"}]
    with translation.override("en"):
        (answer,) = receive(item)
        assert answer["problem"]["title"] == translation.gettext("内容不合要求")


def test_a_clock_that_runs_ahead_is_not_refused():
    with clock.at(MORNING) as now:
        later = (now + timedelta(hours=3)).isoformat()
        (answer,) = receive(item := report(happened_at=later))
    event = Event.objects.get(id=item["id"])
    assert answer["status"] == "new"
    assert event.happened_at - event.received_at == timedelta(hours=3)


@pytest.mark.parametrize(
    "happened_at, data, window",
    [
        (MORNING, {}, ""),
        (MORNING, {"window": "am"}, "20220416am"),
        ("2022-04-16T16:30:00Z", {"window": "am"}, "20220417am"),
        ("2022-04-16T15:30:00Z", {"window": "pm"}, "20220416pm"),
        (MORNING, {"window": "pm", "date": "2022-04-15"}, "20220415pm"),
    ],
)
def test_a_report_names_its_window_by_the_countys_day(happened_at, data, window):
    receive(item := report(happened_at=happened_at, data={"temperature": 36.6} | data))
    assert Event.objects.get(id=item["id"]).window == window


def test_a_contact_has_no_window():
    receive(item := report(kind=CONTACT, data={"seat": "doctor", "method": "call"}))
    assert Event.objects.get(id=item["id"]).window == ""


def test_what_lies_outside_the_scope_reads_like_what_does_not_exist():
    outside, nowhere = receive(report("B1"), report("C1"))
    assert outside["problem"] == nowhere["problem"]
    assert outside["problem"]["code"] == "outside-scope"
    assert not Event.objects.exists()


def test_a_wider_scope_reaches_both_villages():
    assert statuses(report("A1"), report("B1"), scope="141022100") == ["new", "new"]


def test_a_replay_is_identical_even_after_the_person_has_moved_away(monkeypatch):
    item = report()
    assert statuses(item) == ["new"]
    monkeypatch.setitem(CASES, "A1", CASES["B1"].__class__(1, OTHER_VILLAGE + "001"))
    assert statuses(item) == ["identical"]
    assert problems(report(), item | {"data": {"temperature": 40}}) == ["outside-scope"] * 2
    assert problems(item, actor="post:2") == ["outside-scope"]


def test_evidence_about_somebody_unknown_is_told_and_kept_sealed():
    told = []
    hearers.unknown(lambda *what: told.append(what))
    unknown = report("nobody")
    receive(unknown, report("B1"), report(data={}))
    ((kind, place, evidence, sealed),) = told
    assert (kind, place, evidence) == (REPORT, VILLAGE, unknown["id"])
    assert json.loads(seal.unseal(sealed)["sent"]) == unknown


def test_a_refused_item_is_kept_once_for_each_sender_and_reason():
    item = report("nobody")
    receive(item, "stray")
    receive(item, "stray")
    receive(item, actor="post:2")
    assert Refusal.objects.filter(event_id=item["id"]).count() == 2
    assert Refusal.objects.count() == 3


def test_what_stands_where_an_id_should_be_is_not_kept_in_the_open():
    receive(report(id="张三 14109919800101001X"))
    assert Refusal.objects.get().event_id.isascii()


def test_a_correction_takes_its_place_beside_the_first():
    first = report()
    second = report(corrects=first["id"], data={"temperature": 37.5})
    assert statuses(first) == ["new"]
    assert statuses(second) == ["new"]
    assert statuses(second) == ["identical"]
    assert str(Event.objects.get(id=second["id"]).corrects) == first["id"]


def test_a_correction_may_come_in_the_same_request_after_its_first():
    first = report()
    assert statuses(first, report(corrects=first["id"])) == ["new", "new"]


def test_a_correction_of_another_person_kind_or_of_itself_is_refused():
    first = report()
    itself = report()
    receive(first)
    assert (
        problems(
            report("A2", corrects=first["id"]),
            report(kind=CONTACT, data={"seat": "doctor", "method": "call"}, corrects=first["id"]),
            itself | {"corrects": itself["id"]},
        )
        == ["bad-correction"] * 3
    )


def test_hearers_hear_new_events_once_and_the_books_follow():
    heard, after = [], []
    hearers.register(REPORT, lambda events: heard.extend(str(event.id) for event in events))
    hearers.after(lambda kinds, seq: after.append((kinds, Event.objects.filter(seq__gt=seq).count())))
    items = [report(), report("A2")]
    receive(*items, report("nobody"))
    receive(*items)
    assert heard == [item["id"] for item in items]
    assert after == [({REPORT}, 2)]


def test_when_a_hearer_fails_nothing_is_kept():
    def fail(_events):
        raise RuntimeError

    hearers.register(REPORT, fail)
    with pytest.raises(RuntimeError):
        receive(report(), "stray")
    assert not Event.objects.exists()
    assert not Refusal.objects.exists()


def test_five_hundred_are_taken_and_one_more_is_refused():
    items = [report() for _ in range(500)]
    assert set(statuses(*items)) == {"new"}
    with pytest.raises(BulouError, match="500"):
        receive(*items, report())


def test_nothing_sent_gives_nothing():
    assert receive() == []


def test_a_subject_type_that_no_room_registers_is_not_found(monkeypatch):
    monkeypatch.delitem(intake.SUBJECTS, "case")
    assert problems(report()) == ["outside-scope"]


def test_the_number_of_statements_does_not_grow_with_the_items(django_assert_max_num_queries):
    receive(report())
    with django_assert_max_num_queries(10):
        receive(*[report() for _ in range(100)])
