from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "bulou.places"
    label = "places"

    def ready(self) -> None:
        from bulou.places import actions, posts, retention  # noqa: F401  declare events and rules
