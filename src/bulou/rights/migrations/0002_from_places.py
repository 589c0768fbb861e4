"""The accounts that stood before there were mandates get one that says the same."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from bulou.kernel import clock
from bulou.rights.roles import ROLES

COUNTY, TOWNSHIP = 6, 9


def role_of(old: Any) -> str:
    """The role that may do what the old account's two ticks allowed, and no more persons than those."""
    width = len(old.scope)
    if not old.sees_persons:
        return "department"
    if old.may_import:
        return {COUNTY: "county_office", TOWNSHIP: "township"}.get(width, "community")
    return "clinic" if width <= TOWNSHIP else "grid"


def carry_over(apps: Any, _editor: Any) -> None:
    """One account and one mandate for each old account; a post stays with whoever holds it now."""
    Role, Account, Mandate = (apps.get_model("rights", name) for name in ("Role", "Account", "Mandate"))
    Holding = apps.get_model("places", "Holding")
    now = clock.now()
    for old in apps.get_model("places", "Account").objects.order_by("id"):
        holding = (
            Holding.objects.filter(post=old.post_id, ends_at__isnull=True).order_by("deputy", "id").first()
        )
        worker = holding.worker_id if old.post_id and holding else None
        account = Account.objects.create(user_id=old.user_id, title=old.title, worker_id=worker, made_at=now)
        code = role_of(old)
        title, english, may = ROLES[code]
        Role.objects.get_or_create(
            code=code,
            defaults={"title": title, "title_en": english, "capabilities": [one.value for one in may]},
        )
        Mandate.objects.create(
            account=account,
            role_id=code,
            scope=old.scope,
            post_id=old.post_id if worker else None,
            starts_at=now,
            granted_by="system:upgrade",
        )


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_initial"), ("places", "0001_initial")]
    run_before = [("places", "0002_delete_account")]
    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
