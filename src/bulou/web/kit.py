"""The kit: every token and component in each of its states, on made-up things. For who keeps the house.

It is the page to copy from when a page is built, and the picture that the browser tests look at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from bulou.kernel import clock
from bulou.rights.capabilities import Capability
from bulou.web.access import OfficeRequest, office
from bulou.web.statuses import LOOKS

TOKENS = (
    ("ink", "muted", "link", "link-strong", "line", "edge", "page", "card", "head", "hover"),
    tuple(LOOKS),
    tuple(f"{key}-tint" for key in LOOKS),
)
LONG_PLACE = "唐兴镇北关街道办事处文昌社区第二居民委员会"
LONG_NAME = "阿卜杜热西提·买买提艾力·********"


@dataclass(frozen=True)
class Counts:
    """A balance."""

    met: int = 0
    late: int = 0
    open: int = 0
    overdue: int = 0
    excused: int = 0


@dataclass(frozen=True)
class Face:
    """Somebody as a list shows them."""

    name: str
    code: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Owner:
    """Who answers."""

    label: str
    name: str
    phone: str
    deputy: bool = False


@dataclass(frozen=True)
class Place:
    """A step of the way down to a place."""

    code: str
    name: str


@dataclass(frozen=True)
class Entry:
    """One line of a time line."""

    title: str
    text: str
    happened_at: datetime
    received_at: datetime
    actor: str = "网格员"
    grave: bool = False
    corrected: bool = False
    corrects: bool = False
    entered_late: bool = False


@dataclass(frozen=True)
class Row:
    """A gap as a list shows it."""

    id: int
    face: Face
    kind: str
    where: str
    owner: Owner | None
    status: str
    due_at: datetime
    late_by: timedelta | None = None


@dataclass(frozen=True)
class Pages:
    """Where a reader is in a list."""

    number: int = 2
    pages: int = 7
    total: int = 312
    first: int = 51
    last: int = 100
    before: int | None = 1
    after: int | None = 3


@dataclass(frozen=True)
class Choice:
    """What a field of a place shows: the words, or several places to choose from, and what is wrong."""

    words: str = ""
    offered: tuple[tuple[str, str], ...] = ()
    error: str = ""


@dataclass(frozen=True)
class Kit:
    """What the page shows."""

    now: datetime = field(default_factory=clock.now)

    tokens = TOKENS
    looks = tuple(LOOKS.values())
    sizes = (("t1", 12), ("t2", 14), ("t3", 16), ("t4", 20), ("t5", 28), ("t6", 40))
    bars = (
        ("平常的一天", Counts(met=812, late=41, open=96, overdue=23, excused=18)),
        ("全部完成", Counts(met=1204)),
        ("一条逾期", Counts(met=1999, overdue=1)),
        ("没有应落实的事项", Counts()),
    )
    places = (Place("141022", "翼城县"), Place("141022100", "唐兴镇"), Place("141022100003", LONG_PLACE))
    needs = ("血液透析",)
    faces = (
        Face("甄*", "R-2F7K"),
        Face("欧阳**", "R-90QD", ("血液透析", "独居老人")),
        Face(LONG_NAME, "R-3M4T", ("孕产妇",)),
    )
    owners = (
        Owner("文昌社区 · 网格员", "田守望", "19900001234"),
        Owner("乡镇包联干部", "米有责", "", True),
        None,
    )
    kinds = (("health", "健康报告"), ("visit", "上门随访"), ("nucleic", "核酸检测(重点人群,每两日一次)"))
    pages = Pages()
    place = Choice("文昌")
    several_places = Choice(offered=(("141022101", "南梁镇 庄里村"), ("141022106", "桥上镇 庄里村")))
    place_names = ("文昌社区", "文昌小区")

    def rows(self) -> list[Row]:
        """A list with an ordinary row, a loud one and one whose words are long."""
        due = self.now - timedelta(hours=2)
        return [
            Row(1, self.faces[0], "健康报告", "第一网格", self.owners[0], "open", self.now),
            Row(2, self.faces[1], "上门随访", "北关小区", self.owners[2], "overdue", due, timedelta(hours=2)),
            Row(3, self.faces[2], self.kinds[2][1], LONG_PLACE, self.owners[1], "late", due),
        ]

    def entries(self) -> list[Entry]:
        """A time line with each of its marks."""
        at, later = self.now - timedelta(hours=9), self.now - timedelta(hours=1)
        return [
            Entry("健康报告", "体温 38.4℃,咳嗽", at, at, grave=True),
            Entry("健康报告", "体温 36.5℃", at, later, "村医", entered_late=True),
            Entry("上门随访", "家中无人", at, at, corrected=True),
            Entry("上门随访", "在家,无异常", at, later, corrects=True),
        ]


@office(Capability.KEEP_HOUSE)
def show(request: OfficeRequest) -> HttpResponse:
    """`/_kit`"""
    return render(request, "web/kit.html", {"kit": Kit(), "wrong": request.GET.get("wrong")})


@office(Capability.KEEP_HOUSE)
def echo(request: OfficeRequest) -> HttpResponse:
    """`/_kit/echo`: answers the kit's forms as a page would: 422 with the error, or what came."""
    words: Any = request.POST.get("words", "").strip()
    return render(request, "web/kit/form.html", {"words": words}, status=200 if words else 422)
