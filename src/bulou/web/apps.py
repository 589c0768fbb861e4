from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "bulou.web"
    label = "web"
