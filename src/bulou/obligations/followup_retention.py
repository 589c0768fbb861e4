"""How long is kept what was noted while a gap was followed up; the events of it stay in the ledger."""

from __future__ import annotations

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from bulou.kernel.retention import Rule, rule
from bulou.obligations.followup_model import FollowUp

FOLLOW_UPS = rule(
    Rule(
        "obligations.followup",
        _("缺口跟进情况"),
        FollowUp,
        30,
        _("最后一次跟进后 30 天内还可能有人问起"),
        lambda: FollowUp.objects.annotate(ends=F("changed_at")),
    )
)
