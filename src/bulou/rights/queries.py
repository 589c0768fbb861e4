"""Questions about accounts and what waits for a second person, within a scope."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from bulou.kernel import clock
from bulou.places import codes
from bulou.rights.models import Account, Mandate
from bulou.rights.powers import Power


def accounts_of(power: Power) -> QuerySet[Account, Account]:
    """The accounts with a mandate in a scope; for who manages the county, those with none too."""
    theirs = Mandate.objects.filter(codes.within("scope", power.scope), account=OuterRef("pk"))
    here = Q(Exists(theirs))
    if power.is_of_county:
        here |= ~Q(Exists(Mandate.objects.filter(account=OuterRef("pk"))))
    return Account.objects.filter(here).select_related("user")


def waiting(power: Power) -> QuerySet[Mandate, Mandate]:
    """The mandates of a scope that wait for a second person."""
    return (
        Mandate.objects.filter(codes.within("scope", power.scope), awaits=True)
        .exclude(ends_at__lte=clock.now())
        .select_related("account__user", "role", "post")
        .order_by("pk")
    )
