"""Orders: drafted by one, signed by another; a draft changes nothing; the preview is what the tick opens."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from bulou.kernel import clock
from bulou.kernel.fields import MICROSECOND
from bulou.kernel.models import AuditLine, Event
from bulou.kernel.problems import BulouError
from bulou.kernel.signed import signature as raw_signature
from bulou.monitoring.release import public_key
from bulou.obligations import directives, drafts, engine, forecast, order_paper
from bulou.obligations.models import Directive, DirectiveDraft, Obligation, RollUp, Window
from bulou.obligations.tests.world import (
    COUNTY,
    DOOR,
    GRID,
    NEXT_DOOR,
    TOWN,
    VILLAGE,
    Twice,
    at,
    post,
)
from bulou.places import posts, workers
from bulou.places.models import Post, Worker
from bulou.rights.accounts import make_account

pytestmark = pytest.mark.django_db
NEW = {"windows": [["am", "07:00", "11:00"]], "late_hours": 12}
DRAFTER, SIGNER = "user:1", "user:2"


@pytest.fixture
def now(twice):
    with clock.at(at("16 08:00")):
        yield twice


def draft(place=COUNTY, since="17", params=NEW, **more):
    given = {"number": "令〔2022〕1号", "title": "调整时段", "by": DRAFTER, **more}
    return drafts.draft(
        kind=given.pop("kind", Twice.name),
        place=place,
        params=params,
        valid_from=at(since) if since else None,
        **given,
    )


def refused(code, call):
    with pytest.raises(BulouError) as caught:
        call()
    assert caught.value.code == code
    return caught.value


def books():
    """Everything that a draft must not touch."""
    return [
        sorted(model.objects.values_list(*columns))
        for model, columns in (
            (Directive, ("pk", "valid_from", "params")),
            (Window, ("pk",)),
            (Obligation, ("pk", "level")),
            (RollUp, ("universe", "met")),
        )
    ]


def test_a_draft_changes_nothing_in_the_books(now):
    now.person(post=post())
    now.tick("16 08:00")
    before = books()
    one = draft()
    forecast.forecast(one)
    assert books() == before
    assert (one.decision, one.drafted_by, one.expires_at) == ("", DRAFTER, at("19 08:00"))


def test_somebody_else_signs_and_it_holds_from_its_day(now):
    one = drafts.sign(draft(), by=SIGNER)
    made = Directive.objects.get(order=one)
    assert (made.valid_from, made.signed_by, made.number) == (at("17"), SIGNER, one.number)
    assert directives.params_of(Twice.name, GRID, at("17")).late_hours == 12
    assert directives.params_of(Twice.name, GRID, at("16 23:59")).late_hours == 24
    kinds = list(Event.objects.order_by("seq").values_list("kind__name", flat=True))
    assert kinds == ["directives.drafted", "directives.signed"]
    assert {"directives.drafted", "directives.signed", "directive.signed"} <= set(
        AuditLine.objects.values_list("action", flat=True)
    )


def test_the_drafter_cannot_sign(now):
    one = draft()
    assert refused("order-same-hand", lambda: drafts.sign(one, by=DRAFTER)).kind.status == 403
    assert Directive.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        DirectiveDraft.objects.update(
            decision="signed", decided_by=DRAFTER, decided_at=at("16"), signature="x"
        )


def test_one_human_is_one_hand_however_the_actor_is_written(now):
    held, empty = Post.objects.create(role="岗1", place=TOWN), Post.objects.create(role="岗2", place=TOWN)
    worker = workers.ensure("起草人", "19900006701")
    posts.hold(held, worker, at("15"), by="test:1")
    account = make_account("drafter", "long-enough-1", title="x", worker=Worker.objects.get(), by="test:1")
    log_in, program = f"user:{account.user_id}", f"post:{held.pk}"
    refused("order-same-hand", lambda: drafts.sign(draft(by=program), by=log_in))
    refused("order-same-hand", lambda: drafts.sign(draft(by=log_in), by=program))
    refused("order-hands-unknown", lambda: drafts.sign(draft(by=log_in), by=f"post:{empty.pk}"))
    refused("order-hands-unknown", lambda: drafts.sign(draft(by="system"), by=log_in))
    drafts.sign(draft(by=program), by=SIGNER)


def test_an_order_is_decided_once_whoever_comes_second(now):
    one, same = draft(), DirectiveDraft.objects.get()
    drafts.sign(one, by=SIGNER)
    refused("order-decided", lambda: drafts.sign(same, by="user:3"))
    refused("order-decided", lambda: drafts.reject(one, words="已经过时了", by="user:3"))
    assert Directive.objects.filter(order__isnull=False).count() == 1


def test_a_draft_that_nobody_signed_is_void_after_three_days(now):
    one = draft(since=None)
    with clock.at(at("19 08:00") - MICROSECOND):
        drafts.check_open(one)
    with clock.at(at("19 08:00")):
        refused("order-expired", lambda: drafts.sign(one, by=SIGNER))


def test_a_day_that_has_begun_by_the_signature_is_not_rewritten(now):
    refused("directive-back-dated", lambda: draft(since="16 07:59"))
    one = draft(since="16 12:00")
    with clock.at(at("16 12:01")):
        refused("directive-back-dated", lambda: drafts.sign(one, by=SIGNER))
    assert DirectiveDraft.objects.get().decision == ""
    assert Directive.objects.count() == 1


def test_one_without_a_day_holds_from_the_signature(now):
    one = draft(since=None)
    with clock.at(at("16 09:30")):
        drafts.sign(one, by=SIGNER)
    assert DirectiveDraft.objects.get().valid_from == at("16 09:30") + MICROSECOND


def test_a_temporary_one_gives_way_to_the_one_before(now):
    drafts.sign(draft(valid_until=at("20")), by=SIGNER)
    late = [directives.params_of(Twice.name, GRID, at(day)).late_hours for day in ("16", "17", "19", "20")]
    assert late == [24, 12, 12, 24]
    drafts.sign(draft(since="18", valid_until=at("19"), params=NEW | {"late_hours": 6}), by=SIGNER)
    days = ("17", "18", "19", "20", "25")
    assert [directives.params_of(Twice.name, GRID, at(day)).late_hours for day in days] == [12, 6, 12, 24, 24]


def test_one_that_begins_within_a_temporary_one_is_put_off_to_its_end(now):
    drafts.sign(draft(since="18"), by=SIGNER)
    drafts.sign(draft(since="17", valid_until=at("20"), params=NEW | {"late_hours": 6}), by=SIGNER)
    days = ("16", "17", "19", "20")
    assert [directives.params_of(Twice.name, GRID, at(day)).late_hours for day in days] == [24, 6, 6, 12]


def test_a_place_gives_its_own_order_up_and_the_wider_one_holds(now):
    refused("order-nothing-to-repeal", lambda: draft(place=TOWN, repeals=True))
    drafts.sign(draft(place=TOWN, since="17"), by=SIGNER)
    drafts.sign(draft(place=TOWN, since="18", repeals=True), by=SIGNER)
    assert [directives.governing(Twice.name, GRID, at(day)).place for day in ("17", "18")] == [TOWN, COUNTY]
    refused("order-of-county-stays", lambda: draft(repeals=True))


def test_sent_back_with_words_and_withdrawn_by_its_drafter(now):
    one, other = draft(), draft()
    refused("order-words-missing", lambda: drafts.reject(one, words=" 不行 ", by=SIGNER))
    drafts.reject(one, words="时段与学校冲突", by=SIGNER)
    assert (one.decision, one.words, one.decided_by) == ("rejected", "时段与学校冲突", SIGNER)
    refused("order-not-drafter", lambda: drafts.withdraw(other, by=SIGNER))
    drafts.withdraw(other, by=DRAFTER)
    refused("order-decided", lambda: drafts.sign(other, by=SIGNER))
    assert Directive.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"params": NEW | {"late_hours": -1}}, "bad-directive-values"),
        ({"params": {"windows": [["am", "11:00", "07:00"]]}}, "bad-directive-values"),
        ({"number": " "}, "order-number-missing"),
        ({"title": ""}, "order-number-missing"),
        ({"valid_until": at("17")}, "order-ends-too-early"),
        ({"place": "141022999"}, "no-such-place"),
        ({"kind": "nothing"}, "no-such-kind"),
    ],
)
def test_what_cannot_be_drafted_is_named(now, more, code):
    refused(code, lambda: draft(**more))
    assert not DirectiveDraft.objects.exists()


def test_an_order_about_residents_names_its_ground(now, monkeypatch):
    monkeypatch.setattr(Twice, "binds_residents", True)
    refused("order-ground-missing", draft)
    assert draft(ground="传染病防治法第三十九条").ground


def test_the_owner_is_one_of_the_seats_of_the_kind(now, monkeypatch):
    monkeypatch.setattr(Twice, "owners", (("doctor", "医务人员"),))
    assert refused("bad-directive-values", draft).params["field"] == "owner"
    assert draft(params=NEW | {"owner": "doctor"})


def test_the_paper_is_verified_without_a_connection_and_a_changed_one_is_not(now):
    one = drafts.sign(draft(), by=SIGNER)
    text = order_paper.code_text(DirectiveDraft.objects.get(pk=one.pk))
    said = order_paper.verify(text, public_key())
    assert (said.number, said.kind, said.place, said.signed_by) == (one.number, Twice.name, COUNTY, SIGNER)
    assert said.values == order_paper.values_digest(NEW)
    refused("paper-not-genuine", lambda: order_paper.verify(text.replace("调整", "取消"), public_key()))
    refused("paper-unreadable", lambda: order_paper.verify("abc\ndef", public_key()))
    short = raw_signature(order_paper.HEAD, ["a"])
    refused(
        "paper-unreadable",
        lambda: order_paper.verify(f"{order_paper.HEAD}\na\n{short}", public_key()),
    )


def test_an_order_that_holds_at_once_is_signed_and_verified_while_the_clock_runs(twice):
    one = drafts.sign(draft(since=None), by=SIGNER)
    made, kept = Directive.objects.get(order=one), DirectiveDraft.objects.get(pk=one.pk)
    assert made.valid_from == kept.valid_from == made.signed_at + MICROSECOND
    said = order_paper.verify(order_paper.code_text(kept), public_key())
    assert clock.parse_instant(said.signed_at) == kept.decided_at == made.signed_at


def test_a_place_gives_up_its_own_order_at_once_while_the_clock_runs(twice):
    drafts.sign(draft(place=VILLAGE, since=None), by=SIGNER)
    drafts.sign(draft(place=VILLAGE, since=None, params={}, repeals=True), by=SIGNER)
    assert directives.params_of(Twice.name, GRID, clock.now()).late_hours == 24


def test_a_row_that_was_changed_after_the_signature_does_not_verify(now):
    drafts.sign(draft(), by=SIGNER)
    DirectiveDraft.objects.update(params=NEW | {"late_hours": 1})
    text = order_paper.code_text(DirectiveDraft.objects.get())
    refused("paper-not-genuine", lambda: order_paper.verify(text, public_key()))


def test_a_preview_says_how_many_for_whom_and_how_many_more(now):
    held, vacant = post(), post(since=None)
    for person_post in (held, held, vacant, None):
        now.person("1", post=person_post)
    now.person("1", post=held, place=NEXT_DOOR)
    three = {"windows": [["a", "06:00", "07:00"], ["b", "08:00", "09:00"], ["c", "10:00", "11:00"]]}
    found = forecast.forecast(draft(place=VILLAGE, params=three))
    assert (found.since, found.until) == (at("17"), at("18") - MICROSECOND)
    assert (found.after.total, found.after.posts, found.after.unowned, found.change) == (15, 2, 6, 5)
    assert found.today.total == 10


def test_a_preview_of_one_from_now_is_of_the_first_whole_day(now):
    now.person("1")
    found = forecast.forecast(draft(since=None))
    assert (found.since, found.after.total, found.today.total) == (at("17"), 1, 2)


PLACES = (COUNTY, TOWN, VILLAGE, GRID)
WINDOWS = (
    [["am", "06:00", "12:00"], ["pm", "12:00", "20:00"]],
    [["", "00:00", "24:00"]],
    [["a", "06:00", "07:00"], ["b", "08:00", "09:00"], ["c", "23:00", "24:00"]],
)
people = st.lists(
    st.tuples(st.sampled_from([DOOR, NEXT_DOOR]), st.integers(1, 18), st.integers(0, 4), st.integers(0, 2)),
    max_size=5,
)
standing = st.lists(
    st.tuples(st.sampled_from(PLACES), st.integers(0, 40), st.sampled_from(WINDOWS)), max_size=3
)
orders = st.tuples(
    st.sampled_from(PLACES),
    st.integers(0, 30),
    st.one_of(st.none(), st.integers(1, 40)),
    st.sampled_from(WINDOWS),
)


@given(people=people, standing=standing, order=orders)
def test_after_the_signature_the_tick_opens_what_the_preview_said(only, rolled_back, people, standing, order):
    with rolled_back(), clock.at(at("16 08:00")):
        book = _world(only, people, standing)
        place, hours, lasting, windows = order
        begins = at("16 08:00") + timedelta(hours=hours)
        one = draft(
            place=place,
            since=None,
            params={"windows": windows},
            valid_until=begins + timedelta(hours=lasting) if lasting else None,
        )
        one.valid_from = begins
        said = forecast.forecast(one)
        drafts.sign(one, by=SIGNER)
        engine.tick(said.since - MICROSECOND)
        known = set(book.obligations().values_list("pk", flat=True))
        engine.tick(said.until)
        opened = Counter(
            (made.place[: forecast._next_width(place)], made.post_id or 0)
            for made in book.obligations().exclude(pk__in=known)
            if made.place.startswith(place)
        )
        assert opened == said.after.cells
        assert said.after.total == _naive(people, standing, order, said)


def _world(only, people, standing):
    from bulou.places.models import Place, Post

    Place.objects.all().delete()
    Post.objects.all().delete()
    book = only(Twice)[0]
    posts = [post(), post(since=None)]
    for place, since, lasting, which in people:
        made = book.person(
            str(since),
            until=str(since + lasting) if lasting else None,
            place=place,
            post=posts[which] if which < 2 else None,
        )
        assert made.pk
    for place, hours, windows in standing:
        directives.sign(
            Twice.name,
            place=place,
            params={"windows": windows},
            valid_from=at("16 08:00") + timedelta(hours=hours),
            by="user:9",
        )
    return book


def _naive(people, standing, order, said):
    """Counted by hand: every window of the day, under the nearest order that holds when it opens."""
    now, (place, hours, lasting, windows) = at("16 08:00"), order
    start = now + timedelta(hours=hours)
    until = start + timedelta(hours=lasting) if lasting else None
    count = 0
    for where, since, days, _which in people:
        for candidates in WINDOWS:
            for _name, opens, _due in candidates:
                moment = said.since + timedelta(hours=int(opens[:2]))
                at_home = at(str(since)) <= moment and (not days or moment < at(str(since + days)))
                if at_home and where.startswith(place):
                    holds = _holding(where, moment, standing, (place, start, until, windows), now)
                    count += holds is candidates
    return count


def _holding(where, moment, standing, order, now):
    """The windows that hold somewhere at a moment, told step by step as they were signed."""
    spans = [(COUNTY, directives.BEGINNING, None, WINDOWS[0])]
    steps = [
        (place, max(now + timedelta(hours=hours), now + MICROSECOND), None, windows)
        for place, hours, windows in standing
    ]
    place, start, until, windows = order
    steps.append((place, max(start, now + MICROSECOND), until, windows))
    for place, start, until, windows in steps:
        kept = []
        for one in spans:
            if one[0] != place:
                kept.append(one)
                continue
            _place, begins, ends, old = one
            if begins < start:
                kept.append((place, begins, min(ends, start) if ends else start, old))
            if until and (ends is None or ends > until):
                kept.append((place, max(begins, until), ends, old))
        spans = [*kept, (place, start, until, windows)]
    over = [one for one in spans if where.startswith(one[0])]
    over = [one for one in over if one[1] <= moment and (one[2] is None or moment < one[2])]
    return max(over, key=lambda one: len(one[0]))[3] if over else None
