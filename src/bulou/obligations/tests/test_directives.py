"""Who signs what, from when, for which place; which one governs."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from bulou.kernel import clock
from bulou.kernel.models import AuditLine
from bulou.kernel.problems import BulouError
from bulou.obligations import directives
from bulou.obligations.models import Directive, KindName, LadderStep
from bulou.obligations.tests.world import COUNTY, GRID, NEXT_GRID, TOWN, VILLAGE, Notice, Once, Twice, at

pytestmark = pytest.mark.django_db
NEW = {"windows": [["am", "07:00", "11:00"]], "late_hours": 12}


@pytest.fixture
def now(twice):
    with clock.at(at("16 08:00")):
        yield twice


def sign(place=COUNTY, since="16 12:00", params=NEW):
    return directives.sign(
        Twice.name, place=place, params=params, valid_from=at(since), by="user:1", number="令1号"
    )


def refused(code, call):
    with pytest.raises(BulouError) as caught:
        call()
    assert caught.value.code == code
    return caught.value


def test_a_new_directive_ends_the_standing_one_where_it_begins(now):
    made = sign()
    old = Directive.objects.exclude(pk=made.pk).get()
    assert (old.valid_until, made.valid_from, made.valid_until) == (at("16 12:00"), at("16 12:00"), None)
    assert directives.params_of(Twice.name, GRID, at("16 11:59")).late_hours == 24
    assert directives.params_of(Twice.name, GRID, at("16 12:00")).late_hours == 12
    assert (made.signed_by, made.number, made.signed_at) == ("user:1", "令1号", at("16 08:00"))


def test_signing_is_in_the_audit_chain(now):
    made = sign()
    line = AuditLine.objects.order_by("seq").last()
    assert (line.action, line.actor, line.subject) == ("directive.signed", "user:1", f"directive:{made.pk}")
    assert (line.place, line.detail) == (COUNTY, NEW)


def test_a_directive_from_now_is_not_back_dated_and_one_before_is(now):
    sign(since="16 08:00")
    refused("directive-back-dated", lambda: sign(since="16 07:59:59.999999"))
    assert Directive.objects.count() == 2


def test_now_is_the_instant_after_so_that_what_opens_now_stays_under_the_old_one(now):
    assert sign(since="16 08:00").valid_from == at("16 08:00:00.000001")
    assert directives.params_of(Twice.name, GRID, at("16 08:00")).late_hours == 24
    assert sign(place=GRID, since="16 08:00:00.000001").valid_from == at("16 08:00:00.000001")


def test_one_that_was_to_come_gives_way_to_an_earlier_one(now):
    later = sign(since="18")
    sign(since="17")
    later.refresh_from_db()
    assert (later.valid_from, later.valid_until) == (at("17"), at("17"))
    assert directives.governing(Twice.name, GRID, at("18")).valid_from == at("17")
    assert directives.governing(Twice.name, GRID, at("18")).pk != later.pk


def test_one_signed_for_the_same_start_takes_its_place(now):
    first, second = sign(since="17"), sign(since="17", params=NEW | {"late_hours": 6})
    assert directives.params_of(Twice.name, GRID, at("17")).late_hours == 6
    first.refresh_from_db()
    assert first.valid_until == second.valid_from


def test_one_that_ended_already_stays_as_it_was(now):
    Directive.objects.update(valid_until=at("10"))
    sign()
    assert Directive.objects.order_by("pk").first().valid_until == at("10")


def test_other_places_and_kinds_keep_theirs(only):
    only(Twice, Once)
    with clock.at(at("16 08:00")):
        sign(place=TOWN)
    assert Directive.objects.filter(valid_until__isnull=True).count() == 3


def test_bad_values_are_refused_before_anything_is_written(now):
    refused("bad-directive-values", lambda: sign(params={"windows": [], "late_hours": 1}))
    assert Directive.objects.count() == 1
    assert Directive.objects.get().valid_until is None


def test_the_nearest_place_governs(now):
    sign(place=VILLAGE, since="17")
    sign(place=GRID, since="18")
    found = [directives.governing(Twice.name, place, at("19")).place for place in (GRID, NEXT_GRID, TOWN)]
    assert found == [GRID, VILLAGE, COUNTY]
    assert directives.governing(Twice.name, GRID, at("17")).place == VILLAGE
    assert directives.governing(Twice.name, VILLAGE, at("16 23:59")).place == COUNTY


def test_without_a_directive_there_is_a_problem(now):
    Directive.objects.update(valid_from=at("17"))
    error = refused("no-directive", lambda: directives.governing(Twice.name, GRID, at("16 23:59")))
    assert error.kind.status == 404
    assert directives.governing(Twice.name, GRID, at("17")).place == COUNTY
    Directive.objects.update(valid_until=at("18"))
    refused("no-directive", lambda: directives.governing(Twice.name, GRID, at("18")))
    refused("no-directive", lambda: directives.governing(Twice.name, "151022", at("17")))


def test_those_in_force_are_given_widest_first_and_touch_the_span(now):
    sign(place=GRID, since="17")
    sign(place=TOWN, since="18")

    def places(since, until):
        return [one.place for one in directives.in_force(Twice.name, at(since), at(until))]

    assert places("19", "20") == [COUNTY, TOWN, GRID]
    assert places("16", "17") == [COUNTY, GRID]
    assert places("16", "16 23:59") == [COUNTY]
    Directive.objects.filter(place=COUNTY).update(valid_until=at("17"))
    assert places("17", "17") == [GRID]
    assert places("16 23:59", "17") == [COUNTY, GRID]
    assert directives.in_force("nothing", at("16"), at("17")) == []


def test_defaults_are_given_once_to_kinds_without_a_directive(only):
    only(Twice, Notice)
    first = list(Directive.objects.order_by("pk").values_list("kind__name", "place", "valid_from"))
    assert first == [(name, COUNTY, directives.BEGINNING) for name in (Twice.name, Notice.name)]
    directives.start_defaults(COUNTY)
    assert Directive.objects.count() == 2
    one = Directive.objects.get(kind__name=Notice.name)
    assert (one.params, one.number, one.signed_by) == (Notice.default, directives.STARTING_NUMBER, "system")
    assert directives.read_params(one, Notice()).minutes == 60
    assert clock.local(directives.BEGINNING).isoformat() == "2020-01-01T00:00:00+08:00"


def test_the_ladder_that_a_county_starts_from(twice):
    steps = LadderStep.objects.order_by("step").values_list("kind", "step", "after_minutes", "told")
    assert list(steps) == [
        ("", 1, 0, "owner"),
        ("", 2, 60, "grid"),
        ("", 3, 120, "village"),
        ("", 4, 240, "township"),
        ("", 5, 480, "county"),
    ]
    LadderStep.objects.filter(step=5).delete()
    directives.start_defaults(COUNTY)
    assert LadderStep.objects.count() == 4


def test_defaults_that_a_kind_could_not_read_are_not_put_in_force(only, monkeypatch):
    monkeypatch.setattr(Notice, "default", {})
    refused("bad-directive-values", lambda: only(Notice))


def test_kinds_are_numbered_once(only):
    only(Twice)
    directives.number_kinds()
    directives.number_kinds()
    assert KindName.objects.filter(name=Twice.name).count() == 1
    assert directives.kind_id(Twice.name) == KindName.objects.get(name=Twice.name).pk
    assert directives.kind_id("testing.brand_new") == KindName.objects.get(name="testing.brand_new").pk


def test_only_one_may_stand_for_a_kind_and_place(now):
    standing = Directive.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Directive.objects.create(
            kind=standing.kind,
            place=COUNTY,
            valid_from=at("17"),
            params={},
            signed_by="user:1",
            signed_at=at("16"),
        )


def test_a_directive_does_not_end_before_it_starts(now):
    standing = Directive.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Directive.objects.update(valid_until=standing.valid_from - timedelta(seconds=1))
    assert str(standing).startswith("directive ")
