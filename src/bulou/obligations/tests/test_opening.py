import pytest

from bulou.obligations import directives, engine, opening
from bulou.obligations.models import Window
from bulou.obligations.tests.world import (
    COUNTY,
    DOOR,
    GRID,
    NEXT_DOOR,
    NEXT_GRID,
    TOWN,
    VILLAGE,
    EarlyNotice,
    Notice,
    Once,
    Twice,
    at,
    post,
)

pytestmark = pytest.mark.django_db
MORNINGS = {"windows": [["am", "06:00", "09:00"]]}


def test_each_window_is_opened_once_and_the_second_run_says_zeros(twice):
    twice.person()
    assert twice.tick("16 13:01") == (2, 0, 2)
    assert twice.lines() == ["16 06:00-12:00", "16 12:00-20:00"]
    assert twice.tick("16 13:01") == (0, 0, 0)
    assert twice.differences() == []


def test_a_window_opens_at_its_instant_and_not_before(twice):
    twice.person()
    assert twice.tick("16 05:59")[0] == 0
    assert twice.tick("16 06:00")[0] == 1
    assert twice.tick("16 11:59")[0] == 0
    assert twice.tick("16 12:00")[0] == 1


def test_days_without_a_tick_are_caught_up_at_the_places_and_posts_they_had(twice):
    answers = post()
    twice.person(post=answers)
    assert twice.tick("18 07:00")[0] == 5
    assert {(one.place, one.post_id) for one in twice.obligations()} == {(DOOR, answers.pk)}


def test_an_admission_entered_late_opens_the_windows_since_its_start(twice):
    twice.tick("16 13:00")
    twice.person("14 10:00")
    assert twice.tick("16 13:00")[0] == 5
    assert twice.lines()[0] == "14 12:00-20:00"
    assert twice.differences() == []


def test_before_the_first_noun_nothing_is_opened_and_no_window_is_stored(twice):
    assert twice.tick("16 13:00") == (0, 0, 0)
    assert not Window.objects.exists()


def test_an_engine_that_ran_while_nobody_owed_goes_on_from_there(twice):
    twice.tick("16 05:00")
    twice.person("16 05:30")
    assert twice.tick("16 07:00")[0] == 1


def test_a_tick_in_the_past_opens_nothing_and_moves_nothing_back(twice):
    twice.person("14")
    twice.tick("16 07:00")
    assert twice.tick("15 07:00") == (0, 0, 0)
    assert twice.tick("16 12:00")[0] == 1


def test_the_end_of_the_term_is_not_included_and_its_start_is(twice):
    twice.person("16 06:00", until="17 06:00")
    twice.tick("18")
    assert twice.lines() == ["16 06:00-12:00", "16 12:00-20:00"]


def test_windows_after_a_death_are_not_owed_and_the_open_one_is_excused_as_it_opens(twice):
    twice.person(died="16 11:59")
    twice.tick("17")
    assert twice.lines() == ["16 06:00-12:00 died 16 11:59"]
    assert twice.cells()[0][3:] == (1, 0, 0, 1)


def test_proofs_that_are_there_already_come_in_with_the_opening(twice):
    someone = twice.person()
    twice.prove(someone, "16 07:00")
    twice.prove(someone, "16 06:30")
    twice.prove(someone, "16 21:00", "20220416pm")
    assert twice.tick("17")[:2] == (2, 2)
    assert twice.lines() == ["16 06:00-12:00 met 16 06:30", "16 12:00-20:00 met 16 21:00"]
    assert [cell[3:] for cell in twice.cells()] == [(1, 1, 0, 0), (1, 0, 1, 0)]
    assert twice.differences() == []


def test_an_obligation_keeps_the_event_that_met_it(twice):
    someone = twice.person()
    twice.prove(someone, "16 08:00")
    first = twice.prove(someone, "16 07:00")
    twice.prove(someone, "16 07:00")
    twice.tick("16 09:00")
    assert twice.obligations()[0].met_by.id == first.id


def test_a_proof_that_was_corrected_before_the_opening_does_not_count(twice):
    someone = twice.person()
    wrong = twice.prove(someone, "16 07:00")
    twice.prove(someone, "16 08:00", corrects=wrong.id)
    twice.tick("16 09:00")
    assert twice.lines() == ["16 06:00-12:00 met 16 08:00"]


def test_another_persons_proof_does_not_count(twice):
    twice.person()
    twice.prove(twice.person("17"), "16 07:00")
    assert twice.tick("16 09:00")[:2] == (1, 0)


def test_what_a_window_already_holds_is_counted_once_when_more_is_opened_in_it(twice):
    twice.prove(twice.person(), "16 07:00")
    twice.tick("16 08:00")
    twice.prove(twice.person(), "16 07:30")
    assert twice.tick("16 09:00")[:2] == (1, 1)
    assert twice.cells() == [("16 06:00", GRID, 0, 2, 2, 0, 0)]


def test_cells_are_kept_apart_by_grid_and_post(twice):
    one, other = post(), post()
    for where, who in ((DOOR, one), (DOOR, other), (NEXT_DOOR, other), (DOOR, other)):
        twice.person(place=where, post=who)
    twice.tick("16 07:00")
    assert [cell[1:4] for cell in twice.cells()] == [
        (GRID, one.pk, 1),
        (GRID, other.pk, 2),
        (NEXT_GRID, other.pk, 1),
    ]


