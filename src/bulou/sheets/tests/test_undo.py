"""Importing and undoing leaves the registers as they were; what others built on stays and is named."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from bulou.kernel import clock
from bulou.kernel.models import AuditLine, Event
from bulou.kernel.problems import BulouError
from bulou.people import actions as people
from bulou.people.models import Duplicate, Household, Person
from bulou.places import posts as post_actions
from bulou.places.models import Holding, Organisation, Place, Post, Worker
from bulou.sheets import importing, undo
from bulou.sheets.columns import kind_named
from bulou.sheets.models import ImportRun, PersonBefore, Trace
from bulou.sheets.tests import offices
from bulou.sheets.tests.test_importing_registers import HEADERS

NOW = datetime(2022, 4, 16, 12, tzinfo=clock.COUNTY_ZONE)
pytestmark = pytest.mark.usefixtures("county", "quick")
AREA = ("唐兴镇", "文昌社区", "绿苑小区")
POST = ("网格员", *AREA, "第一网格", "")


@pytest.fixture
def bring(tmp_path):
    """Bring rows in as one file; the run's id."""

    def one(kind, *rows, **how):
        header = HEADERS[kind]
        cells = [[*row, *[""] * (len(header) - len(row))] for row in rows]
        path = offices.write(tmp_path / f"{kind}.xlsx", ("数据", [header, *cells]))
        with clock.at(NOW):
            return importing.import_file(kind, path, by="user:3", **how)

    return one


@pytest.fixture
def exported():
    """Everything that the registers would export."""

    def all_rows():
        kinds = ("places", "organisations", "workers", "posts", "residents")
        return {
            kind: sorted(map(str, kind_named(kind).export(place="141022", purpose="test"))) for kind in kinds
        }

    return all_rows


def take_back(report):
    with clock.at(NOW + timedelta(minutes=5)):
        return undo.undo(report.run, by="user:3")


