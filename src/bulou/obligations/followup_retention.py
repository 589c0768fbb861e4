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
        "domain: as monitoring, 30 days after the last time that somebody followed it up",
        lambda: FollowUp.objects.annotate(ends=F("changed_at")),
    )
)
