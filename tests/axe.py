"""axe-core on a page: what a person with a screen reader, a keyboard or weak eyes would stumble over."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
"""The rules of WCAG 2.2, levels A and AA; the last three tags hold only what their version added."""


@cache
def _source() -> str:
    return SOURCE.read_text()


def violations(page: Any) -> list[str]:
    """What axe finds on a Playwright page, one line a place: rule, element, and how to mend it."""
    if not page.evaluate("() => Boolean(window.axe)"):
        # Evaluated by the debugger: the page's own policy allows no script that is written into it.
        page.evaluate(_source())
    # Sticky headings cover what is scrolled under them, which axe takes for small targets.
    page.evaluate("window.scrollTo(0, 0)")
    found = page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", TAGS)
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
