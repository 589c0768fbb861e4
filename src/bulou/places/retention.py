"""How long those are kept who work for the county: until long after their last post."""

from __future__ import annotations

from django.db.models import Case as Switch
from django.db.models import Count, F, Max, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from bulou.kernel.fields import InstantField
from bulou.kernel.retention import Rule, Scrambled, keep, rule
from bulou.places.models import Organisation, Worker


def _left() -> QuerySet[Worker, Worker]:
    """Workers who held posts and hold none any more, from the end of the last one."""
    held = Worker.objects.exclude(sealed=b"").annotate(
        standing=Count("holdings", filter=Q(holdings__ends_at__isnull=True)), last=Max("holdings__ends_at")
    )
    return held.annotate(ends=Switch(When(standing=0, then=F("last")), output_field=InstantField()))


LEFT = rule(
    Rule(
        "places.worker",
        _("不再任职的工作人员(最后一个岗位离任后)"),
        Worker,
        365,
        _("离任后一年内还可能要核实任内的责任"),
        _left,
        {
            "sealed": b"",
            "phone_key": Scrambled(),
            "name_key": Scrambled(),
            "id_key": None,
            "row_key": None,
            "title": "",
            "party": "",
            "home": "",
        },
    )
)
keep(Organisation, "an organisation's contact stands as long as the organisation does")
