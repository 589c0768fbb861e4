"""What the rooms below must know of those above: what keeps a place alive, what goes along with a worker."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulou.kernel import clock
from bulou.monitoring.models import Case
from bulou.people.queries import persons
from bulou.places import codes
from bulou.places.retiring import occupied
from bulou.places.staffing import workers_follow
from bulou.rights.models import Mandate


def prepare() -> None:
    """Tell them, once."""
    occupied(_("名在册居民"), lambda code: persons(code, "count").order_by().count())
    occupied(_("名在管人员"), running_cases)
    occupied(_("项授权"), running_mandates)
    workers_follow("rights_account", "worker_id")


def running_cases(code: str) -> int:
    """Restrictions in force under a place."""
    now = clock.now()
    running = Case.objects.filter(codes.within("place", code), starts_at__lte=now, ends_at__gt=now)
    return running.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=now)).count()


def running_mandates(code: str) -> int:
    """Mandates for a place or a part of it."""
    running = Q(ends_at__isnull=True) | Q(ends_at__gt=clock.now())
    return Mandate.objects.filter(running, codes.within("scope", code)).count()
