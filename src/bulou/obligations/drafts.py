"""Orders on their way: drafted by one, signed by another, or sent back with words; nothing is dated back.

A draft changes nothing in the books. Signing puts a directive in force by `directives.sign`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.facts import hearers
from bulou.kernel import audit, clock, events
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.obligations import directives, order_paper
from bulou.obligations.directives import kind_id
from bulou.obligations.kinds import ordered_kind
from bulou.obligations.models import Directive, DirectiveDraft
from bulou.obligations.values import BAD_PARAMS
from bulou.places.codes import WIDTHS
from bulou.places.models import Level
from bulou.places.queries import place as place_of
from bulou.rights import hands
from bulou.rights.hands import Hands

DRAFTED = events.declare("directives.drafted")
SIGNED = events.declare("directives.signed")
REJECTED = events.declare("directives.rejected")
WITHDRAWN = events.declare("directives.withdrawn")

LASTS = timedelta(days=3)
"""An unsigned draft is void after this: who signs must know that its preview is of these days."""

Decision = DirectiveDraft.Decision

NUMBER_MISSING = problem("order-number-missing", _("请填写文号和标题:指令要能被引用和查到。"))
GROUND_MISSING = problem(
    "order-ground-missing", _("这类责任涉及居民的义务或限制,必须写明法律依据(如《传染病防治法》第三十九条)。")
)
ENDS_TOO_EARLY = problem("order-ends-too-early", _("截止时间应晚于生效时间。"))
COUNTY_STAYS = problem(
    "order-of-county-stays", _("全县的指令不能废止,只能用新的指令代替:否则这类责任就没有人规定了。")
)
COUNTY_ONLY = problem("order-county-only", _("“{kind}”全县只有一种,请为全县起草,不能为其中一处起草。"))
NOTHING_TO_REPEAL = problem(
    "order-nothing-to-repeal", _("{place} 没有自己的这类指令,不需要废止。"), status=409
)
SAME_HAND = problem(
    "order-same-hand", _("起草人不能签发自己起草的指令:请由另一位有签发权的人签发。"), status=403
)
HANDS_UNKNOWN = problem(
    "order-hands-unknown",
    _("无法确认起草和签发的是两个人:请登录签发,并先为账号登记工作人员、为岗位登记任职人。"),
    status=403,
)
DRAFT_DECIDED = problem("order-decided", _("这份草案{state},不能再办理。"), status=409)
DRAFT_EXPIRED = problem("order-expired", _("这份草案已过期({at} 前没有签发):请复制后重新起草。"), status=409)
WORDS_MISSING = problem("order-words-missing", _("退回时请写明理由(至少 4 个字),起草人能看到。"))
NOT_DRAFTER = problem("order-not-drafter", _("只有起草人可以撤回草案;签发人请用“退回”。"), status=403)


def draft(
    *,
    kind: str,
    place: str,
    params: dict[str, Any],
    number: str,
    title: str,
    ground: str = "",
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    repeals: bool = False,
    by: str,
) -> DirectiveDraft:
    """Write an order down for somebody else to sign.

    Raises `bad-directive-values`, `directive-back-dated`, `order-…`, `no-such-place`, `no-such-kind`.
    """
    made = DirectiveDraft(
        kind_id=kind_id(ordered_kind(kind).name),
        place=place_of(place).code,
        valid_from=valid_from,
        valid_until=valid_until,
        params={} if repeals else params,
        repeals=repeals,
        number=number.strip(),
        title=title.strip(),
        ground=ground.strip(),
        drafted_by=by,
        drafted_at=clock.now(),
        expires_at=clock.now() + LASTS,
    )
    check(made, kind)
    with atomic():
        made.save()
        _record(DRAFTED, made, by=by)
    return made


def check(made: DirectiveDraft, kind: str) -> None:
    """Whether a draft could be signed as it is. Raises what `draft` raises."""
    if not made.number or not made.title:
        raise NUMBER_MISSING.error()
    found = ordered_kind(kind)
    if found.county_only and len(made.place) != WIDTHS[Level.COUNTY]:
        raise COUNTY_ONLY.error(kind=found.title)
    if found.binds_residents and not made.ground:
        raise GROUND_MISSING.error()
    if made.valid_from is not None:
        directives.not_yesterday(made.valid_from, clock.now())
    if made.valid_until is not None and made.valid_until <= (made.valid_from or clock.now()):
        raise ENDS_TOO_EARLY.error()
    if made.repeals:
        _check_repeal(made, kind)
    else:
        check_values(kind, made.params)


def check_values(kind: str, params: dict[str, Any]) -> None:
    """Raises `bad-directive-values`, naming the field."""
    found = ordered_kind(kind)
    values: Any = found.Params.read(kind, params)
    if found.owners and values.owner not in dict(found.owners):
        raise BAD_PARAMS.error(kind=kind, field="owner", reason=_("请从列出的岗位中选一个"))


def _check_repeal(made: DirectiveDraft, kind: str) -> None:
    if len(made.place) == WIDTHS[Level.COUNTY]:
        raise COUNTY_STAYS.error()
    now = clock.now()
    own = Directive.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=now), kind_id=kind_id(kind), place=made.place
    )
    if not own.exists():
        raise NOTHING_TO_REPEAL.error(place=place_of(made.place).name)


def is_open(one: DirectiveDraft, at: datetime | None = None) -> bool:
    """Whether a draft can still be signed or sent back."""
    return one.decision == Decision.OPEN and (at or clock.now()) < one.expires_at


def check_open(one: DirectiveDraft) -> None:
    """Raises `order-decided`, `order-expired`."""
    if one.decision != Decision.OPEN:
        raise DRAFT_DECIDED.error(state=Decision(one.decision).label)
    if not is_open(one):
        raise DRAFT_EXPIRED.error(at=f"{clock.local(one.expires_at):%Y-%m-%d %H:%M}")


def sign(one: DirectiveDraft, *, by: str) -> DirectiveDraft:
    """Put a draft in force. Whoever signs is not who drafted; what was to begin by now is refused.

    Two actors of one human are one hand (`rights.hands`). Raises `order-same-hand`, `order-hands-unknown`,
    `order-decided`, `order-expired`, `directive-back-dated`.
    """
    _check_hands(one, by)
    kind = one.kind.name
    with atomic():
        check_open(one)
        check(one, kind)
        # One instant for all: the signature covers when it was signed, and "at once" is not before it.
        now = clock.now()
        valid_from = directives.not_yesterday(one.valid_from, now)
        one.valid_from = valid_from
        one.decided_by, one.decided_at = by, now
        one.signature = order_paper.signature(one)
        _decide(one, Decision.SIGNED, by=by, at=now)
        span = {"place": one.place, "valid_from": valid_from, "valid_until": one.valid_until, "by": by}
        span["signed_at"] = now
        if one.repeals:
            directives.repeal(kind, **span)  # type: ignore[arg-type]
        else:
            directives.sign(kind, params=one.params, number=one.number, order=one, **span)  # type: ignore[arg-type]
        _record(SIGNED, one, by=by)
    return one


def _check_hands(one: DirectiveDraft, by: str) -> None:
    verdict = hands.compare(one.drafted_by, by, first_at=one.drafted_at)
    if verdict is Hands.ONE:
        raise SAME_HAND.error()
    if verdict is Hands.UNKNOWN:
        raise HANDS_UNKNOWN.error()


def reject(one: DirectiveDraft, *, words: str, by: str) -> None:
    """Send a draft back with words that its drafter sees.

    Raises `order-words-missing`, `order-decided`, `order-expired`.
    """
    if len(words.strip()) < 4:
        raise WORDS_MISSING.error()
    with atomic():
        check_open(one)
        one.words = words.strip()[:300]
        _decide(one, Decision.REJECTED, by=by, at=clock.now())
        _record(REJECTED, one, by=by)


def withdraw(one: DirectiveDraft, *, by: str) -> None:
    """Take one's own draft back. Raises `order-not-drafter`, `order-decided`, `order-expired`."""
    if by != one.drafted_by:
        raise NOT_DRAFTER.error()
    with atomic():
        check_open(one)
        _decide(one, Decision.WITHDRAWN, by=by, at=clock.now())
        _record(WITHDRAWN, one, by=by)


