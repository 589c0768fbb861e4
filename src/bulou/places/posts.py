"""Posts and who holds them in time. A hand-over adds a holding and ends one; it rewrites nothing."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.facts import hearers
from bulou.kernel import clock, events
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.places.models import Holding, Post
from bulou.places.queries import covering, find, held_at, held_by, labels, owners

__all__ = ["covering", "find", "held_at", "held_by", "hold", "labels", "leave", "owners", "place_post"]

POST_HELD = events.declare("places.post_held")
POST_LEFT = events.declare("places.post_left")

POST_TAKEN = problem("post-taken", _("该岗位在这段时间已有人担任:请先办理离任,或登记为副岗。"), status=409)
NOT_HOLDING = problem("not-holding", _("此人在这个时间并未担任该岗位。"), status=409)


def place_post(role: str, place: str, *, number: int = 1) -> Post:
    """The post of a role at a place, made when there is none; `number` tells several apart."""
    return Post.objects.get_or_create(role=role, place=place, number=number)[0]


def hold(
    post: Post | int,
    worker: int,
    starts_at: datetime,
    *,
    ends_at: datetime | None = None,
    deputy: bool = False,
    by: str,
) -> Holding:
    """A worker takes a post at an instant, as holder or deputy. Raises `post-taken`.

    The same holding said again is found, not doubled.
    """
    post_id = post if isinstance(post, int) else post.pk
    with atomic():
        same = Holding.objects.filter(post_id=post_id, worker_id=worker, starts_at=starts_at).first()
        if same is not None:
            return same
        if not deputy and _others(post_id, starts_at, ends_at).exists():
            raise POST_TAKEN.error()
        holding = Holding.objects.create(
            post_id=post_id, worker_id=worker, starts_at=starts_at, ends_at=ends_at, deputy=deputy
        )
        held = held_event(holding, by=by)
        events.append([held])
        hearers.tell([held])
        if ends_at is not None:
            events.append([left_event(holding, by=by)])
    return holding


def _others(post_id: int, starts_at: datetime, ends_at: datetime | None) -> QuerySet[Holding]:
    """Holdings of the post, deputies apart, that overlap a span."""
    found = Holding.objects.filter(post_id=post_id, deputy=False).filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=starts_at)
    )
    return found.filter(starts_at__lt=ends_at) if ends_at else found


def leave(post: Post | int, worker: int, at: datetime | None = None, *, by: str) -> Holding:
    """A worker leaves a post at an instant; without a successor it is unowned from then on.

    Raises `not-holding`.
    """
    moment = at or clock.now()
    post_id = post if isinstance(post, int) else post.pk
    with atomic():
        running = Holding.objects.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=moment),
            post_id=post_id,
            worker_id=worker,
            starts_at__lte=moment,
        ).first()
        if running is None:
            raise NOT_HOLDING.error()
        running.ends_at = moment
        running.save(update_fields=["ends_at"])
        left = left_event(running, by=by)
        events.append([left])
        hearers.tell([left])
    return running


def held_event(holding: Holding, *, by: str) -> events.NewEvent:
    """The event that a post was taken."""
    return _event(POST_HELD, holding, holding.starts_at, by)


def left_event(holding: Holding, *, by: str) -> events.NewEvent:
    """The event that a post was left, or will be."""
    return _event(POST_LEFT, holding, holding.ends_at or clock.now(), by)


def _event(kind: str, holding: Holding, at: datetime, by: str) -> events.NewEvent:
    return events.NewEvent(
        kind=kind,
        subject=holding.post_id,
        place=holding.post.place,
        actor=by,
        happened_at=at,
        data={"worker": holding.worker_id, "deputy": holding.deputy},
    )
