"""What is done about gaps: called, postponed, handed on, taken back, done with evidence, leads settled."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import Field

from bulou.command.api.frame import PROBLEMS, Bearer, Values, Words, actor, token_of
from bulou.command.api.idempotency import REPEATABLE, repeatable
from bulou.command.worklists import calls, people_here
from bulou.kernel import clock
from bulou.kernel.ids import uuid7
from bulou.kernel.problems import problem
from bulou.obligations import evidence, followup, unknowns
from bulou.obligations.followup_model import Outcome, Why
from bulou.obligations.models import Unknown
from bulou.places import codes
from bulou.rights.capabilities import Capability

NO_SUCH_GAP = problem("gap-outside-scope", _("本令牌的范围内没有这条责任:请核对编号。"), status=404)
NO_SUCH_POST = problem("gap-post-outside", _("这一项不能交给编号为 {post} 的岗位:请从 /posts 中选择在岗的。"))

router = Router(tags=["follow-up"])


class Act(Schema):
    """`id` makes a repeated act the same one; `words` are for whoever reads the line next."""

    id: UUID | None = None
    words: Words = Field("", max_length=followup.WORDS)

    @property
    def key(self) -> UUID:
        """The act's own id, or a new one."""
        return self.id or uuid7()


class Call(Act):
    """What came of a call to the owner; `words` are needed with `other`."""

    outcome: Literal[tuple(Outcome.values)]  # type: ignore[valid-type]  # mypy cannot read choices


class Postpone(Act):
    """Until when, at most the end of the next day, and why; `words` are needed with `other`."""

    until: str
    why: Literal[tuple(Why.values)]  # type: ignore[valid-type]  # mypy cannot read choices


class Hand(Act):
    """Which post follows it up from now on; the owner stays the owner."""

    post: int = Field(ge=1, lt=2**63)


class Evidence(Act):
    """The proof (a kind of `docs/events.md` with its `data`), when it happened, and how it is known."""

    proof: Words = Field(max_length=100)
    data: Values = Field(default_factory=dict)
    happened_at: str
    source: Literal[tuple(evidence.Source.values)]  # type: ignore[valid-type]  # mypy cannot read choices


class Finding(Act):
    """What a lead turned out to be; `subject` is the code of who was found or added."""

    finding: Literal[tuple(unknowns.Finding.values)]  # type: ignore[valid-type]  # mypy cannot read choices
    subject: Words = Field("", max_length=64)


class Noted(Schema):
    """Whether it was recorded now; false when this act had been recorded before."""

    recorded: bool


def _verb(operation: str) -> dict[str, Any]:
    return {
        "response": {200: Noted} | PROBLEMS,
        "auth": Bearer(Capability.SEE_PERSONS, Capability.WORK_GAPS),
        "operation_id": operation,
        "openapi_extra": REPEATABLE,
    }


@router.post("/gaps/{int:id}/call", **_verb("note_call"))
@repeatable
def note_call(request: HttpRequest, id: int, call: Call) -> tuple[int, object]:
    """Record a call to the owner of a gap."""
    return _act(request, id, followup.Call(words=call.words.strip(), outcome=call.outcome), call.key)


@router.post("/gaps/{int:id}/postpone", **_verb("postpone_gap"))
@repeatable
def postpone_gap(request: HttpRequest, id: int, later: Postpone) -> tuple[int, object]:
    """Let a gap sink in the lists; it stays what it is in the books."""
    until = clock.parse_instant(later.until)
    return _act(request, id, followup.Postpone(later.words.strip(), until, later.why), later.key)


@router.post("/gaps/{int:id}/hand", **_verb("hand_gap"))
@repeatable
def hand_gap(request: HttpRequest, id: int, hand: Hand) -> tuple[int, object]:
    """Let another post follow a gap up."""
    line = evidence.duty(_known(request, id)).line
    if not people_here.may_be_handed(hand.post, token_of(request).scope, line.place):
        raise NO_SUCH_POST.error(post=hand.post)
    return _act(request, id, followup.Hand(hand.words.strip(), hand.post), hand.key)


@router.post("/gaps/{int:id}/take-back", **_verb("take_back_gap"))
@repeatable
def take_back_gap(request: HttpRequest, id: int, back: Act) -> tuple[int, object]:
    """Give a gap back to its owner."""
    return _act(request, id, followup.TakeBack(back.words.strip()), back.key)


@router.post("/gaps/{int:id}/evidence", **_verb("enter_evidence"))
@repeatable
def enter_evidence(request: HttpRequest, id: int, given: Evidence) -> tuple[int, object]:
    """Enter the proof of a duty that was done; the books match it at once."""
    known = evidence.Evidence(
        proof=given.proof,
        values=given.data,
        happened_at=clock.parse_instant(given.happened_at),
        source=given.source,
        words=given.words.strip(),
    )
    entered = evidence.enter(evidence.duty(_known(request, id)), known, by=actor(request), key=given.key)
    return 200, {"recorded": entered}


@router.post("/unknowns/{int:id}/settle", **_verb("settle_unknown"))
@repeatable
def settle_unknown(request: HttpRequest, id: int, finding: Finding) -> tuple[int, object]:
    """Say what a lead about somebody on no register turned out to be."""
    scope = token_of(request).scope
    if id >= 2**63 or not Unknown.objects.filter(codes.within("place", scope), pk=id).exists():
        raise NO_SUCH_GAP.error()
    settled = unknowns.settle(
        id,
        finding=finding.finding,
        words=finding.words,
        by=actor(request),
        code=finding.subject,
        scope=scope,
        key=finding.key,
    )
    return 200, {"recorded": settled}


def _act(request: HttpRequest, id: int, act: followup.Act, key: UUID) -> tuple[int, object]:
    result = followup.one(act, _known(request, id), by=actor(request), key=key)
    return 200, {"recorded": result.done == 1}


def _known(request: HttpRequest, id: int) -> int:
    """The line, which must lie in the token's scope."""
    if id >= 2**63 or not calls.in_scope(id, token_of(request).scope):
        raise NO_SUCH_GAP.error()
    return id
