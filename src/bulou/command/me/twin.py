"""The paper twin of one's own page: the same content in large type, for those without a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import segno
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from bulou.command.me.content import Me, me_of
from bulou.kernel import audit, clock, pdf
from bulou.people.models import Person
from bulou.web.formats import instant
from bulou.web.statuses import LOOKS

TEMPLATE = Path(__file__).with_name("documents") / "twin.typ"


def make_pdf(person: Person, *, by: str, address: str = "", language: str | None = None) -> bytes:
    """One's own page on paper, with a code that leads to `address`, in the reader's language or another one.

    Recorded. Raises `no-chinese-font`.
    """
    with override(language or get_language()):
        made = pdf.typeset(TEMPLATE, data_of(me_of(person), address))
    audit.record("residents.paper_made", by=by, subject=f"person:{person.pk}", place=person.place)
    return made


def data_of(me: Me, address: str) -> dict[str, Any]:
    """What the paper says."""
    return {
        "words": _words(me.name),
        "lang": "en" if get_language() == "en" else "zh",
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


def _words(name: str) -> dict[str, Any]:
    """Headings and sentences of the paper."""
    return {
        "title": _("居民本人查询"),
        "heading": _("{name} 的本人查询").format(name=name),
        "code": _("链接二维码"),
        "scan": _("手机扫右上角的码也能看到这些内容。扫码后要填您登记的手机号和出生年月;这张纸请自己收好。"),
        "call": _("突发疾病、临产、透析等:先打 120"),
        "help": _("任何人、任何卡口都不得阻拦就医,事后再说明。"),
        "asked": _("对您的要求"),
        "free": _("现在没有对您采取任何限制措施。"),
        "whom": _("有事找谁"),
        "today": _("今天应当为您做的事"),
        "held": _("登记了您的哪些内容"),
        "kept": _("保留多久、为什么"),
        "looks": _("谁查看过您的完整信息"),
        "nobody": _("没有人查看过。"),
        "requests": _("您的申请和答复"),
        "rights": _("您可以"),
        "ways": [
            _("更正:哪一项登记错了,可以要求改正;"),
            _("异议:对措施或对您信息的处理有不同意见,可以提出;"),
            _("反映:该来的人没有来,可以反映。"),
        ],
        "how": _("在背面写下来交给村(社区)或网格员,当场登记编号;逾期没有答复的,县里能看到。"),
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
