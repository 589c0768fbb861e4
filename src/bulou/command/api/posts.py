"""One post: who held it in time; handed over, stood in for, left."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router, Schema
from pydantic import Field

from bulou.command.api.etags import check_unchanged
from bulou.command.api.frame import (
    PROBLEMS,
    Cursor,
    Limit,
    Number,
    Words,
    actor,
    keys_of,
    moment,
    operation,
    page,
    token_of,
    told,
)
from bulou.command.api.idempotency import act, repeatable
from bulou.command.registers import staff, terms
from bulou.kernel import clock
from bulou.kernel.database import atomic
from bulou.people.queries import mask_phone
from bulou.places import codes, handing, posts
from bulou.places.models import Handover, Holding, Post, Worker
from bulou.places.queries import label, labels
from bulou.rights.capabilities import Capability

MAY = (Capability.SEE_PERSONS, Capability.KEEP_POSTS)

router = Router(tags=["posts"])


class TermLine(Schema):
    """Somebody held the post from one instant until another (not included), as holder or deputy."""

    worker: int
    name: str
    phone: str
    starts_at: str
    ends_at: str | None
    deputy: bool


class HandoverLine(Schema):
    """A post went from one to another (`giver` null: nobody held it). Each side says it has seen it."""

    id: int
    post: int
    label: str
    giver: int | None
    taker: int
    at: str
    made_at: str
    words: str
    giver_saw_at: str | None
    taker_saw_at: str | None


class PostOne(Schema):
    """A post with who held it, the latest first (at most 200), and its last hand-overs."""

    id: int
    role: str
    place: str
    label: str
    closed_at: str | None
    terms: list[TermLine]
    handovers: list[HandoverLine]


class Handovers(Schema):
    rows: list[HandoverLine]
    next: str | None


class HandOver(Schema):
    """To whom, from when (now when left out), and words for both."""

    to: Number
    at: str | None = None
    words: Words = Field("", max_length=200)


class Conflict(Schema):
    """What stands against a hand-over; `final` ones forbid it."""

    code: str
    sentence: str
    final: bool


class Conflicts(Schema):
    rows: list[Conflict]


class Deputy(Schema):
    """Who stands in, from when (now when left out) until when."""

    worker: Number
    starts_at: str | None = None
    ends_at: str


class Leave(Schema):
    """Who leaves the post, and when (now when left out)."""

    worker: Number
    at: str | None = None


class Seen(Schema):
    """The side of a hand-over that has seen it or was told."""

    worker: Number


@router.get(
    "/posts/{int:id}",
    response={200: PostOne} | PROBLEMS,
    **operation("read_post", Capability.SEE_PERSONS),
)
def read_post(request: HttpRequest, id: int) -> HttpResponse:
    """One post; its `ETag` may be given to a hand-over as `If-Match`."""
    return JsonResponse(_one(_post(request, id)))


@router.get(
    "/posts/{int:id}/handover/conflicts",
    response={200: Conflicts} | PROBLEMS,
    **operation("read_handover_conflicts", *MAY),
)
def read_conflicts(
    request: HttpRequest, id: int, to: int = Query(ge=1, lt=2**63), at: str | None = None
) -> HttpResponse:
    """What stands against a hand-over, before it is done."""
    found = handing.conflicts(_post(request, id), _worker(request, to), moment(at))
    rows = [{"code": one.problem.code, "sentence": one.sentence, "final": one.final} for one in found]
    return JsonResponse({"rows": rows})


@router.post("/posts/{int:id}/handover", **act("hand_over_post", PostOne, *MAY, checked=True))
@repeatable
def hand_over(request: HttpRequest, id: int, over: HandOver) -> tuple[int, object]:
    """The post goes to another worker with what is still owed under it; both sides are told."""
    with atomic():
        post = _locked(request, id)
        check_unchanged(request, _one(post))
        taker = _worker(request, over.to)
        handing.hand_over(id, taker.pk, moment(over.at), words=over.words, by=actor(request))
    return 200, _one(post)


@router.post("/posts/{int:id}/deputy", **act("deputise_post", PostOne, *MAY, checked=True))
@repeatable
def deputise(request: HttpRequest, id: int, deputy: Deputy) -> tuple[int, object]:
    """Somebody stands in for the holder until an end."""
    starts, ends = moment(deputy.starts_at) or clock.now(), moment(deputy.ends_at)
    with atomic():
        post = _locked(request, id)
        check_unchanged(request, _one(post))
        handing.deputise(id, _worker(request, deputy.worker).pk, starts, ends, by=actor(request))
    return 200, _one(post)


@router.post("/posts/{int:id}/leave", **act("leave_post", PostOne, *MAY, checked=True))
@repeatable
def leave(request: HttpRequest, id: int, leaving: Leave) -> tuple[int, object]:
    """Somebody leaves the post; without a successor it is unowned from then on."""
    with atomic():
        post = _locked(request, id)
        check_unchanged(request, _one(post))
        posts.leave(id, leaving.worker, moment(leaving.at), by=actor(request))
    return 200, _one(post)


@router.get(
    "/handovers",
    response={200: Handovers} | PROBLEMS,
    **operation("list_handovers", Capability.SEE_PERSONS),
)
def list_handovers(
    request: HttpRequest, unseen: bool = False, cursor: str | None = Cursor, limit: int = Limit
) -> HttpResponse:
    """The hand-overs of the scope, the latest first; `unseen`: those that a side has not seen."""
    found = Handover.objects.filter(codes.within("post__place", token_of(request).scope)).order_by("-pk")
    if unseen:
        waits = Q(taker_saw_at__isnull=True) | Q(giver__isnull=False, giver_saw_at__isnull=True)
        found = found.filter(waits)
    keys = keys_of(cursor, int)
    if keys:
        found = found.filter(pk__lt=keys[0])
    shown, after = page(list(found[: limit + 1]), limit, lambda one: (one.pk,))
    titles = labels(one.post_id for one in shown)
    return JsonResponse({"rows": [_handover(one, titles[one.post_id]) for one in shown], "next": after})


@router.post("/handovers/{int:id}/seen", **act("see_handover", HandoverLine, *MAY))
@repeatable
def see(request: HttpRequest, id: int, seen: Seen) -> tuple[int, object]:
    """A side has seen the hand-over, or was told of it by phone; once is enough."""
    found = Handover.objects.filter(pk=id).select_related("post").first() if id < 2**63 else None
    if found is None or not token_of(request).covers(found.post.place):
        raise handing.NO_SUCH_HANDOVER.error()
    handing.see(id, seen.worker, by=actor(request))
    found.refresh_from_db(fields=["giver_saw_at", "taker_saw_at"])
    return 200, _handover(found, label(found.post))


def _post(request: HttpRequest, id: int) -> Post:
    """A post of the scope. Raises `no-such-post`."""
    found = Post.objects.filter(pk=id).first() if id < 2**63 else None
    if found is None or not token_of(request).covers(found.place):
        raise handing.NO_SUCH_POST.error()
    return found


def _locked(request: HttpRequest, id: int) -> Post:
    """The same, and nobody else changes it until the transaction ends."""
    found = _post(request, id)
    Post.objects.select_for_update().get(pk=found.pk)
    return found


def _worker(request: HttpRequest, id: int) -> Worker:
    """A worker of the scope, or one who never held any post. Raises `no-such-worker`."""
    found = staff.worker_in_scope(id, token_of(request))
    if found is None:
        held = Holding.objects.filter(worker=OuterRef("pk"))
        found = Worker.objects.filter(~Exists(held), pk=id, home="").first()
    if found is None:
        raise handing.NO_SUCH_WORKER.error()
    return found


def _one(post: Post) -> dict[str, Any]:
    title = label(post)
    handovers = Handover.objects.filter(post=post).order_by("-pk")[:20]
    return {
        "id": post.pk,
        "role": post.role,
        "place": post.place,
        "label": title,
        "closed_at": told(post.closed_at),
        "terms": [_term(one) for one in terms.terms(post)],
        "handovers": [_handover(one, title) for one in handovers],
    }


def _term(one: terms.Term) -> dict[str, Any]:
    return {
        "worker": one.worker,
        "name": one.name,
        "phone": mask_phone(one.phone),
        "starts_at": told(one.starts),
        "ends_at": told(one.ends),
        "deputy": one.deputy,
    }


def _handover(one: Handover, title: str) -> dict[str, Any]:
    moments = {name: told(getattr(one, name)) for name in ("at", "made_at", "giver_saw_at", "taker_saw_at")}
    named = {"id": one.pk, "post": one.post_id, "label": title}
    return named | {"giver": one.giver_id, "taker": one.taker_id, "words": one.words} | moments
