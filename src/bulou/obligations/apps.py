from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ObligationsConfig(AppConfig):
    name = "bulou.obligations"
    label = "obligations"

    def ready(self) -> None:
        from bulou.facts import hearers
        from bulou.obligations import (  # noqa: F401
            directives,
            engine,
            evidence,
            followup,
            followup_retention,
            kept_days,
            retention,
            unknowns,
        )

        post_migrate.connect(directives.number_kinds, sender=self)
        hearers.after(engine.settle)
        hearers.unknown(unknowns.note_event)
