"""The board's drawings and differences, written in Python because a page has hundreds of their parts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bulou.command.board import differences, maps, rows
from bulou.command.board.live import Area
from bulou.command.board.share import NAMED
from bulou.command.board.trend import BETWEEN, HOURS, LOWER, TOP, UPPER, Drawn, Trend
from bulou.kernel import clock
from bulou.web.formats import number

register = template.Library()
register.simple_tag(differences.drawn, name="more")
register.simple_tag(rows.drawn, name="board_rows")

TRIANGLE, SQUARE = "M0-5L5 4H-5Z", "M-4-4H4V4H-4Z"
HEIGHT = TOP + UPPER + BETWEEN + LOWER + 22


@register.simple_tag
def hour(at: datetime) -> str:
    """ "14:00"; the end of a day is 24:00."""
    text = f"{clock.local(at):%H:%M}"
    return "24:00" if text == "00:00" else text


@register.simple_tag
def draw_trend(drawn: Trend) -> SafeString:
    """The day by hour. The words for a screen reader are the last numbers; the table has them all."""
    last = drawn.points[-1]
    words = _("已完成 {done}/{owed},逾期 {overdue},没做完也无人负责 {adrift}").format(
        done=number(last.line.done),
        owed=number(last.counts.universe),
        overdue=number(last.counts.overdue),
        adrift=number(last.counts.adrift),
    )
    lower = TOP + UPPER + BETWEEN
    return format_html(
        '<svg class="trend" role="img" aria-label="{}" width="100%" height="{}">{}{}{}{}{}{}</svg>',
        words,
        HEIGHT,
        _frame(),
        _panel(TOP, UPPER, drawn.upper),
        _panel(lower, LOWER, drawn.lower),
        _marks(drawn.lower),
        _most(TOP, drawn.most[0]),
        _most(lower, drawn.most[1]),
    )


def _frame() -> SafeString:
    """A rule at each six hours, with its hour, and the ground of each panel."""
    rules = format_html_join(
        "",
        '<line class="rule" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>'
        '<text x="{0}%" y="{3}" class="at-{4}">{4}:00</text>',
        (
            (f"{at / HOURS * 100:g}", TOP, HEIGHT - 22, HEIGHT - 6, at)
            for at in range(0, HOURS + 1, HOURS // 4)
        ),
    )
    grounds = format_html_join(
        "",
        '<line class="axis" x1="0" x2="100%" y1="{0}" y2="{0}"/>',
        ((y,) for y in (TOP + UPPER, HEIGHT - 22)),
    )
    return rules + grounds


def _panel(top: int, tall: int, lines: Iterable[Drawn]) -> SafeString:
    paths = format_html_join(
        "", '<path class="line-{}" d="{}"/>', ((line.css, line.path) for line in lines if line.path)
    )
    return format_html(
        '<svg x="0" y="{}" width="100%" height="{}" viewBox="0 0 24 100" preserveAspectRatio="none" '
        'overflow="visible">{}</svg>',
        top,
        tall,
        paths,
    )


def _marks(lines: Iterable[Drawn]) -> SafeString:
    """Triangles for what is overdue, squares for what is unowned; hollow where they were made up."""
    return format_html_join(
        "",
        '<svg x="{}%" y="{}" overflow="visible"><path class="mark-{}{}" d="{}"/></svg>',
        (
            (
                f"{x:g}",
                f"{y:g}",
                line.css,
                " late" if late else "",
                TRIANGLE if line.css == "overdue" else SQUARE,
            )
            for line in lines
            for x, y, late in line.marks
        ),
    )


def _most(top: int, most: int) -> SafeString:
    return format_html('<text class="most" x="3" y="{}">{}</text>', top - 4, number(most))


@register.simple_tag
def draw_map(found: maps.Map, areas: list[Area]) -> SafeString:
    """Each place as an area that leads there: its pattern, its label, and in words what it has."""
    return format_html(
        '<svg class="map" viewBox="0 0 {} {}" aria-labelledby="map-title map-desc">'
        '<title id="map-title">{}</title><desc id="map-desc">{}</desc>{}{}</svg>',
        maps.WIDTH,
        found.height,
        _("下一级各处的逾期"),
        _("每处是一个链接,下面的表有同样的数字。"),
        format_html_join("", "{}", ((_area(area),) for area in areas)),
        format_html_join("", "{}", ((_label(area),) for area in areas)),
    )


def _area(area: Area) -> SafeString:
    counts = area.counts
    words = _("{name}:逾期 {overdue},没做完也无人负责 {adrift},底数外 {unknown},应落实 {all}").format(
        name=area.name,
        overdue=number(counts.overdue),
        adrift=number(counts.adrift),
        unknown=number(counts.unknown),
        all=number(counts.universe),
    )
    return format_html(
        '<a href="{}" aria-label="{}"><title>{}</title>'
        '<path class="area on-{}" fill-rule="evenodd" d="{}"/></a>',
        area.href,
        words,
        words,
        area.look,
        area.outline.path,
    )


def _label(area: Area) -> SafeString:
    """The name where it fits, and overdue of all; on a plate, so that it is read on every pattern."""
    x, y = area.outline.x, area.outline.y
    value = f"{number(area.counts.overdue)}/{number(area.counts.universe)}"
    named = area.outline.room > NAMED
    wide = max(len(value) * 6, len(area.name) * 11 if named else 0) + 8
    tall = 30 if named else 17
    name = format_html('<text x="{}" y="{}">{}</text>', x, y - 3, area.name) if named else ""
    return format_html(
        '<g class="label" aria-hidden="true"><rect x="{}" y="{}" width="{}" height="{}" rx="3"/>{}'
        '<text class="n" x="{}" y="{}">{}</text></g>',
        x - wide / 2,
        y - tall / 2,
        wide,
        tall,
        name,
        x,
        y + (10 if named else 4),
        value,
    )
