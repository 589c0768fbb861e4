"""Questions about requests. The office names its scope; a resident sees their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from bulou.kernel import seal
from bulou.obligations.models import Obligation
from bulou.people.models import Person
from bulou.places import codes
from bulou.residents.actions import FIELDS
from bulou.residents.models import About, Outcome, Request
from bulou.residents.obligations import KIND_OF


@dataclass(frozen=True)
class RequestView:
    """A request with its words opened."""

    request: Request
    about: str
    field: str
    words: str
    value: str
    answer: str
    outcome: str
    due_at: datetime | None
    by_office: bool
    """It came on paper or by word of mouth, and the office wrote it down."""


def of_scope(scope: str, *, only_open: bool) -> QuerySet[Request, Request]:
    """The requests of a place and below, those that have waited longest first; decided ones latest first."""
    found = _with_due(Request.objects.filter(codes.within("place", scope))).select_related("person", "post")
    if only_open:
        waiting = found.filter(answered_at__isnull=True, taken_back_at__isnull=True)
        return waiting.order_by("made_at", "pk")
    return found.exclude(answered_at__isnull=True, taken_back_at__isnull=True).order_by("-changed_seq")


def of_person(person: Person) -> list[RequestView]:
    """What somebody asked for, the latest first."""
    return [view(one) for one in _with_due(Request.objects.filter(person=person)).order_by("-made_at", "-pk")]


def _with_due(found: QuerySet[Request, Request]) -> QuerySet[Request, Request]:
    """With `due_at` of the books, None until the engine has opened the duty."""
    duty = Obligation.objects.filter(
        subject=OuterRef("pk"), window__kind__name__in=list(KIND_OF.values()), opens_at=OuterRef("made_at")
    )
    return found.annotate(due_at=Subquery(duty.order_by("pk").values("due_at")[:1]))


def view(one: Request) -> RequestView:
    """A request with its words opened; whoever asks is the resident, or the office that answers."""
    content = seal.unseal(one.sealed)
    return RequestView(
        request=one,
        about=str(About(one.about).label),
        field=str(FIELDS.get(one.field, "")),
        words=content.get("words", ""),
        value=content.get("value", ""),
        answer=content.get("answer", ""),
        outcome=str(Outcome(one.outcome).label) if one.outcome else "",
        due_at=getattr(one, "due_at", None),
        by_office=not one.made_by.startswith("resident:"),
    )
