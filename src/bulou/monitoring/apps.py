from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "bulou.monitoring"
    label = "monitoring"
