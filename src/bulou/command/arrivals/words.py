"""The words for what stands in journeys: what sources say, states and how they look, reasons, troubles."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulou.arrivals.models import Break, Journey, State, Way
from bulou.facts.arrivals import JourneyEnd
from bulou.kernel import seal

DETAILS: dict[str, Any] = {
    "from": gettext_lazy("从哪里来"),
    "departed": gettext_lazy("出发时间"),
    "trip": gettext_lazy("车次、航班或车牌"),
    "seat": gettext_lazy("座位"),
    "companions": gettext_lazy("同行人"),
    "health": gettext_lazy("今日健康状况"),
    "tested": gettext_lazy("最近一次核酸"),
    "home": gettext_lazy("拟住地址"),
    "remark": gettext_lazy("备注"),
    "visited": gettext_lazy("14 天内旅居史"),
    "risk": gettext_lazy("风险等级"),
    "health_code": gettext_lazy("健康码"),
    "travel_code": gettext_lazy("行程码"),
    "boarded": gettext_lazy("上车站"),
    "station": gettext_lazy("到达站点"),
    "single_room": gettext_lazy("单人单间"),
    "needs": gettext_lazy("特殊需求"),
    "fetch_unit": gettext_lazy("接返单位"),
    "fetcher": gettext_lazy("接返人"),
    "measure": gettext_lazy("管控措施"),
    "starts": gettext_lazy("管控开始"),
    "ends": gettext_lazy("管控结束"),
    "pushed": gettext_lazy("推送说明"),
    "phone": gettext_lazy("手机号"),
    "place": gettext_lazy("拟住地点"),
    "way": gettext_lazy("交通方式"),
    "arrives_at": gettext_lazy("预计到达"),
}
"""What sources say, in the order in which a page shows it."""
OPENLY = frozenset({"trip", "place", "way", "arrives_at", "station", "fetch_unit"})
"""What whoever meets somebody has to see at once; all else is opened with a reason."""
LOOKS: dict[str, tuple[str, str]] = {
    State.EXPECTED: ("open", "clock"),
    State.HELD: ("met", "user"),
    State.BETWEEN: ("late", "arrow-right"),
    State.ENDED: ("excused", "circle-minus"),
}
"""In which status' colour a state stands, and its icon."""
ENDS: dict[str, Any] = {
    JourneyEnd.RELEASED: gettext_lazy("已解除"),
    JourneyEnd.TRANSFERRED: gettext_lazy("转往外地"),
    JourneyEnd.NOT_COMING: gettext_lazy("不来了"),
    JourneyEnd.NOT_FOUND: gettext_lazy("查无此人"),
    JourneyEnd.DIED: gettext_lazy("死亡"),
    JourneyEnd.MISTAKEN: gettext_lazy("登记有误"),
}
WHEELCHAIR, INFANT = gettext_lazy("轮椅"), gettext_lazy("带婴幼儿")
NOT_MET, NOT_TAKEN, NOT_GIVEN = (
    gettext_lazy("到点未接到"),
    gettext_lazy("接收方未确认"),
    gettext_lazy("交出方未确认"),
)


def detail_title(name: str) -> str:
    """What a value that a source gave is called."""
    return str(DETAILS.get(name, name))


def way_title(way: str) -> str:
    """How somebody comes."""
    return str(Way(way).label) if way in Way else way


def end_title(reason: str) -> str:
    """Why a journey ended."""
    return str(ENDS.get(reason, reason))


def break_title(ground: str) -> str:
    """How custody was broken."""
    return str(Break.Ground(ground).label)


def needs_of(journey: Journey) -> tuple[str, ...]:
    """What a journey says that its person cannot go without."""
    said = ((journey.wheelchair, WHEELCHAIR), (journey.infant, INFANT))
    return tuple(str(title) for has, title in said if has)


def said_of(journey: Journey) -> dict[str, str]:
    """What is sealed in a journey; nothing when it has been erased."""
    found: dict[str, str] = seal.unseal(journey.sealed) if journey.sealed else {}
    return found


def single_room(journey: Journey) -> str:
    """Whether the home has a single room, as far as is known."""
    answers = {True: _("有"), False: _("没有"), None: _("没有问到")}
    return answers[journey.single_room]
