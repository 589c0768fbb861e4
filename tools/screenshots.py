"""Take pictures of the office's pages: `python tools/screenshots.py BASE_URL OUT USER PASSWORD [WORKBOOK]`.

Every page at 1440 and 360 px, in both languages. With a workbook, the import page with its check too.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

WIDTHS = (1440, 360)
LANGUAGES = ("zh-hans", "en")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAGES = {
    "board": "/",
    "gaps": "/gaps?day=all",
    "gaps-unowned": "/gaps?gap=unowned",
    "duties": "/duties?status=overdue",
    "people": "/people",
    "imports": "/imports",
    "problem": "/nowhere",
}


def log_in(page: Page, base: str, user: str, password: str) -> None:
    """From the log-in page to the board."""
    page.goto(f"{base}/login")
    page.fill("#id_username", user)
    page.fill("#id_password", password)
    page.click("main button")
    page.wait_for_url(f"{base}/")


def shoot(page: Page, out: Path, name: str) -> None:
    """One picture of the whole page; a page wider than its screen is reported."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=out / f"{name}.png", full_page=True)
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if too_wide > 0:
        print(f"{name}: {too_wide} px wider than the screen")


def pictures(
    browser: Browser, base: str, out: Path, who: tuple[str, str], size: tuple[int, str], book: str
) -> None:
    """All pages at one width in one language."""
    width, language = size
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
    context.add_cookies([{"name": "django_language", "value": language, "url": base}])
    page = context.new_page()
    page.on(
        "console", lambda said: print(f"{language} {width}: {said.text}") if said.type == "error" else None
    )
    page.goto(f"{base}/login")
    shoot(page, out, f"login-{width}-{language}")
    log_in(page, base, *who)
    for name, path in PAGES.items():
        page.goto(base + path)
        shoot(page, out, f"{name}-{width}-{language}")
    page.goto(f"{base}/people")
    page.click("tbody th a")
    shoot(page, out, f"person-{width}-{language}")
    if book:
        page.goto(f"{base}/imports")
        page.set_input_files("input[type=file]", book)
        page.click("#bring button")
        shoot(page, out, f"import-check-{width}-{language}")
    context.close()


def main(base: str, out: str, user: str, password: str, book: str = "") -> None:
    """Every width and language."""
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for width in WIDTHS:
            for language in LANGUAGES:
                pictures(browser, base.rstrip("/"), folder, (user, password), (width, language), book)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
