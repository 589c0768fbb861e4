from django.apps import AppConfig


class SyncConfig(AppConfig):
    name = "bulou.sync"
    label = "sync"
