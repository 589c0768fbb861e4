"""Unknowns: evidence about somebody or something that no register has (底数外)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from bulou.facts.subjects import SUBJECTS
from bulou.kernel import audit, clock, events
from bulou.kernel.database import atomic
from bulou.kernel.models import Event
from bulou.kernel.problems import problem
from bulou.obligations import directives
from bulou.obligations.kinds import KINDS
from bulou.obligations.models import Unknown

SETTLED = events.declare("obligations.unknown_settled")

NO_SUCH_UNKNOWN = problem("no-such-unknown", _("没有编号为 {id} 的底数外线索。"), status=404)
SETTLED_ALREADY = problem("unknown-settled", _("这条线索已经核实过了:请刷新清单。"), status=409)
NO_FINDING = problem("unknown-without-finding", _("请选择核实结果,并写明依据(至少 4 个字)。"))
NOT_ON_REGISTER = problem(
    "unknown-not-on-register",
    _("在您的辖区内没有编号为 {code} 的对象:请核对编号;还没有登记的,请先登记再核实。"),
)
LEAST_WORDS = 4


def note(
    kind: str, *, place: str, evidence: str, sealed: bytes | None = None, at: datetime | None = None
) -> None:
    """Put evidence on the list of a kind, once. `evidence` is a pseudonymous code."""
    Unknown.objects.get_or_create(
        kind_id=directives.kind_id(kind),
        evidence=evidence,
        defaults={"place": place, "sealed": sealed, "seen_at": at or clock.now()},
    )


def note_event(event_kind: str, place: str, evidence: str, sealed: bytes) -> None:
    """The same for a proof that came in about nobody known: on the list of the kind that it would prove."""
    for name in proven_by(event_kind):
        note(name, place=place, evidence=evidence, sealed=sealed)


def proven_by(event_kind: str) -> Iterable[str]:
    """The kind of obligation that a kind of event proves; of several the one that is owed every day."""
    found = (kind for kind in KINDS.values() if event_kind in {proof.kind for proof in kind.proofs})
    return [kind.name for kind in sorted(found, key=lambda kind: kind.own_times)][:1]


class Finding(TextChoices):
    """What was found out about evidence of somebody on no register."""

    FOUND = "found", _("名册上已有(编号写错等)")
    ADDED = "added", _("新登记入册")
    NOT_OURS = "not_ours", _("不属本辖区")


def settle(
    unknown: int,
    *,
    finding: str,
    words: str,
    by: str,
    code: str = "",
    scope: str = "",
    key: uuid.UUID | None = None,
) -> bool:
    """Settle evidence. False when this act (by its key) was done already.

    Who was found or added is named by `code` (the subject's code outside), which must lie in `scope`. The
    words go to the audit chain. Raises `no-such-unknown`, `unknown-settled`, `unknown-without-finding`,
    `unknown-not-on-register`.
    """
    one = Unknown.objects.select_related("kind").filter(pk=unknown).first()
    if one is None:
        raise NO_SUCH_UNKNOWN.error(id=unknown)
    if finding not in Finding or len(words.strip()) < LEAST_WORDS:
        raise NO_FINDING.error()
    found = _on_register(one, code, scope) if finding != Finding.NOT_OURS else None
    now, id = clock.now(), key or uuid.uuid4()
    with atomic():
        if Event.objects.filter(id=id).exists():
            return False
        open_ = Unknown.objects.filter(pk=unknown, settled_at__isnull=True)
        if not open_.update(settled_at=now, settled_by=by):
            raise SETTLED_ALREADY.error()
        data = {"finding": finding} | ({"subject": found} if found else {})
        events.record(
            events.NewEvent(
                kind=SETTLED,
                subject=one.pk,
                place=one.place,
                actor=by,
                happened_at=now,
                data=data,
                id=id,
            )
        )
        audit.record(
            SETTLED,
            by=by,
            subject=f"unknown:{one.pk}",
            place=one.place,
            reason=words.strip()[:300],
            detail=data,
        )
    return True


def _on_register(one: Unknown, code: str, scope: str) -> int:
    """The number of the subject that has a code and lies in a scope."""
    register = SUBJECTS.get(KINDS[one.kind.name].subject_type)
    found = register.find([code]).get(code) if register and code else None
    if found is None or not found.place.startswith(scope):
        raise NOT_ON_REGISTER.error(code=code or "—")
    return found.id
