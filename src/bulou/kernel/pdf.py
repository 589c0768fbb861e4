"""PDF documents: a typst template and its data, set in a Chinese font of this machine. No network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import gettext_lazy as _

from bulou.kernel import clock
from bulou.kernel.problems import problem

NO_CHINESE_FONT = problem(
    "no-chinese-font",
    _("本机没有中文字体,打印出来会是空白:请运行 make setup,或安装 fonts-noto-cjk 后重试。"),
    status=503,
)

SANS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Zen Hei")
POINTS_AN_INCH = 72
SERIF = ("Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "Source Han Serif CN", *SANS)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts()


def font_of(wanted: tuple[str, ...]) -> str:
    """The first of these families that the machine has. Raises `no-chinese-font`."""
    families = set(_fonts().families())
    for family in wanted:
        if family in families:
            return family
    raise NO_CHINESE_FONT.error()


def typeset(template: Path, data: Mapping[str, Any]) -> bytes:
    """A PDF from a template, which reads `json(bytes(sys.inputs.data))`; the same data give the same bytes.

    The data get "sans" and "serif", the families to set it in. Raises `no-chinese-font`.
    """
    made = _compiled(template, data, format="pdf")
    return made if isinstance(made, bytes) else b"".join(made or [])


def picture(template: Path, data: Mapping[str, Any], *, width: int, points: int) -> bytes:
    """The same as a PNG of so many pixels across; the template sets one page, so many points wide.

    Raises `no-chinese-font`.
    """
    made = _compiled(template, data, format="png", ppi=width / points * POINTS_AN_INCH)
    return made if isinstance(made, bytes) else (made or [b""])[0]


def _compiled(template: Path, data: Mapping[str, Any], **how: Any) -> Any:
    given = {**data, "sans": font_of(SANS), "serif": font_of(SERIF)}
    compiler = typst.Compiler(template, root=template.parent, font_paths=_fonts())
    return compiler.compile(
        sys_inputs={"data": json.dumps(given, ensure_ascii=False)},
        timestamp=clock.now().replace(microsecond=0),
        **how,
    )
