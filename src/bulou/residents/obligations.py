"""Each thing that a resident asks for is owed an answer by a post until a time, like any other duty."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import (
    Case,
    CharField,
    F,
    Min,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from bulou.facts import residents as facts
from bulou.kernel.fields import InstantField
from bulou.kernel.moments import minutes, plus
from bulou.obligations.kinds import UNIVERSE_COLUMNS, OnceKind, WindowSpan, Within
from bulou.places.roles import ROLES
from bulou.residents.models import About, Request

TAKEN_BACK = "taken_back"
"""The excuse of an answer that the resident needs no more."""

ENDING_COLUMNS = ("subject", "starts_at", "ends_at", "ended_at", "excuse")
THREE_DAYS = 3 * 24 * 60


class AnswerKind(OnceKind, abstract=True):
    """An answer is owed from the moment of the request, in words that the resident reads."""

    subject_type = "request"
    Params = Within
    proofs = (facts.Answered,)
    changed_by = frozenset({facts.Asked.kind, facts.TakenBack.kind})
    owners = tuple((role.code, role.title) for role in ROLES.values())
    about: ClassVar[str]

    def universe(self, window: WindowSpan, params: Any) -> QuerySet[Any, dict[str, Any]]:
        due = plus(F("made_at"), minutes(params.minutes))
        early = Q(taken_back_at__lt=F("due_at"))
        return (
            Request.objects.filter(
                Q(taken_back_at__isnull=True) | Q(taken_back_at__gt=F("made_at")),
                about=self.about,
                made_at__gte=window.opens_at,
                made_at__lt=window.closes_at,
            )
            .annotate(subject=F("pk"), opens_at=F("made_at"), due_at=due)
            .annotate(
                excused_at=Case(When(early, then=F("taken_back_at")), output_field=InstantField()),
                excuse=Case(When(early, then=Value(TAKEN_BACK)), default=Value(""), output_field=CharField()),
            )
            .values(*UNIVERSE_COLUMNS)
        )

    def owed_since(self, seq: int) -> datetime | None:
        changed = Request.objects.filter(changed_seq__gt=seq, about=self.about)
        earliest: datetime | None = changed.aggregate(earliest=Min("made_at"))["earliest"]
        return earliest

    def endings(self, seq: int) -> QuerySet[Any, dict[str, Any]]:
        return (
            Request.objects.filter(changed_seq__gt=seq, about=self.about)
            .annotate(
                subject=F("pk"),
                starts_at=F("made_at"),
                ends_at=plus(F("made_at"), 1),
                ended_at=F("taken_back_at"),
                excuse=Value(TAKEN_BACK, CharField()),
            )
            .values(*ENDING_COLUMNS)
        )


class Correction(AnswerKind):
    """What somebody says is wrong about them in the register is looked into, put right, and answered."""

    name, title = "people.correction", _("答复更正申请")
    about = About.CORRECTION
    default: ClassVar = {"owner": "village_cadre", "minutes": THREE_DAYS}


class Objection(AnswerKind):
    """An objection to a restriction, or to what is done with somebody's data, is answered."""

    name, title = "people.objection", _("答复异议")
    about = About.OBJECTION
    default: ClassVar = {"owner": "township_cadre", "minutes": THREE_DAYS}


class Unvisited(AnswerKind):
    """Somebody says that nobody called or came: another than the one who should have looks into it."""

    name, title = "people.unvisited", _("答复“没有人来”的反映")
    about = About.UNVISITED
    default: ClassVar = {"owner": "township_cadre", "minutes": 24 * 60}


KIND_OF: dict[str, str] = {kind.about: kind.name for kind in (Correction, Objection, Unvisited)}
