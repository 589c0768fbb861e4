from django.apps import AppConfig


class SyncConfig(AppConfig):
    name = "bulou.sync"
    label = "sync"

    def ready(self) -> None:
        from bulou.sync import retention, webhooks  # noqa: F401  declare rules and the job
