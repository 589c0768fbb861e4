from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "bulou.places"
    label = "places"