def test_the_nearest_places_directive_goes_before_a_wider_one(twice):
    directives.Directive.objects.all().delete()
    for place, windows in ((COUNTY, [["am", "06:00", "12:00"]]), (NEXT_GRID, [["am", "07:00", "09:00"]])):
        directives.Directive.objects.create(
            kind_id=directives.kind_id(Twice.name),
            place=place,
            valid_from=at("1"),
            params={"windows": windows},
            signed_by="user:1",
            signed_at=at("1"),
        )
    twice.person()
    twice.person(place=NEXT_DOOR)
    twice.tick("16 23:00")
    assert twice.lines() == ["16 06:00-12:00", "16 07:00-09:00"]
    assert twice.differences() == []


def test_a_directive_holds_for_the_place_that_it_names_and_not_for_the_next_one(twice):
    directives.Directive.objects.update(place=NEXT_GRID)
    for place in (NEXT_GRID, NEXT_DOOR, DOOR, VILLAGE + "00103"):
        twice.person(place=place)
    twice.tick("16 07:00")
    assert [one.place for one in twice.obligations()] == [NEXT_GRID, NEXT_DOOR]


def test_a_nearer_directive_takes_the_place_that_it_names_and_not_the_next_one(twice):
    from bulou.kernel import clock

    with clock.at(at("16")):
        directives.sign(Twice.name, place=GRID, params=MORNINGS, valid_from=at("16 06:00"), by="user:1")
    for place in (GRID, DOOR, NEXT_GRID):
        twice.person(place=place, until="16 07:00")
    twice.tick("16 07:00")
    assert twice.lines() == ["16 06:00-09:00", "16 06:00-09:00", "16 06:00-12:00"]


def test_a_nearer_directive_counts_from_its_start_to_its_end(twice):
    from bulou.kernel import clock

    twice.person(place=NEXT_DOOR)
    with clock.at(at("16")):
        directives.sign(Twice.name, place=VILLAGE, params=MORNINGS, valid_from=at("17 06:00"), by="user:1")
    directives.Directive.objects.filter(place=VILLAGE).update(valid_until=at("18 06:00"))
    twice.tick("18 23:00")
    assert twice.lines() == [
        "16 06:00-12:00",
        "16 12:00-20:00",
        "17 06:00-09:00",
        "18 06:00-12:00",
        "18 12:00-20:00",
    ]
    assert twice.differences() == []


def test_a_change_in_the_middle_of_a_day_leaves_what_has_opened(twice):
    from bulou.kernel import clock

    twice.person()
    twice.tick("16 07:00")
    with clock.at(at("16 08:00")):
        new = {"windows": [["am", "06:00", "09:00"], ["pm", "13:00", "18:00"]]}
        directives.sign(Twice.name, place=COUNTY, params=new, valid_from=at("16 08:00"), by="user:1")
    twice.tick("17 07:00")
    assert twice.lines() == ["16 06:00-12:00", "16 13:00-18:00", "17 06:00-09:00"]
    assert twice.differences() == []


def test_a_place_within_is_longer_and_begins_alike():
    assert opening._lies_within(VILLAGE, TOWN)
    assert not opening._lies_within(TOWN, TOWN)
    assert not opening._lies_within(TOWN, VILLAGE)
    assert not opening._lies_within(VILLAGE, "141022101")


def test_spans_begin_and_end_with_their_directive(twice):
    kind = twice.kind
    directives.Directive.objects.update(valid_from=at("16 06:00"), valid_until=at("16 12:00"))
    found = [span.label for _one, span, _rest in opening.spans(kind, at("15"), at("18"))]
    assert found == ["20220416am"]
    assert list(opening.spans(kind, at("16 12:00"), at("18"))) == []


def test_one_time_duties_of_a_directive_share_one_window(notice):
    notice.person("16 08:00")
    notice.tick("16 08:30")
    notice.person("16 09:00")
    assert notice.tick("16 09:30")[0] == 1
    assert notice.lines() == ["16 08:00-09:00", "16 09:00-10:00"]
    window = Window.objects.get()
    assert (window.label, window.opens_at) == ("", window.directive.valid_from)
    assert window.closes_at == window.due_at == window.late_until
    assert window.due_at.year == 9000
    assert notice.differences() == []


def test_what_opens_at_the_very_instant_of_a_tick_is_opened_by_it(notice):
    notice.person("16 08:00")
    assert notice.tick("16 08:00")[0] == 1


def test_a_late_proof_of_a_one_time_duty_counts_however_late(notice):
    someone = notice.person("16 08:00")
    notice.tick("16 08:00")
    notice.prove(someone, "30 08:00")
    notice.tick("30 09:00")
    assert notice.lines() == ["16 08:00-09:00 met 30 08:00"]


def test_a_proof_in_advance_counts_only_where_the_kind_says_so(only):
    strict, early = only(Notice, EarlyNotice)
    someone = strict.person("16 08:00")
    strict.prove(someone, "16 07:59")
    strict.tick("16 08:10")
    assert strict.lines() == ["16 08:00-09:00"]
    assert early.lines() == ["16 08:00-09:00 met 16 07:59"]
    assert strict.differences() == []


def test_each_kind_has_its_own_books_and_proofs(only):
    twice, daily = only(Twice, Once)
    someone = twice.person()
    twice.prove(someone, "16 08:00")
    twice.tick("16 09:00")
    assert twice.lines() == ["16 06:00-12:00 met 16 08:00"]
    assert daily.lines() == ["16 00:00-17 00:00"]


def test_the_highest_number_of_an_obligation(twice):
    assert opening.last_id() == 0
    twice.person()
    twice.tick("16 07:00")
    assert opening.last_id() == twice.obligations()[0].pk
    assert engine.newest_event() > 0
