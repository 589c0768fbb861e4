from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

WORDS_SEALED = "0005_audit_words"


class KernelConfig(AppConfig):
    name = "bulou.kernel"
    label = "kernel"

    def ready(self) -> None:
        from bulou.kernel import (  # noqa: F401  register their checks and rules
            events,
            lookups,
            privacy,
            reasons,
            recovery,
            retention,
        )
        from bulou.kernel.models import Event

        retention.keep(Event, "each room's rule says what of its own events is erased")

        post_migrate.connect(events.number_declared_kinds, sender=self)
        post_migrate.connect(forget_what_was_clear, sender=self)


def forget_what_was_clear(plan: Any = (), **_: Any) -> None:
    """After the upgrade that sealed the words of the audit chain, they stand in no dead row and no log.

    A new county has had nothing in clear: its first migration is of the same plan.
    """
    from bulou.kernel.purging import let_go

    applied = {one.name for one, backwards in plan if one.app_label == "kernel" and not backwards}
    if WORDS_SEALED in applied and "0001_initial" not in applied:
        let_go("kernel_auditline")
