"""The kit in a real browser: at both widths and in both themes, and what the scripts do."""

import re

import pytest
from django.test import Client
from tests.axe import violations
from tests.browser import BASE, opened

from bulou.kernel import clock
from bulou.places.models import Place
from bulou.rights import accounts, mandates
from bulou.rights.models import Mandate

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]
BROWSER = pytest.mark.browser
BACKEND = "django.contrib.auth.backends.ModelBackend"
KIT = f"{BASE}/_kit"

OFF_SCREEN = """() => [...document.querySelectorAll('main *, header *, nav *')].filter(part => {
    const box = part.getBoundingClientRect();
    if (!box.width || !box.height || part.closest('.scroll, .seen-by-ear, thead, svg, dialog')) return false;
    return box.left < -1 || box.right > document.documentElement.clientWidth + 1;
}).map(part => part.outerHTML.slice(0, 90))"""
SMALL_TARGETS = """() => [...document.querySelectorAll('button, .button, .nav > *')].filter(part => {
    const box = part.getBoundingClientRect();
    return box.width && (box.height < 43.5 || box.width < 43.5) && !part.closest('dialog, .note');
}).map(part => part.outerHTML.slice(0, 90))"""
SHIFT = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => { for (const one of list.getEntries()) sum += one.value; })
        .observe({type: 'layout-shift', buffered: true});
    setTimeout(() => done(sum), 300);
})"""


@pytest.fixture
def staff(client: Client) -> Client:
    return keeper(client, "system_admin")


def keeper(client: Client, role: str) -> Client:
    """Somebody of the county who is logged in."""
    Place.objects.get_or_create(code="141022", level="county", name="翼城县", plain="翼城")
    account = accounts.make_account(role, "correct-horse-2022", title="县系统管理员", by="test")
    mandates.grant(account, role, "141022", by="test")
    client.force_login(account.user, backend=BACKEND)
    return client


@pytest.fixture(autouse=True)
def _still():
    with clock.at("2022-04-16T14:05+08:00"):
        yield


def test_the_kit_is_for_who_keeps_the_house_alone(staff):
    assert staff.get("/_kit").status_code == 200
    assert Client().get("/_kit").status_code == 302
    other = keeper(Client(), "county_office")
    assert other.get("/_kit").status_code == 403
    assert other.post("/_kit/echo").status_code == 403


def test_the_kit_asks_the_database_for_hardly_anything(staff, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        staff.get("/_kit")


@pytest.mark.parametrize("theme", ["light", "dark", ""])
def test_the_theme_is_in_the_page_before_it_is_drawn(staff, theme):
    assert staff.post("/theme", {"theme": theme, "next": "/_kit"})["Location"] == "/_kit"
    page = staff.get("/_kit").content.decode()
    assert (f'data-theme="{theme}"' in page) is bool(theme)
    assert f'name="color-scheme" content="{theme or "light dark"}"' in page


def test_a_theme_that_there_is_not_is_not_remembered(staff):
    staff.post("/theme", {"theme": "dark"})
    staff.post("/theme", {"theme": '"><script>'})
    assert 'data-theme="dark"' in staff.get("/_kit").content.decode()
    staff.cookies["bulou_theme"] = "pink"
    assert "pink" not in staff.get("/_kit").content.decode()


@BROWSER
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 360])
def test_the_kit_can_be_seen_and_used_by_everybody(chromium, staff, width, theme, language):
    with opened(chromium, staff, width=width, theme=theme, language=language) as page:
        page.goto(KIT)
        assert (
            page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        )
        assert page.evaluate(OFF_SCREEN) == []
        assert violations(page) == []
        assert page.evaluate(SHIFT) < 0.01
        if width == 360:
            assert page.evaluate(SMALL_TARGETS) == []


@BROWSER
def test_a_theme_by_choice_looks_like_the_one_by_system(chromium, staff):
    with opened(chromium, staff, theme="dark") as page:
        page.goto(KIT)
        by_system = page.evaluate("getComputedStyle(document.body).backgroundColor")
    staff.cookies["bulou_theme"] = "dark"
    with opened(chromium, staff, theme="light") as page:
        page.goto(KIT)
        assert (
            page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--card')")
            == "#0b1220"
        )
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == by_system


@BROWSER
def test_on_paper_there_is_no_navigation_and_a_line_to_sign(chromium, staff):
    staff.cookies["bulou_theme"] = "dark"
    with opened(chromium, staff) as page:
        page.goto(KIT)
        page.emulate_media(media="print")
        assert not page.locator(".top, .nav, .pager, .filters, dialog").filter(visible=True).count()
        assert page.locator(".sign").is_visible()
        assert page.locator(".stamp time").inner_text() == "2022-04-16 周六 14:05"
        fill = "name => getComputedStyle(document.querySelector('rect.' + name)).fill"
        colours = [page.evaluate(fill, name) for name in ("p-met", "p-overdue")]
        light, dark = (sum(int(part) for part in re.findall(r"\d+", colour)) for colour in colours)
        assert light - dark > 3 * 150
        assert (
            page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            == "rgb(255, 255, 255)"
        )


@BROWSER
def test_a_list_is_worked_with_the_keyboard(chromium, staff):
    with opened(chromium, staff) as page:
        page.goto(KIT)
        here = "document.activeElement.querySelector('input[data-pick]')?.value"
        for key, row in (
            ("ArrowDown", "1"),
            ("ArrowDown", "2"),
            ("ArrowDown", "3"),
            ("ArrowDown", "3"),
            ("ArrowUp", "2"),
        ):
            page.keyboard.press(key)
            assert page.evaluate(here) == row
        page.keyboard.press("x")
        assert page.locator("[data-picked]").inner_text() == "1"
        page.keyboard.press("Enter")
        assert page.url.endswith("#main")
        page.keyboard.press("?")
        assert page.locator("#keys-help").is_visible()
        page.keyboard.press("Escape")
        assert not page.locator("#keys-help").is_visible()


@BROWSER
def test_keys_that_an_input_method_works_with_are_left_to_it(chromium, staff):
    with opened(chromium, staff) as page:
        page.goto(KIT)
        page.keyboard.press("ArrowDown")
        press = """key => document.activeElement.dispatchEvent(
            new KeyboardEvent('keydown', {key, isComposing: true, bubbles: true, cancelable: true}))"""
        for key in ("x", "Enter", "ArrowDown", "?"):
            assert page.evaluate(press, key), key
        page.locator("#id_words").first.focus()
        page.keyboard.press("x")
        assert page.locator("[data-picked]").first.inner_text() == "0"


@BROWSER
def test_rows_are_picked_one_by_one_in_a_range_and_all_together(chromium, staff):
    with opened(chromium, staff) as page:
        page.goto(KIT)
        bar, boxes = page.locator("[data-bulk]"), page.locator("input[data-pick]")
        assert not bar.is_visible()
        boxes.nth(0).click()
        boxes.nth(2).click(modifiers=["Shift"])
        assert page.locator("[data-picked]").inner_text() == "3"
        assert page.locator("input[data-pick-all]").is_checked()
        boxes.nth(1).click()
        assert page.evaluate("document.querySelector('[data-pick-all]').indeterminate")
        page.locator("input[data-pick-all]").click()
        page.locator("input[data-pick-all]").click()
        assert not bar.is_visible()


@BROWSER
def test_a_refused_form_comes_back_with_its_error_and_a_good_one_is_said(chromium, staff):
    with opened(chromium, staff, failing=True) as page:
        page.goto(KIT)
        form = page.locator("form[hx-post]")
        form.evaluate("form => form.noValidate = true")
        form.locator("button").click()
        page.locator("#id_words_error").wait_for()
        assert violations(page) == []
        page.locator("form[hx-post] input[name=words]").fill("核对名单")
        page.locator("form[hx-post] button").click()
        page.locator("form[hx-post] .note.good").wait_for()
        assert page.locator("#said").inner_text() == "已保存。"


@BROWSER
def test_what_fails_is_said_in_the_words_of_the_server(chromium, staff):
    with opened(chromium, staff, failing=True) as page:
        page.goto(KIT)
        Mandate.objects.all().delete()
        page.locator("form[hx-post] input[name=words]").fill("核对名单")
        page.locator("form[hx-post] button").click()
        page.locator(".toasts .note.bad").wait_for()
        assert "没有任何授权" in page.locator(".toasts .note.bad p").inner_text()
        page.locator(".toasts [data-dismiss]").click()
        assert page.locator(".toasts .note").count() == 0
        page.route("**/_kit/echo", lambda route: route.abort())
        page.locator("form[hx-post] button").click()
        page.locator(".toasts .note.bad").wait_for()
        assert "网络断了" in page.locator(".toasts .note.bad p").inner_text()


@BROWSER
def test_a_step_that_asks_first_does_nothing_until_it_is_said_yes(chromium, staff):
    sent = []
    with opened(chromium, staff) as page:
        page.goto(KIT)
        page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
        button = page.locator("form[data-confirm] button")
        button.click()
        assert "312 行" in page.locator("#confirm").inner_text()
        page.locator("#confirm button[value=no]").click()
        assert not sent
        button.click()
        page.locator("#confirm button[value=yes]").click()
        page.wait_for_url("**/_kit/echo")
        assert len(sent) == 1


@BROWSER
def test_a_dialog_takes_the_focus_and_gives_it_back(chromium, staff):
    with opened(chromium, staff) as page:
        page.goto(KIT)
        page.locator("[data-opens=hand-over]").click()
        assert page.evaluate("document.activeElement.name") == "words"
        assert violations(page) == []
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.dataset.opens") == "hand-over"


@BROWSER
def test_on_a_phone_a_table_keeps_its_meaning(chromium, staff):
    with opened(chromium, staff, width=360) as page:
        page.goto(KIT)
        roles = (
            "[...document.querySelectorAll('table.cards tr')].map(row => row.role + ':' + row.cells[0].role)"
        )
        found = set(page.evaluate(roles))
        assert {"row:columnheader", "row:rowheader", "row:cell"} >= found
        assert "null" not in str(found)


@BROWSER
def test_a_filter_applies_when_it_is_chosen_and_leaves_what_is_empty_out_of_the_address(chromium, staff):
    with opened(chromium, staff) as page:
        page.goto(f"{KIT}?place=141022")
        page.locator("form[data-apply] select").select_option("health")
        page.wait_for_url("**/_kit?place=141022&kind=health")


@BROWSER
def test_axe_finds_what_is_wrong(chromium, staff):
    with opened(chromium, staff) as page:
        page.goto(KIT)
        page.evaluate("document.querySelector('main').append(document.createElement('button'), new Image())")
        page.evaluate("document.querySelector('h1').style.color = '#ccc'")
        found = " ".join(violations(page))
        for rule in ("button-name", "image-alt", "color-contrast"):
            assert rule in found


@BROWSER
def test_without_scripts_what_needs_one_is_gone_and_what_replaces_it_is_there(chromium, staff):
    with opened(chromium, staff, scripts=False) as page:
        page.goto(KIT)
        assert not page.locator("[data-opens=hand-over]").is_visible()
        assert page.locator("a[data-without-script]").first.is_visible()
        assert page.locator("form[data-apply] button").is_visible()
        assert page.locator("[data-bulk]").is_visible()
