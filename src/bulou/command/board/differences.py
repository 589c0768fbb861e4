"""How much more or less there is than at the hour of yesterday that is compared with."""

from __future__ import annotations

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bulou.web.formats import number


def said(more: int) -> str:
    """ "多 5", "少 3", "持平"."""
    if not more:
        return _("持平")
    return (_("多 {n}") if more > 0 else _("少 {n}")).format(n=number(abs(more)))


def drawn(difference: int | None, href: str = "") -> SafeString:
    """A difference in a shape and words: ▲ 多 5. A link to what it is compared with."""
    if difference is None:
        return SafeString("—")
    sign = "▲" if difference > 0 else "▼" if difference < 0 else "＝"
    words = escape(said(difference))
    inner = f'<span aria-hidden="true">{sign}</span> <span class="num">{words}</span>'
    return SafeString(f'<a class="more" href="{escape(href)}">{inner}</a>' if href else inner)
