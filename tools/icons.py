"""Make the icon sprite from an unpacked lucide-static package: `python tools/icons.py PACKAGE`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "src/bulou/web/static/vendor/lucide/icons.svg"
NAMES = (
    "arrow-down arrow-right arrow-up bell book-user bookmark calendar-days check chevron-down",
    "chevron-left chevron-right circle circle-check circle-minus circle-question-mark clipboard-list",
    "clock clock-alert copy download ellipsis eye file-spreadsheet file-text funnel heart-pulse history",
    "house image info key-round keyboard languages layout-dashboard link list-checks lock log-out map",
    "map-pin menu network pencil phone plus printer refresh-cw search settings shield-check stamp",
    "sun-moon trash-2 triangle-alert undo-2 upload user user-x users x",
)


def symbol(source: str, name: str) -> str:
    """One icon as a symbol of the sprite, its licence line and layout left out."""
    inner = source[source.index(">", source.index("<svg")) + 1 : source.rindex("</svg>")]
    shapes = re.sub(r"\s+", " ", re.sub(r">\s+<", "><", inner)).strip().replace(" />", "/>")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>'


def sprite(package: Path) -> str:
    """All icons that Bulou shows."""
    symbols = "\n".join(
        symbol((package / f"icons/{name}.svg").read_text(), name) for name in " ".join(NAMES).split()
    )
    return (
        '<!-- lucide-static 1.62.0, ISC and MIT, see LICENSE -->\n<svg xmlns="http://www.w3.org/2000/svg">\n'
        f"{symbols}\n</svg>\n"
    )


if __name__ == "__main__":
    OUT.write_text(sprite(Path(sys.argv[1])))
