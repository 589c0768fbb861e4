from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ObligationsConfig(AppConfig):
    name = "bulou.obligations"
    label = "obligations"

    def ready(self) -> None:
        from bulou.obligations import directives

        post_migrate.connect(directives.number_kinds, sender=self)
