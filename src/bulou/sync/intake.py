"""Intake: events from phones and programs, each taken exactly once, each answered.

What can be checked without the database is checked first; then subjects and corrected events are looked up
in sets; then one short transaction appends, tells who must hear, and keeps what was refused.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.facts import hearers
from bulou.facts.subjects import SUBJECTS, Found
from bulou.kernel import clock, events, seal
from bulou.kernel.database import atomic
from bulou.kernel.events import ID_REUSED, NewEvent, Status
from bulou.kernel.models import Event
from bulou.kernel.problems import BulouError, problem
from bulou.sync.documents import document
from bulou.sync.items import Draft, read
from bulou.sync.models import Refusal

MOST_ITEMS = 500
KEPT_CHARACTERS = 64 * 1024
"""How much of a refused item is kept; a true one is under a thousand characters."""

TOO_MANY = problem("too-many-events", _("一次最多提交 {most} 条,这次有 {count} 条:请分批提交。"), status=413)
# One sentence for "no such" and "not yours": the answer must not tell whether a case exists.
OUTSIDE_SCOPE = problem(
    "outside-scope", _("在本令牌的范围内没有这个编号的对象:请核对 subject,或请管理员核对范围。"), status=404
)
NOT_YOUR_POST = problem("not-your-post", _("{field} 应是本令牌的岗位:只能替自己的岗位记录交接。"), status=403)
BAD_CORRECTION = problem(
    "bad-correction", _("corrects 应是此前已收到的、同一对象同一种记录的编号:请先提交原记录,再提交更正。")
)


@dataclass
class Line:
    """One item on its way: what was sent, and what has become of it so far."""

    sent: Any
    draft: Draft | None = None
    found: Found | None = None
    error: BulouError | None = None
    missing: bool = False
    status: Status = Status.REFUSED

    @property
    def sent_id(self) -> str | None:
        id = self.sent.get("id") if isinstance(self.sent, dict) else None
        return id if isinstance(id, str) else None

    def answer(self) -> dict[str, Any]:
        return {
            "id": self.sent_id,
            "status": str(self.status),
            "problem": document(self.error) if self.error else None,
        }


@dataclass(frozen=True)
class Sender:
    """Who sends, and for which place."""

    actor: str
    scope: str
    received_at: datetime = field(default_factory=clock.now)


def receive(
    items: Sequence[object], *, actor: str, scope: str, now: datetime | None = None
) -> list[dict[str, Any]]:
    """Take in events; one `{"id", "status", "problem"}` for each item, in order.

    When this returns they are committed. A bad item never stops the others. `happened_at` is stored as the
    source's clock told it, beside our `received_at`. Raises `too-many-events`.
    """
    if len(items) > MOST_ITEMS:
        raise TOO_MANY.error(most=MOST_ITEMS, count=len(items))
    sender = Sender(actor, scope, now or clock.now())
    lines = [_read(sent, actor) for sent in items]
    _locate(lines, scope)
    _let_replays_through(lines, sender)
    _check_corrections(lines)
    if lines:
        with atomic():
            _append(lines, sender)
            _keep_refused([line for line in lines if line.error], sender)
    return [line.answer() for line in lines]


def _read(sent: object, actor: str) -> Line:
    try:
        draft = read(sent)
        _check_own_post(draft, actor)
        return Line(sent, draft=draft)
    except BulouError as error:
        return Line(sent, error=error)


def _check_own_post(draft: Draft, actor: str) -> None:
    """Raises `not-your-post`: what a post tells of itself, no other post tells for it."""
    field = draft.fact.own_post
    if field and actor != f"post:{getattr(draft.fact, field)}":
        raise NOT_YOUR_POST.error(field=field)


def _good(lines: Sequence[Line]) -> list[tuple[Line, Draft]]:
    return [(line, line.draft) for line in lines if line.draft is not None and line.error is None]


def _locate(lines: Sequence[Line], scope: str) -> None:
    """Find the subjects, one query for each type; refuse those that are not in the scope."""
    by_type: dict[str, list[tuple[Line, Draft]]] = defaultdict(list)
    for line, draft in _good(lines):
        by_type[draft.fact.subject_type].append((line, draft))
    for name, of_type in by_type.items():
        register = SUBJECTS.get(name)
        found = register.find({draft.subject for _line, draft in of_type}) if register else {}
        for line, draft in of_type:
            line.found = found.get(draft.subject)
            line.missing = line.found is None
            if line.found is None or not line.found.place.startswith(scope):
                line.error = OUTSIDE_SCOPE.error()


def _let_replays_through(lines: Sequence[Line], sender: Sender) -> None:
    """What was taken from this sender stays taken, though the person has left the scope since."""
    moved = {
        draft.id: (line, _event(draft, line.found, sender))
        for line, draft in ((line, line.draft) for line in lines if line.error)
        if draft and line.found
    }
    if not moved:
        return
    taken = Event.objects.filter(id__in=list(moved), actor=sender.actor).values_list("id", "digest")
    for id, digest in taken:
        line, event = moved[id]
        if bytes(digest) == event.digest():
            line.error = None


def _check_corrections(lines: Sequence[Line]) -> None:
    """Refuse a correction of anything but an earlier event of the same kind about the same subject."""
    wanted = {draft.corrects for _line, draft in _good(lines) if draft.corrects}
    if not wanted:
        return
    known: dict[uuid.UUID, tuple[str, int | None]] = {
        id: (kind, subject)
        for id, kind, subject in Event.objects.filter(id__in=wanted).values_list(
            "id", "kind__name", "subject"
        )
    }
    for line, draft in _good(lines):
        what = (draft.kind, line.found.id if line.found else None)
        if draft.corrects and known.get(draft.corrects) != what:
            line.error = BAD_CORRECTION.error(field="corrects")
        else:
            known.setdefault(draft.id, what)


def _append(lines: Sequence[Line], sender: Sender) -> None:
    """Append what is good, tell those who hear of it, and let the books follow."""
    ready = [(line, _event(draft, line.found, sender)) for line, draft in _good(lines) if line.found]
    if not ready:
        return
    before = events.newest_seq()
    new: list[NewEvent] = []
    for (line, event), status in zip(ready, events.append([event for _line, event in ready]), strict=True):
        line.status = status
        if status is Status.REFUSED:
            line.error = ID_REUSED.error(id=event.id)
        elif status is Status.NEW:
            new.append(event)
    if new:
        hearers.tell(new)
        hearers.told({event.kind for event in new}, before)


def _event(draft: Draft, found: Found, sender: Sender) -> NewEvent:
    return NewEvent(
        id=draft.id,
        kind=draft.kind,
        subject=found.id,
        place=found.place,
        actor=sender.actor,
        happened_at=draft.happened_at,
        received_at=sender.received_at,
        window=draft.window,
        corrects=draft.corrects,
        data=draft.data(),
    )


def _keep_refused(refused: Sequence[Line], sender: Sender) -> None:
    """Keep what was refused, sealed, once; and tell of evidence about what no register has."""
    if not refused:
        return
    seal_one, hash_one = seal.sealer(), seal.identifier_hasher("refusal")
    kept = []
    for line in refused:
        text = json.dumps(line.sent, default=str)[:KEPT_CHARACTERS]
        sealed = seal_one({"sent": text})
        # What stands where an id should be may be anything, a name too: such an item goes by a keyed hash.
        event_id = str(line.draft.id) if line.draft else hash_one(text).hex()
        code = line.error.code if line.error else ""
        kept.append(
            Refusal(
                event_id=event_id,
                code=code,
                actor=sender.actor,
                received_at=sender.received_at,
                sealed=sealed,
            )
        )
        if line.draft and line.missing:
            hearers.tell_unknown(line.draft.kind, sender.scope, event_id, sealed)
    Refusal.objects.bulk_create(kept, ignore_conflicts=True)
