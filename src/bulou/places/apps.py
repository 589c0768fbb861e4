from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "bulou.places"
    label = "places"

    def ready(self) -> None:
        from bulou.places import actions, posts  # noqa: F401  declares their events
