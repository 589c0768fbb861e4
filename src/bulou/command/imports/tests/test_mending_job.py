"""Five bad cells mended with the keyboard alone, counted in keys and seconds."""

from __future__ import annotations

import time

import pytest
from tests.axe import violations
from tests.browser import BASE, chromium, opened  # noqa: F401  a fixture

from bulou.command.imports.tests.test_imports_page import GOOD, bad, own_folder, registered, sent  # noqa: F401
from bulou.command.tests.world import identity
from bulou.kernel import job_worker
from bulou.sheets.models import ImportRun

CUT_OFF = "141099" + "19800"
"""What an office left of an identity number."""

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.either_database]


def test_five_bad_cells_are_mended_by_keyboard(chromium, log_in, record_property):  # noqa: F811
    browser, keys = log_in("county"), 0
    address = sent(browser, GOOD, *(bad(n, CUT_OFF + str(n)) for n in range(2, 7)))
    with opened(chromium, browser) as page:
        started = time.perf_counter()
        page.goto(BASE + address)
        for number in range(2, 7):
            focused = page.locator("input[data-cell]:focus")
            assert focused.input_value() == CUT_OFF + str(number)
            page.keyboard.type(identity(100 + number))
            page.keyboard.press("Enter")
            keys += 1
        page.locator(".progress").wait_for()
        job_worker.run_due()
        page.locator("button.primary:focus").wait_for()
        page.keyboard.press("Enter")
        keys += 1
        page.locator(".progress").wait_for()
        job_worker.run_due()
        page.locator(".note.good").wait_for()
        seconds = time.perf_counter() - started
    record_property("keys", keys)
    record_property("seconds", round(seconds, 1))
    assert (ImportRun.objects.get().new, ImportRun.objects.get().refused) == (6, 0)
    assert registered("王乙") == 1
    assert keys <= 15 and seconds < 60


def test_a_block_from_excel_fills_the_column(chromium, log_in):  # noqa: F811
    browser = log_in("county")
    address = sent(browser, *(bad(n, CUT_OFF + str(n)) for n in range(2, 5)))
    block = "\n".join(identity(100 + n) for n in range(2, 5))
    with opened(chromium, browser) as page:
        page.goto(BASE + address)
        page.evaluate(
            """text => {
              const data = new DataTransfer();
              data.setData("text/plain", text);
              document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
            }""",
            block,
        )
        page.locator(".progress").wait_for()
    job_worker.run_due()
    assert browser.get(address).context["checked"].counts["new"] == 3


@pytest.mark.parametrize("width", [360, 1440])
def test_the_grid_is_accessible(chromium, log_in, width):  # noqa: F811
    browser = log_in("county")
    address = sent(browser, GOOD, *(bad(n, CUT_OFF + str(n)) for n in range(2, 5)))
    with opened(chromium, browser, width=width) as page:
        for path in (address, address + "?show=new", "/imports", "/imports/history"):
            page.goto(BASE + path)
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
