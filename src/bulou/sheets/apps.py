from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "bulou.sheets"
    label = "sheets"
