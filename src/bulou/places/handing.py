"""Handing a post over (换班): what stands against it is said before, and both sides are told.

A hand-over ends one holding and begins another; it rewrites nothing. Handing back is another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.facts import hearers
from bulou.kernel import audit, clock, events, seal
from bulou.kernel.database import atomic
from bulou.kernel.fields import MICROSECOND
from bulou.kernel.problems import BulouError, ProblemKind, problem
from bulou.places import posts
from bulou.places.models import Handover, Holding, Post, Worker
from bulou.places.queries import holdings_at, names
from bulou.places.roles import title_of

HANDED_OVER = events.declare("places.handed_over")
HANDOVER_SEEN = events.declare("places.handover_seen")

NO_SUCH_POST = problem("no-such-post", _("没有这个岗位:请从岗位名册中选择。"), status=404)
NO_SUCH_WORKER = problem("no-such-worker", _("没有这个工作人员:请先登记。"), status=404)
HOLDS_IT = problem("holds-it-already", _("此人在这个时间已经担任该岗位,不需要交接。"), status=409)
TAKEN_LATER = problem(
    "post-taken-later",
    _("{at} 起该岗位已经安排给{who}:请先撤销那次安排,或把交接时间改到那之后。"),
    status=409,
)
BEFORE_HOLDER = problem(
    "handover-before-holder", _("现任{who}从 {at} 起任职:交接时间不能早于这个时间。"), status=409
)
POST_CLOSED = problem("post-closed", _("该岗位已经撤销,不能交接:请在岗位名册中另选。"), status=409)
WORKER_MERGED = problem("worker-merged", _("这条登记已并入另一条:请选择保留的那条登记。"), status=409)
NO_PHONE = problem("taker-without-phone", _("没有登记电话:交接后打不通接岗人的电话,请先补登。"))
HOLDS_OTHERS = problem("taker-holds-others", _("同一时间还担任:{posts}。请确认忙得过来。"))
IN_THE_PAST = problem("handover-in-the-past", _("交接时间在过去:这期间的责任会改记到接岗人名下。"))
NOT_A_SIDE = problem("handover-not-yours", _("只有交岗人和接岗人需要确认这次交接。"), status=403)
NO_SUCH_HANDOVER = problem("no-such-handover", _("没有这次交接。"), status=404)
END_MISSING = problem("deputy-end-missing", _("副岗必须有结束时间:请填写代到什么时候。"))

PAST = 300
"""Seconds: a time a little ago is now."""


@dataclass(frozen=True)
class Conflict:
    """Something that stands against a hand-over; `final` ones forbid it, the others are for the eye."""

    problem: ProblemKind
    sentence: str
    final: bool


def holder(post: int, at: datetime | None = None) -> Holding | None:
    """Who holds a post at an instant, deputies apart."""
    return holdings_at(at).filter(post_id=post, deputy=False).select_related("worker").first()


def post_of(id: int) -> Post:
    """A post. Raises `no-such-post`."""
    found = Post.objects.filter(pk=id).first()
    if found is None:
        raise NO_SUCH_POST.error()
    return found


def worker_of(id: int) -> Worker:
    """A worker. Raises `no-such-worker`."""
    found = Worker.objects.filter(pk=id).first()
    if found is None:
        raise NO_SUCH_WORKER.error()
    return found


def conflicts(post: Post, taker: Worker, at: datetime | None = None) -> list[Conflict]:
    """What stands against handing the post to somebody at an instant (now), the final things first."""
    moment = at or clock.now()
    found = [Conflict(error.kind, str(error), True) for error in _final(post, taker, moment)]
    found += [Conflict(error.kind, str(error), False) for error in _for_the_eye(post, taker, moment)]
    return found


def _final(post: Post, taker: Worker, at: datetime) -> list[BulouError]:
    found = []
    if post.closed_at is not None and post.closed_at <= at:
        found.append(POST_CLOSED.error())
    if taker.merged_into_id is not None:
        found.append(WORKER_MERGED.error())
    for one in _standing(post, at):
        who, since = name_of(one.worker), shown(one.starts_at)
        if one.starts_at > at:
            running = one.starts_at <= clock.now()
            found.append((BEFORE_HOLDER if running else TAKEN_LATER).error(who=who, at=since))
        elif one.worker_id == taker.pk:
            found.append(HOLDS_IT.error())
    return found


def _standing(post: Post, at: datetime) -> list[Holding]:
    """The holding that runs at an instant and the next one after it, deputies apart."""
    standing = Holding.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), post=post, deputy=False)
    return list(standing.select_related("worker").order_by("starts_at", "id")[:2])


def _for_the_eye(post: Post, taker: Worker, at: datetime) -> list[BulouError]:
    found = []
    if not seal.unseal(taker.sealed).get("phone"):
        found.append(NO_PHONE.error())
    others = holdings_at(at).filter(worker=taker).exclude(post=post).order_by("post_id")
    held = list(others.values_list("post__place", "post__role")[:10])
    if held:
        where = names(place for place, _role in held)
        titles = [f"{where.get(place, '')} {title_of(role)}".strip() for place, role in held]
        found.append(HOLDS_OTHERS.error(posts="、".join(titles)))
    if (clock.now() - at).total_seconds() > PAST:
        found.append(IN_THE_PAST.error())
    return found


def name_of(worker: Worker) -> str:
    """A worker's name."""
    return str(seal.unseal(worker.sealed).get("name", ""))


