"""How long links and requests are kept: links go with their end, words 30 days after the answer."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, F, Max, QuerySet, Value
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _

from bulou.kernel.fields import FOREVER
from bulou.kernel.retention import Cut, Rule, rule
from bulou.people.retention import needed_until
from bulou.residents.models import PersonalLink, Request

SOURCE = _("居民自己的页面要用;答复后 30 天内还可以提出不同意见")


def _ended_links() -> QuerySet[PersonalLink, PersonalLink]:
    return PersonalLink.objects.annotate(ends=Coalesce(Least("ends_at", "withdrawn_at"), F("ends_at")))


def _done() -> QuerySet[Request, Request]:
    return Request.objects.filter(sealed__isnull=False).annotate(
        ends=Coalesce(F("answered_at"), F("taken_back_at"))
    )


def _until(person: Any) -> QuerySet[Any, Any]:
    """The answer to the last thing that a person asked for; no end while one is unanswered."""
    ends = Coalesce("answered_at", "taken_back_at", output_field=BigIntegerField())
    asked = Request.objects.filter(person=person).order_by().values("person")
    return asked.annotate(until=Max(Coalesce(ends, Value(FOREVER, BigIntegerField()))))


needed_until("residents", _until)

LINKS = rule(
    Rule("residents.link", _("居民个人链接(失效后)"), PersonalLink, 30, SOURCE, _ended_links, order=5)
)
REQUESTS = rule(
    Rule(
        "residents.request",
        _("居民的申请和答复(办结后)"),
        Request,
        30,
        SOURCE,
        _done,
        {"sealed": None, "place": Cut()},
        order=5,
    )
)
