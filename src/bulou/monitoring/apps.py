from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "bulou.monitoring"
    label = "monitoring"

    def ready(self) -> None:
        from bulou.monitoring import obligations  # noqa: F401  (its kinds register themselves)
