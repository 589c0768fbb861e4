"""The rows of the two work lists, written in Python: a page has 50 of them with a dozen parts each."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from bulou.command.worklists.lists import Followed, Row
from bulou.web import parts
from bulou.web.formats import short, span

PICKED = frozenset(("open", "overdue"))
"""Duties that something can still be done about."""


def gap_rows(rows: Iterable[Row], may_work: bool, said: str = "") -> SafeString:
    """Rows of the list of gaps. `may_work`: they can be picked; `said`: what just happened to the row."""
    return SafeString("".join(_gap(row, may_work, said) for row in rows))


def duty_rows(rows: Iterable[Row], may_work: bool) -> SafeString:
    """Rows of the list of duties. `may_work`: what is undone can be picked."""
    return SafeString("".join(_duty(row, may_work) for row in rows))


def _gap(row: Row, may_work: bool, said: str) -> str:
    followed = row.followed
    sunk = ' class="sunk"' if followed and followed.later_until else ""
    told = f' data-said="{escape(said)}"' if said else ""
    return (
        f'<tr id="gap-{row.source.id}"{sunk}{told}>{_pick(row) if may_work else ""}{_whom(row)}{_what(row)}'
        f'<td data-call="{escape(row.call_href)}">{_owner(row)}{_vacant(row)}</td>'
        f'<td data-label="{_word("due")}"><span>{parts.due(row.source.due_at, row.late_by)}{_told(row)}'
        f'</span></td><td class="act"><span class="stack">{_followed(followed) if followed else ""}'
        f'<a href="{escape(row.gap_href)}" data-open>{_word("follow")}'
        f'<span class="seen-by-ear"> {_code(row)} {conditional_escape(row.kind)}</span></a></span></td></tr>'
    )


def _duty(row: Row, may_work: bool) -> str:
    source: Any = row.source
    pick = (_pick(row) if source.status in PICKED else '<td class="pick"></td>') if may_work else ""
    late = row.late_by if source.status == "overdue" else None
    over = f' <span class="small">{span(late)}</span>' if late else ""
    ended = escape(row.excuse) if row.excuse else short(source.met_at)
    return (
        f'<tr id="duty-{source.id}">{pick}{_whom(row)}<td>{_status(source.status)}{over}</td>{_what(row)}'
        f"<td>{_owner(row)}</td>{_time('opens', short(source.opens_at))}{_time('due', short(source.due_at))}"
        f"{_time('ended', ended)}</tr>"
    )


def _pick(row: Row) -> str:
    return (
        f'<td class="pick"><input type="checkbox" name="id" value="{row.source.id}" data-pick '
        f'aria-label="{_word("pick")} {_code(row)}"></td>'
    )


def _code(row: Row) -> str:
    code: str = conditional_escape((row.face.code if row.face else "") or row.code)
    return code


def _whom(row: Row) -> str:
    return f'<th scope="row">{parts.person(row.face, row.code, row.person_href)}</th>'


def _what(row: Row) -> str:
    return f'<td class="what">{conditional_escape(row.kind)}</td><td class="where">{escape(row.where)}</td>'


def _owner(row: Row) -> str:
    return parts.owner(row.owner, row.seat)


def _vacant(row: Row) -> str:
    """Where somebody can be given the post that nobody holds."""
    if not row.post_href:
        return ""
    return f' <a class="button" href="{escape(row.post_href)}">{parts.icon("user")}{_word("staff")}</a>'


def _told(row: Row) -> str:
    if not row.told:
        return ""
    told = escape(gettext("已报到%(told)s") % {"told": row.told})
    return f' <span class="small muted nowrap">{told}</span>'


def _followed(known: Followed) -> str:
    """What has been done about a gap."""
    found = ""
    if known.later_until:
        words = f":{escape(known.words)}" if known.words else ""
        mark = parts.mark("excused", "clock", gettext("推迟到"))
        found += f"<span>{mark} {short(known.later_until)} {escape(known.why)}{words}</span>"
    if known.handed_to:
        found += (
            f"<span>{parts.mark('open', 'arrow-right', gettext('转给'))} {escape(known.handed_to)}</span>"
        )
    if known.calls:
        called = f"{parts.icon('phone')} {short(known.called_at)} <strong>{escape(known.outcome)}</strong>"
        found += f'<span class="small">{called}{_calls(known.calls)}</span>'
    return found


def _calls(n: int) -> str:
    if n < 2:
        return ""
    return f' <span class="muted">{escape(ngettext("共 %(n)s 次", "共 %(n)s 次", n) % {"n": n})}</span>'


def _time(label: str, text: str) -> str:
    return f'<td class="nowrap" data-label="{_word(label)}">{text}</td>'


WORDS = {
    "pick": _("选中"),
    "due": _("时限"),
    "follow": _("跟进"),
    "staff": _("安排人"),
    "opens": _("开始"),
    "ended": _("完成"),
}


def _word(name: str) -> str:
    return _said(name, get_language())


@lru_cache(maxsize=64)
def _said(name: str, _language: str | None) -> str:
    """A word in the reader's language, escaped."""
    return escape(WORDS[name])


def _status(name: str) -> str:
    return _drawn(name, get_language())


@lru_cache(maxsize=64)
def _drawn(status: str, _language: str | None) -> SafeString:
    """The badge of a status in the reader's language."""
    return parts.status(status)
