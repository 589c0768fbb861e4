"""The paper twin of one's own page: the same content in large type, for those without a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import segno
from django.utils.translation import gettext as _

from bulou.command.me.content import Me, me_of
from bulou.kernel import audit, clock, pdf
from bulou.people.models import Person
from bulou.web.formats import instant
from bulou.web.statuses import LOOKS

TEMPLATE = Path(__file__).with_name("documents") / "twin.typ"


def make_pdf(person: Person, *, by: str, address: str = "") -> bytes:
    """One's own page on paper, with a code that leads to `address`. Recorded. Raises `no-chinese-font`."""
    made = pdf.typeset(TEMPLATE, data_of(me_of(person), address))
    audit.record("residents.paper_made", by=by, subject=f"person:{person.pk}", place=person.place)
    return made


def data_of(me: Me, address: str) -> dict[str, Any]:
    """What the paper says."""
    return {
        "name": me.name,
        "made": instant(me.now),
        "asked": _asked(me),
        "seats": [_seat(one) for one in me.seats],
        "today": [
            [str(one.kind), str(LOOKS[one.duty.status].title), instant(one.duty.due_at)] for one in me.today
        ],
        "held": [[one.title, one.value] for one in me.held],
        "kept": [[one.title, one.until, one.why] for one in me.kept],
        "looks": [[instant(one.at), one.who, one.field, one.reason] for one in me.looks],
        "requests": [
            [one.request.number, one.about, one.words, one.answer or _("还没有答复")] for one in me.requests
        ],
        "code": segno.make(address, error="m", micro=False).svg_inline(border=2) if address else "",
    }


def _asked(me: Me) -> list[list[str]]:
    """What is asked of the person, on which ground, until when, and how to appeal."""
    if me.stay is None:
        return []
    case, stay = me.stay.case, me.stay
    ended = case.ended_at or case.ends_at
    state = {
        "running": _("正在执行,第 {n} 天,共 {days} 天").format(n=stay.day_number, days=stay.days),
        "coming": _("还没有开始"),
        "lapsed": _("已到期自动失效,您不受限制"),
        "ended": _("已终止({why}),您不受限制").format(why=stay.reason),
    }[stay.state]
    return [
        [_("措施"), case.measure],
        [_("状态"), state],
        [_("法律依据"), case.ground],
        [_("针对您本人的事实"), case.evidence],
        [_("决定机关"), case.decided_by],
        [_("开始"), instant(case.starts_at)],
        [_("结束"), instant(ended) if ended < clock.now() else f"{stay.last_day.isoformat()} 24:00"],
        [_("如何申诉"), case.appeal],
        [_("编号"), case.number],
    ]


def _seat(one: Any) -> list[str]:
    who = one.owner
    return [one.title, who.name if who else _("现在没有人"), who.phone if who else ""]
