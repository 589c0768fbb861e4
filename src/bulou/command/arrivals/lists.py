"""The lists of arrivals as they are taken out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bulou.arrivals.models import Exposure, State, Station
from bulou.command import exports
from bulou.command.arrivals.asked import JourneysAsked
from bulou.command.arrivals.rows import JourneyRow, in_batches
from bulou.command.exports import Column, Param, Query, Table
from bulou.people.queries import mask_phone
from bulou.rights.capabilities import Capability

YES = _("是")
DECISION_WORDS = {"waiting": _("等待定级"), "decided": _("已定级")}
STATE_WORDS = {"open": _("未结束"), **{str(one): one.label for one in State}}


def _asked(query: Query) -> JourneysAsked:
    return JourneysAsked.read(query.filters, query.place, query.now)


def _station(value: str) -> str:
    found = Station.objects.filter(pk=int(value)).first() if value.isdecimal() else None
    return found.name if found else value


def _exposure(value: str) -> str:
    return str(Exposure(int(value)).label) if value.isdecimal() and int(value) in Exposure else value


def _yes(_value: str) -> str:
    return str(YES)


def _class(row: JourneyRow) -> str:
    waits = str(DECISION_WORDS["waiting" if row.waits else "decided"])
    return f"{row.exposure}({waits})" if row.exposure else ""


ARRIVALS = exports.register(
    Table(
        name="arrivals",
        title=_("返乡人员接返台账"),
        needs=(Capability.SEE_PERSONS,),
        params=(
            Param("state", _("状态"), words=lambda value: str(STATE_WORDS.get(value, value))),
            Param("day", _("到达日期")),
            Param("station", _("到达站点"), words=_station),
            Param("exposure", _("旅居史"), words=_exposure),
            Param("decision", _("定级"), words=lambda value: str(DECISION_WORDS.get(value, value))),
            Param("urgent", _("只看有急需的"), words=_yes),
            Param("broken", _("只看脱节的"), words=_yes),
        ),
        columns=(
            Column(_("特殊需求"), lambda row: "、".join(row.face.needs), width=18),
            Column(_("编号"), lambda row: row.journey.number, width=14),
            Column(_("姓名"), lambda row: row.face.name, full=lambda row: row.full["name"], width=12),
            Column(_("手机号"), lambda row: row.phone, full=lambda row: row.full["phone"], width=15),
            Column(_("拟住地点"), lambda row: row.where, width=36),
            Column(_("预计到达"), lambda row: row.journey.arrives_at, width=18),
            Column(_("到达站点、车次"), lambda row: row.comes, width=28),
            Column(_("状态"), lambda row: str(row.state.label), width=10),
            Column(_("现在谁负责"), lambda row: row.seat, width=24),
            Column(_("负责人"), lambda row: row.owner.name if row.owner else "", width=12),
            Column(
                _("负责人电话"),
                lambda row: mask_phone(row.owner.phone) if row.owner else "",
                full=lambda row: row.owner.phone if row.owner else "",
                width=15,
            ),
            Column(_("旅居史"), _class, width=24),
            Column(_("脱节"), lambda row: "、".join(row.troubles), width=24),
            Column(_("结束原因"), lambda row: row.ended, width=12),
        ),
        count=lambda query: _asked(query).counts[_asked(query).state],
        rows=lambda query: in_batches(_asked(query)),
        person=lambda row: row.journey.person_id,
    )
)
