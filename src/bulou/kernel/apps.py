from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    name = "bulou.kernel"
    label = "kernel"

    def ready(self) -> None:
        from bulou.kernel import events, privacy, recovery, retention  # noqa: F401  register their checks
        from bulou.kernel.models import Event

        retention.keep(Event, "each room's rule says what of its own events is erased")

        post_migrate.connect(events.number_declared_kinds, sender=self)
