"""The words for what stands in the ledger about a person: events, values, reasons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulou.facts import arrivals
from bulou.facts import monitoring as facts
from bulou.monitoring.models import Seat

EVENTS: dict[str, Any] = {
    facts.HealthReported.kind: gettext_lazy("健康报告"),
    facts.Contacted.kind: gettext_lazy("联系本人"),
    facts.Admitted.kind: gettext_lazy("纳入管控"),
    facts.TermChanged.kind: gettext_lazy("更正起止时间"),
    facts.SeatAssigned.kind: gettext_lazy("确定责任人"),
    facts.SeatsCompleted.kind: gettext_lazy("五包一配齐"),
    facts.SeatsWithdrawn.kind: gettext_lazy("五包一配齐有误,撤回"),
    facts.Moved.kind: gettext_lazy("变更住处"),
    facts.NoticeServed.kind: gettext_lazy("送达告知书"),
    facts.UndertakingSigned.kind: gettext_lazy("签承诺书"),
    facts.RoomAgreed.kind: gettext_lazy("落实单人单间"),
    facts.Tested.kind: gettext_lazy("核酸检测"),
    facts.NeedsChecked.kind: gettext_lazy("询问生活需求"),
    facts.FollowedUp.kind: gettext_lazy("医务人员随访"),
    facts.Ended.kind: gettext_lazy("管控终止"),
    facts.Released.kind: gettext_lazy("办理解除"),
    arrivals.PointChecked.kind: gettext_lazy("隔离点健康监测"),
    arrivals.MealServed.kind: gettext_lazy("送餐"),
    arrivals.Sampled.kind: gettext_lazy("核酸采样"),
    arrivals.AlertAnswered.kind: gettext_lazy("医务人员随访"),
}
SYMPTOMS: dict[str, Any] = {
    "fever": gettext_lazy("发热"),
    "dry_cough": gettext_lazy("干咳"),
    "fatigue": gettext_lazy("乏力"),
    "sore_throat": gettext_lazy("咽痛"),
    "loss_of_smell": gettext_lazy("嗅觉减退"),
    "loss_of_taste": gettext_lazy("味觉减退"),
    "diarrhoea": gettext_lazy("腹泻"),
    "muscle_pain": gettext_lazy("肌肉酸痛"),
    "short_of_breath": gettext_lazy("气短"),
    "other": gettext_lazy("其他症状"),
}
METHODS: dict[str, Any] = {"call": gettext_lazy("电话"), "doorstep": gettext_lazy("上门")}
RESULTS: dict[str, Any] = {
    "pending": gettext_lazy("已采样,待结果"),
    "negative": gettext_lazy("阴性"),
    "positive": gettext_lazy("阳性"),
}
EXCEPTIONS: dict[str, Any] = {
    "no_room": gettext_lazy("没有单独的房间"),
    "needs_care": gettext_lazy("需要有人照护"),
    "minor": gettext_lazy("未成年,须有家人同住"),
    "whole_household": gettext_lazy("全家一起居家"),
    "other": gettext_lazy("其他(在说明里写明)"),
}
"""Why somebody has no room of their own."""
FOLLOWED: dict[str, Any] = {
    "normal": gettext_lazy("正常"),
    "observe": gettext_lazy("继续观察"),
    "fever_clinic": gettext_lazy("转发热门诊"),
    "hospital": gettext_lazy("转医院"),
}
ENDINGS: dict[str, Any] = {
    "released": gettext_lazy("已办理解除"),
    "died": gettext_lazy("死亡"),
    "hospital": gettext_lazy("转医院"),
    "transferred": gettext_lazy("转出本县"),
    "term": gettext_lazy("不在管控期内"),
    "taken_back": gettext_lazy("本人已撤回"),
    "mistaken": gettext_lazy("登记有误,已撤销"),
    "not_coming": gettext_lazy("不来了"),
    "not_found": gettext_lazy("查无此人"),
    "superseded": gettext_lazy("情况已变,另行提出"),
    "mended": gettext_lazy("后来的记录已补上"),
    "served": gettext_lazy("期满"),
    "lapsed": gettext_lazy("未落实,期限已过"),
    "left": gettext_lazy("离开了应在的地方"),
    "replaced": gettext_lazy("已重新定级"),
    "ended": gettext_lazy("行程已结束"),
    "corrected": gettext_lazy("已更正"),
}
GRAVE_CELSIUS = 37.3
"""From this temperature a report is marked; the directive's value decides what follows from it."""


def event_title(kind: str) -> str:
    """What a kind of event is called."""
    return str(EVENTS.get(kind, kind))


def is_grave(data: dict[str, Any]) -> bool:
    """Whether a reader's eye must stop here: fever, symptoms, a positive result, hospital."""
    hot = float(data.get("temperature", 0)) >= GRAVE_CELSIUS
    serious = data.get("result") == "positive" or data.get("outcome") in {"fever_clinic", "hospital"}
    return hot or bool(data.get("symptoms")) or serious


def describe(kind: str, data: dict[str, Any]) -> str:
    """What an event says, in one line; empty when its title says all."""
    teller = _TELLERS.get(kind)
    return teller(data) if teller else ""


def seat_title(seat: str) -> str:
    """What a seat is called."""
    return str(Seat(seat).label) if seat in Seat else seat


def _report(data: dict[str, Any]) -> str:
    symptoms = "、".join(str(SYMPTOMS.get(one, one)) for one in data.get("symptoms", ()))
    none = _("无症状")
    return f"{data.get('temperature', '?')} °C · {symptoms or none}"


def _contact(data: dict[str, Any]) -> str:
    return f"{seat_title(data.get('seat', ''))} · {METHODS.get(data.get('method', ''), '')}"


def _needs(data: dict[str, Any]) -> str:
    asked = ((_("食品"), "food"), (_("药品"), "medicine"), (_("其他"), "other"))
    yes, no = _("有"), _("无")
    return " · ".join(f"{title}:{yes if data.get(key) else no}" for title, key in asked)


def lead(number: int) -> str:
    """What a lead to somebody on no register is called, on every page and in the audit chain."""
    return _("线索 {n} 号").format(n=number)


def _exception(data: dict[str, Any]) -> str:
    why = data.get("exception", "")
    return str(EXCEPTIONS.get(why, why))


def _room(data: dict[str, Any]) -> str:
    return _("单人单间") if data.get("single_room") else _("有例外:{why}").format(why=_exception(data))


_TELLERS: dict[str, Callable[[dict[str, Any]], str]] = {
    facts.HealthReported.kind: _report,
    facts.Contacted.kind: _contact,
    facts.NeedsChecked.kind: _needs,
    facts.RoomAgreed.kind: _room,
    facts.SeatAssigned.kind: lambda data: seat_title(data.get("seat", "")),
    facts.SeatsCompleted.kind: lambda data: "、".join(seat_title(seat) for seat in data.get("seats", ())),
    facts.Tested.kind: lambda data: str(RESULTS.get(data.get("result", ""), "")),
    facts.FollowedUp.kind: lambda data: str(FOLLOWED.get(data.get("outcome", ""), "")),
    facts.Ended.kind: lambda data: str(ENDINGS.get(data.get("reason", ""), "")),
}

ACTORS: dict[str, Any] = {
    "import": gettext_lazy("表格导入"),
    "resident": gettext_lazy("居民本人"),
    "job": gettext_lazy("系统"),
    "command": gettext_lazy("命令行"),
    "system": gettext_lazy("系统"),
    "tick": gettext_lazy("系统"),
}
