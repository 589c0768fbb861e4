"""The registers' pages with content in them, by axe at both widths; nothing is wider than the screen."""

import pytest
from tests.axe import violations
from tests.browser import BASE, opened

from bulou.command.registers.tests.test_homes import DOOR, door, pair  # noqa: F401  fixtures
from bulou.command.tests.world import HOME, NEXT_DOOR, VILLAGE
from bulou.places import handing, workers
from bulou.places.models import Post

pytestmark = [pytest.mark.browser, pytest.mark.either_database]
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [1440, 360])
def test_pages_with_content_are_accessible(chromium, log_in, world, pair, settings, tmp_path, width):  # noqa: F811
    settings.BULOU_HOME = tmp_path
    taker = workers.ensure("张三", "19900008001")
    post = Post.objects.get(role="doctor", place=HOME)
    handing.hand_over(post.pk, taker, by="user:1")
    browser = log_in("county")
    asked = {"list": "posts", "format": "text", "purpose": "check", "words": "核对空岗"}
    export = browser.post("/exports/new", asked)["Location"]
    found = []
    with opened(chromium, browser, width=width) as page:
        for address in (
            *(
                f"/posts/{post.pk}",
                f"/posts/{post.pk}/handover?to={taker}",
                "/handovers",
                f"/workers/{taker}",
            ),
            *(f"/places?place={VILLAGE}", f"/places/{DOOR}", f"/households/{DOOR}", "/duplicates"),
            *(
                f"/places/{HOME}001/change?do=move&to={NEXT_DOOR}",
                f"/duplicates/{pair.pk}",
                export,
                "/exports",
            ),
            *(f"/residents/{world.cases['home'][0].person.uid}", "/exports/new?list=residents"),
        ):
            page.goto(BASE + address)
            found += [f"{address}: {text}" for text in violations(page)]
            if wider := page.evaluate(WIDER):
                found.append(f"{address}: {wider} px wider than the screen")
    assert found == []


def test_a_level_of_the_tree_comes_when_it_is_opened(chromium, log_in, world):
    with opened(chromium, log_in("county")) as page:
        page.goto(BASE + f"/places?place={VILLAGE}")
        page.locator(".tree .opens").first.click()
        page.locator(".tree", has_text="第一网格").wait_for()
        assert page.locator(".tree li li").count() == 1
