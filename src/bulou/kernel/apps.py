from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    name = "bulou.kernel"
    label = "kernel"

    def ready(self) -> None:
        from bulou.kernel import events, privacy  # noqa: F401  registers the privacy check

        post_migrate.connect(events.number_declared_kinds, sender=self)