def drafts(scope: Q) -> QuerySet[DirectiveDraft, DirectiveDraft]:
    """Every draft of some places, the latest first, with its kind. `scope`: a filter on `place`."""
    return DirectiveDraft.objects.filter(scope).select_related("kind").order_by("-drafted_at", "-pk")


def _decide(one: DirectiveDraft, decision: Decision, *, by: str, at: datetime) -> None:
    """Only the first decision counts, also when two come at once."""
    one.decision, one.decided_by, one.decided_at = decision, by, at
    changed = DirectiveDraft.objects.filter(pk=one.pk, decision=Decision.OPEN).update(
        decision=decision,
        decided_by=by,
        decided_at=one.decided_at,
        words=one.words,
        valid_from=one.valid_from,
        signature=one.signature,
    )
    if not changed:
        standing = DirectiveDraft.objects.get(pk=one.pk)
        raise DRAFT_DECIDED.error(state=Decision(standing.decision).label)


def _record(event: str, one: DirectiveDraft, *, by: str) -> None:
    told = events.record(
        events.NewEvent(
            kind=event,
            subject=one.pk,
            place=one.place,
            actor=by,
            happened_at=clock.now(),
            data={"kind": one.kind.name, "number": one.number},
        )
    )
    audit.record(event, by=by, subject=f"draft:{one.pk}", place=one.place, reason=one.words)
    hearers.tell([told])