FILES = {
    "places": [
        [*AREA, "第一网格", "1号楼", "", "", "小区", "", "2", "某物业"],
        ["唐兴镇", "文昌社区", "和苑"],
    ],
    "organisations": [["县教育局", "机关", "", "县城", "王某", "19900000001"], ["新的单位", "企业"]],
    "workers": [["王某", "", "19900000001", "县教育局", "科员"], ["李某", "", "19900000002", "新单位"]],
    "posts": [
        [*POST, "王某", "19900000001", "2022-04-01", "2022-04-20"],
        [*POST, "李某", "19900000002", "2022-05-01"],
    ],
    "residents": [offices.resident(1), offices.resident(2, 户号="102"), offices.resident(1, 户号="103")],
}
EARLIER = {
    "places": [["唐兴镇", "文昌社区", "绿苑小区", "第一网格"]],
    "organisations": [["县教育局", "学校"]],
    "workers": [["王某", "", "19900000001", "县教育局", "主任"]],
    "posts": [[*POST, "王某", "19900000001", "2022-04-01"]],
    "residents": [offices.resident(1, 备注="以前", 疫苗剂次="2")],
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("filled", [False, True])
def test_law_an_import_undone_leaves_the_registers_as_they_were(bring, exported, kind, filled):
    if filled:
        for one, rows in EARLIER.items():
            bring(one, *rows)
    before = exported()
    report = bring(kind, *FILES[kind])
    assert report.new and exported() != before
    undoing = take_back(report)
    assert exported() == before
    assert undoing.taken_back >= report.new and not undoing.kept
    after = bring(kind, *FILES[kind])
    assert (after.new, after.updated, after.unchanged) == (report.new, report.updated, report.unchanged)
    take_back(after)
    assert exported() == before


def test_nothing_is_left_of_who_was_never_there(bring):
    report = bring("residents", *FILES["residents"])
    take_back(report)
    assert not Person.objects.exists() and not Household.objects.exists() and not Duplicate.objects.exists()
    assert not PersonBefore.objects.exists()
    withdrawn = Event.objects.filter(kind__name="people.withdrawn")
    registered = Event.objects.filter(kind__name="people.registered")
    assert set(withdrawn.values_list("corrects", flat=True)) == set(registered.values_list("id", flat=True))


def test_an_undo_is_written_down(bring):
    report = bring("residents", offices.resident(1))
    take_back(report)
    run = ImportRun.objects.get()
    assert (run.undone_by, run.taken_back, run.kept) == ("user:3", 1, 0)
    assert run.undone_at == NOW + timedelta(minutes=5)
    assert AuditLine.objects.get(action="sheets.undone").detail == {
        "kind": "residents",
        "taken_back": 1,
        "kept": 0,
    }


def test_who_was_worked_on_since_stays_and_is_named(bring):
    report = bring("residents", offices.resident(1), offices.resident(2, 户号="102"))
    worked_on, other = Person.objects.order_by("id")
    with clock.at(NOW):
        people.leave(worked_on.pk, by="user:4")
    undoing = take_back(report)
    assert undoing.kept == [(f"person:{worked_on.pk}", "built-on")]
    assert list(Person.objects.all()) == [worked_on]
    assert ImportRun.objects.get().kept == 1
    assert not Place.objects.get(pk=worked_on.place).retired_at
    assert Place.objects.get(pk=other.place).retired_at


def test_a_row_changed_again_since_stays(bring):
    bring("residents", offices.resident(1, 备注="一"))
    second = bring("residents", offices.resident(1, 备注="二"))
    bring("residents", offices.resident(1, 备注="三"))
    person = Person.objects.get()
    assert take_back(second).kept == [(f"person:{person.pk}", "built-on")]
    assert bytes(Person.objects.get().sealed) == bytes(person.sealed)


def test_a_post_handed_over_since_stays(bring):
    report = bring("posts", [*POST, "王某", "19900000001", "2022-04-01"])
    held = Holding.objects.get()
    with clock.at(NOW):
        post_actions.leave(held.post_id, held.worker_id, by="user:4")
    assert (f"post:{held.post_id}", "built-on") in take_back(report).kept
    assert Holding.objects.exists() and Post.objects.exists() and Worker.objects.exists()


def test_an_organisation_that_others_name_stays(bring):
    report = bring("organisations", ["县教育局", "机关"])
    bring("workers", ["王某", "", "19900000001", "县教育局"])
    organisation = Organisation.objects.get()
    assert take_back(report).kept == [(f"organisation:{organisation.pk}", "built-on")]
    assert Organisation.objects.exists()


def test_who_was_missing_from_a_whole_list_comes_back(bring, exported):
    bring("residents", offices.resident(1), offices.resident(2, 户号="102"))
    before = exported()
    whole = "141022100003001"
    report = bring("residents", offices.resident(1), whole=whole)
    assert (report.changes.gone_count, exported()) == (1, before)
    report = bring("residents", offices.resident(1), whole=whole, end_gone=True)
    assert len(exported()["residents"]) == 1
    take_back(report)
    assert exported() == before


def test_a_list_with_refused_rows_sends_nobody_away(bring):
    bring("residents", offices.resident(1), offices.resident(2, 户号="102"))
    with pytest.raises(BulouError) as refusal:
        bring(
            "residents",
            offices.resident(1),
            offices.resident(2, 户号="102", 身份证号="1"),
            whole="141022100003001",
            end_gone=True,
        )
    assert refusal.value.code == "gone-unsure"
    assert not Person.objects.filter(left_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("hours", "twice", "code"), [(25, False, "undo-too-late"), (1, True, "undone-already")]
)
def test_what_cannot_be_taken_back_says_why(bring, hours, twice, code):
    report = bring("residents", offices.resident(1))
    if twice:
        take_back(report)
    with clock.at(NOW + timedelta(hours=hours)), pytest.raises(BulouError) as refusal:
        undo.undo(report.run, by="user:3")
    assert refusal.value.code == code


def test_an_unknown_run_is_named(db):
    with pytest.raises(BulouError) as refusal:
        undo.undo(offices_run(), by="user:3")
    assert refusal.value.code == "no-such-import"


def offices_run():
    from bulou.kernel.ids import uuid7

    return uuid7()


def test_a_check_leaves_no_trace(bring):
    bring("residents", offices.resident(1), check=True)
    assert not Trace.objects.exists() and not ImportRun.objects.exists()


residents = st.lists(
    st.builds(
        lambda serial, door, note: offices.resident(serial, 户号=door, 备注=note),
        st.integers(1, 4),
        st.sampled_from(["101", "102"]),
        st.sampled_from(["", "有狗"]),
    ),
    min_size=1,
    max_size=5,
)


@given(residents, residents)
def test_law_whatever_was_brought_in_before(bring, exported, earlier, later):
    with transaction.atomic():
        bring("residents", *earlier)
        before = exported()
        report = bring("residents", *later)
        take_back(report)
        assert exported() == before
        transaction.set_rollback(True)


def test_what_would_change_is_told(bring):
    bring("residents", offices.resident(1, 备注="一"))
    report = bring(
        "residents",
        offices.resident(1, 备注="二", 手机号="19900000009"),
        offices.resident(2, 户号="102"),
        check=True,
    )
    (new,) = report.changes.new
    assert (new.sheet, new.row, new.who) == ("数据", 3, "王某")
    (changed,) = report.changes.changed
    assert (changed.row, changed.fields) == (
        2,
        [("phone", "19900000001", "19900000009"), ("remark", "一", "二")],
    )
