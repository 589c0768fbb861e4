"""The board renews itself: nothing is sent while nothing changed, and nothing old is ever shown."""

import threading
from datetime import timedelta

import pytest

from bulou.command.board import held
from bulou.command.tests.world import COUNTY, HOME, report
from bulou.kernel import audit, clock
from bulou.obligations import engine, unknowns

pytestmark = pytest.mark.django_db
ADDRESS = "/board/live"


def test_the_page_has_the_part_with_its_stamp(log_in):
    browser = log_in("county")
    page, part = browser.get("/").content.decode(), browser.get(ADDRESS)
    assert part.content.decode() in page
    assert f'data-etag="{part["ETag"]}"'.replace('""', '"&quot;').replace('"">', '&quot;">')[:10] in page


def test_nothing_is_sent_while_nothing_changed(log_in):
    browser = log_in("county")
    etag = browser.get(ADDRESS)["ETag"]
    again = browser.get(ADDRESS, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)


def _event(world):
    report(world.cases["home"][2], "2022-04-16T13:59+08:00")


def _tick(_world):
    engine.tick()


def _audit(_world):
    audit.record("test", by="test")


def _evidence(_world):
    unknowns.note("monitoring.health_report", place=HOME, evidence="x")


@pytest.mark.parametrize("change", [_event, _tick, _audit, _evidence])
def test_whatever_changes_the_books_changes_the_stamp(log_in, world, change):
    browser = log_in("county")
    etag = browser.get(ADDRESS)["ETag"]
    change(world)
    again = browser.get(ADDRESS, headers={"If-None-Match": etag})
    assert (again.status_code, again["ETag"] == etag) == (200, False)


def test_the_next_minute_is_another_version(log_in):
    browser = log_in("county")
    etag = browser.get(ADDRESS)["ETag"]
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert browser.get(ADDRESS, headers={"If-None-Match": etag}).status_code == 200


def test_a_proof_is_on_the_board_as_soon_as_the_books_follow(log_in, world):
    browser = log_in("owner")
    before = browser.get(ADDRESS).content.decode()
    seq = engine.newest_event()
    report(world.cases["home"][2], "2022-04-16T13:59+08:00")
    engine.settle({"monitoring.health_reported"}, seq)
    assert browser.get(ADDRESS).content.decode() != before


def test_who_may_see_numbers_only_never_gets_what_was_made_for_another(log_in):
    assert "/duties" in log_in("owner").get(f"{ADDRESS}?place={HOME}").content.decode()
    assert "/duties" not in log_in("colleague").get(f"{ADDRESS}?place={HOME}").content.decode()


def test_languages_are_kept_apart(log_in):
    browser = log_in("county")
    chinese = browser.get(ADDRESS)
    browser.cookies["django_language"] = "en"
    english = browser.get(ADDRESS)
    assert chinese["ETag"] != english["ETag"]
    assert chinese.content != english.content


def test_a_second_reader_costs_few_queries(log_in, django_assert_max_num_queries):
    log_in("county").get(ADDRESS)
    other = log_in("county")
    with django_assert_max_num_queries(6):
        other.get(ADDRESS)


def test_what_many_ask_for_at_once_is_made_once():
    store, made, gate = held.Held(), [], threading.Event()

    def make():
        gate.wait(5)
        made.append(1)
        return len(made)

    readers = [threading.Thread(target=store.get, args=("key", make)) for _ in range(8)]
    for reader in readers:
        reader.start()
    gate.set()
    for reader in readers:
        reader.join()
    assert made == [1]


def test_only_so_much_is_held_and_a_failure_holds_nothing(monkeypatch):
    monkeypatch.setattr(held, "MOST", 2)
    store = held.Held()
    for key in (1, 2, 3):
        store.get(key, lambda key=key: key)
    assert store.get(1, lambda: "anew") == "anew"
    with pytest.raises(ZeroDivisionError):
        store.get("bad", lambda: 1 // 0)
    assert store.get("bad", lambda: 5) == 5


def test_no_place_outside_the_scope_answers(log_in):
    for address in (ADDRESS, "/board/hour?hour=9", "/board.png", "/board.pdf", "/board.txt"):
        joint = "&" if "?" in address else "?"
        assert log_in("owner").get(f"{address}{joint}place={COUNTY}").status_code == 404
