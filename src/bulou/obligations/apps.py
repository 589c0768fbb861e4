from django.apps import AppConfig


class ObligationsConfig(AppConfig):
    name = "bulou.obligations"
    label = "obligations"
