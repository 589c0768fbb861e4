"""Two of the five jobs in a real browser, counted in taps and seconds."""

import sys
import time

import pytest
from tests.browser import BASE, opened

from bulou.command.persons import place_names
from bulou.command.tests.world import HOME
from bulou.obligations.followup_model import FollowUp
from bulou.people import finding
from bulou.people.models import Person
from bulou.places.models import Place

pytestmark = [pytest.mark.django_db, pytest.mark.browser]


def dial_nothing(page) -> None:
    """Taps on `tel:` are noted, and not followed: there is no phone here."""
    page.add_init_script(
        "window.dialled = []; document.addEventListener('click', (event) => {"
        "const link = event.target.closest?.(\"a[href^='tel:']\");"
        "if (link) { window.dialled.push(link.getAttribute('href')); event.preventDefault(); } });"
    )


@pytest.mark.parametrize("width", [360, 1440])
def test_who_is_overdue_is_found_and_called(chromium, log_in, world, width):
    with opened(chromium, log_in("owner"), width=width) as page:
        dial_nothing(page)
        started, taps = time.perf_counter(), 0
        page.goto(BASE + "/gaps")
        first = page.locator("#list tbody tr").first
        row = first.get_attribute("id")
        assert "透析" in first.inner_text()
        number = first.locator("a[href^='tel:']").get_attribute("href")
        first.locator("a[href^='tel:']").click()
        taps += 1
        page.locator("dialog[data-outcomes] button[value=doing]").click()
        taps += 1
        page.locator(f"#{row}", has_text="马上补办").wait_for()
        seconds = time.perf_counter() - started
        assert page.evaluate("window.dialled") == [number]
    assert FollowUp.objects.get().outcome == "doing"
    sys.stdout.write(f"overdue and called at {width} px: {taps} taps, {seconds:.1f} s\n")
    assert taps <= 2
    assert seconds < 10


@pytest.fixture
def door(world):
    """A household's door at home, and an index that has caught up."""
    place_names._known.clear()
    finding.index(Person.objects.all())
    for code, level, name, parent in (
        (HOME + "003", "building", "3号楼", HOME),
        (HOME + "00301", "unit", "1单元", HOME + "003"),
        (HOME + "003010301", "door", "301室", HOME + "00301"),
    ):
        Place.objects.create(
            code=code, level=level, name=name, plain=name.rstrip("号楼单元室"), parent_id=parent
        )


@pytest.mark.parametrize("width", [360, 1440])
def test_who_answers_for_a_door_is_found(chromium, log_in, door, width):
    with opened(chromium, log_in("owner"), width=width) as page:
        page.goto(BASE + "/gaps")
        started, steps = time.perf_counter(), 0
        page.keyboard.press("/")
        steps += 1
        page.keyboard.type("ly 3 1 301")
        steps += 1
        doctor = page.locator("#found li", has_text="医务人员")
        doctor.locator("a[href='tel:19900009003']").wait_for()
        seconds = time.perf_counter() - started
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.hasAttribute('data-result')")
        page.keyboard.press("Escape")
        assert page.locator("#found").is_hidden()
    sys.stdout.write(f"who answers for a door at {width} px: {steps} steps, {seconds:.1f} s\n")
    assert steps <= 3
    assert seconds < 10


def test_the_list_is_worked_with_the_keyboard_alone(chromium, log_in, world):
    with opened(chromium, log_in("owner")) as page:
        page.goto(BASE + "/gaps")
        for key in ("ArrowDown", "x", "ArrowDown", "x"):
            page.keyboard.press(key)
        assert page.locator("[data-picked]").inner_text() == "2"
        second = page.locator("#list tbody tr").nth(1).get_attribute("id")
        page.evaluate("htmx.trigger('#list', 'refresh')")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/gaps/{second.removeprefix('gap-')}")


def test_a_list_that_renews_itself_keeps_focus_and_selection(chromium, log_in, world):
    from bulou.obligations import followup

    with opened(chromium, log_in("owner")) as page:
        page.goto(BASE + "/gaps")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("x")
        row = page.evaluate("document.activeElement.closest('tr').id")
        followup.one(followup.Call(outcome="no_answer"), int(row.removeprefix("gap-")), by="user:1")
        page.evaluate(
            "htmx.ajax('GET', location.href, {source: '#list', target: '#list', swap: 'outerHTML'})"
        )
        page.locator(f"#{row}", has_text="无人接听").wait_for()
        assert page.locator("[data-picked]").inner_text() == "1"
        assert page.evaluate("document.activeElement.closest('tr')?.id") == row
