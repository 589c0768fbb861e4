"""How long what was told of somebody on no register is kept."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import BigIntegerField, F, QuerySet
from django.db.models.functions import Cast, Coalesce, Least
from django.utils.translation import gettext_lazy as _

from bulou.kernel.fields import InstantField, micros
from bulou.kernel.retention import Cut, Rule, rule
from bulou.obligations.models import Unknown

UNSETTLED = micros(timedelta(days=60))
"""How long a lead may wait to be found out, beyond the days that a settled one is kept."""


def _leads() -> QuerySet[Unknown, Unknown]:
    waited = Cast(Cast(F("seen_at"), BigIntegerField()) + UNSETTLED, InstantField())
    return Unknown.objects.filter(sealed__isnull=False).annotate(
        ends=Coalesce(Least(F("settled_at"), waited), F("settled_at"), waited)
    )


LEADS = rule(
    Rule(
        "obligations.lead",
        _("底数外线索(核实后)"),
        Unknown,
        30,
        _("核实后 30 天内还可能要补正;一直没有人核实的,再多留 60 天"),
        _leads,
        {"place": Cut(), "sealed": None},
    )
)