def shown(at: datetime) -> str:
    """An instant in a sentence, county time."""
    return f"{clock.local(at):%Y-%m-%d %H:%M}"


def hand_over(post: int, taker: int, at: datetime | None = None, *, words: str = "", by: str) -> Handover:
    """A post goes to another worker at an instant (now); who held it is relieved then.

    Raises `no-such-post`, `no-such-worker` and every final conflict.
    """
    moment = at or clock.now()
    with atomic():
        found, worker = post_of(post), worker_of(taker)
        for error in _final(found, worker, moment):
            raise error
        held = holder(post, moment)
        if held is not None:
            _end(held, moment, by)
        deputy = holdings_at(moment).filter(post=found, worker=worker, deputy=True).first()
        if deputy is not None:
            _end(deputy, moment, by)
        posts.hold(found, taker, _free_start(found, worker, moment), by=by)
        made = Handover.objects.create(
            post=found,
            giver=held.worker if held else None,
            taker=worker,
            at=moment,
            made_at=clock.now(),
            made_by=by,
            words=words.strip()[:200],
        )
        _record(HANDED_OVER, made, by=by, data={"from": held.worker_id if held else None, "to": taker})
    return made


def _free_start(post: Post, worker: Worker, at: datetime) -> datetime:
    """The instant itself; a deputy who takes over at the instant of having begun begins a moment later."""
    taken = Holding.objects.filter(post=post, worker=worker, starts_at=at).exists()
    return at + MICROSECOND if taken else at


def _end(holding: Holding, at: datetime, by: str) -> None:
    holding.ends_at = at
    holding.save(update_fields=["ends_at"])
    left = posts.left_event(holding, by=by)
    events.append([left])
    hearers.tell([left])


def deputise(post: int, worker: int, starts_at: datetime, ends_at: datetime | None, *, by: str) -> Holding:
    """Somebody stands in for the holder until an end. Raises `deputy-end-missing`, `worker-merged`."""
    if ends_at is None or ends_at <= starts_at:
        raise END_MISSING.error()
    if worker_of(worker).merged_into_id is not None:
        raise WORKER_MERGED.error()
    return posts.hold(post_of(post), worker, starts_at, ends_at=ends_at, deputy=True, by=by)


def unseen_by(worker: int) -> QuerySet[Handover, Handover]:
    """Hand-overs that a worker has not said to have seen, the latest first."""
    given = Q(giver_id=worker, giver_saw_at__isnull=True)
    taken = Q(taker_id=worker, taker_saw_at__isnull=True)
    return Handover.objects.filter(given | taken).select_related("post", "giver", "taker").order_by("-pk")


def see(handover: int, worker: int, *, by: str) -> Handover:
    """A side of a hand-over has seen it; once is enough. Raises `no-such-handover`, `handover-not-yours`."""
    with atomic():
        found = Handover.objects.filter(pk=handover).select_related("post").first()
        if found is None:
            raise NO_SUCH_HANDOVER.error()
        side = {found.giver_id: "giver_saw_at", found.taker_id: "taker_saw_at"}.get(worker)
        if side is None:
            raise NOT_A_SIDE.error()
        if getattr(found, side) is None:
            setattr(found, side, clock.now())
            found.save(update_fields=[side])
            _record(HANDOVER_SEEN, found, by=by, data={"worker": worker})
    return found


def _record(kind: str, handover: Handover, *, by: str, data: dict[str, int | None]) -> None:
    told = events.record(
        events.NewEvent(
            kind=kind,
            subject=handover.post_id,
            place=handover.post.place,
            actor=by,
            happened_at=clock.now(),
            data={"handover": handover.pk, **data},
        )
    )
    hearers.tell([told])
    subject = f"post:{handover.post_id}"
    audit.record(kind, by=by, subject=subject, place=handover.post.place, reason=handover.words, detail=data)
