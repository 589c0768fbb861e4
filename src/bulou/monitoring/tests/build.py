"""Cases for tests, made without the actions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bulou.kernel import clock, seal
from bulou.kernel.ids import uuid7
from bulou.monitoring.models import AbnormalReport, Case, CasePlace, CaseSeat, Seat, seal_evidence
from bulou.obligations.kinds import kind_named
from bulou.people.models import Person
from bulou.places.models import Holding, Post
from bulou.places.workers import ensure as ensure_worker

VILLAGE = "141022100003"
NEXT_VILLAGE = "141022100004"


def at(text: str) -> datetime:
    """ "16 08:30" is that time of April 2022 in the county; "16" is its 00:00; "16 24:00" its end."""
    day, _, hours = text.partition(" ")
    hours = hours or "00:00"
    if hours == "24:00":
        return clock.parse_instant(f"2022-04-{int(day):02}T00:00") + clock.DAY
    return clock.parse_instant(f"2022-04-{int(day):02}T{hours}")


def person(place: str = VILLAGE, name: str = "王某") -> Person:
    return Person.objects.create(
        place=place,
        sealed=seal.seal({"name": name}),
        name_key=seal.lookup("name", name),
        registered_at=at("1"),
    )


def case(start: str = "9", end: str = "22 24:00", *, place: str = VILLAGE, **values: Any) -> Case:
    """A case with its place interval; from the 9th to the end of the 22nd of April."""
    number = values.pop("number", f"JK22-{Case.objects.count() + 1:06}")
    made = Case.objects.create(
        number=number,
        person=values.pop("person", None) or person(place),
        place=place,
        measure="居家健康监测",
        ground="传染病防治法第三十九条",
        evidence_sealed=seal_evidence("4月8日自中风险地区返回"),
        decided_by="县疫情防控指挥部",
        appeal="可在60日内申请行政复议",
        starts_at=at(start),
        ends_at=at(end),
        admitted_at=at(start),
        **values,
    )
    CasePlace.objects.create(case=made, place=place, starts_at=made.starts_at)
    return made


def seat(
    of: Case, name: Seat, *, since: str | None = None, until: str | None = None, number: int = 1
) -> Post:
    """A post of the seat's role at the village, in the seat."""
    post, _ = Post.objects.get_or_create(role=name, place=of.place, number=number)
    CaseSeat.objects.create(
        case=of,
        seat=name,
        post=post,
        starts_at=at(since) if since else of.starts_at,
        ends_at=at(until) if until else None,
    )
    return post


def holder(role: str, place: str, *, number: int = 1) -> Post:
    """A post that somebody has held since the beginning of the month."""
    post, _ = Post.objects.get_or_create(role=role, place=place, number=number)
    worker = ensure_worker("李某", f"199{post.pk:08}")
    Holding.objects.get_or_create(post=post, worker_id=worker, starts_at=at("1"))
    return post


def owed(name: str, since: str, until: str, **values: Any) -> list[dict[str, Any]]:
    """Every obligation of a kind in windows that open from one time to another, in order of opening."""
    kind = kind_named(name)
    params = kind.Params.read(name, {**kind.default, **values})
    spans = kind.windows(params, at(since), at(until))
    rows = [dict(row) for span in spans for row in kind.universe(span, params)]
    return sorted(rows, key=lambda row: row["opens_at"])


def abnormal(of: Case, when: str, *, voided: str | None = None, seq: int = 0) -> AbnormalReport:
    return AbnormalReport.objects.create(
        case=of,
        event=uuid7(),
        happened_at=at(when),
        voided_at=at(voided) if voided else None,
        changed_seq=seq,
    )
