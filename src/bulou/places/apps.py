from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "bulou.places"
    label = "places"

    def ready(self) -> None:
        from bulou.places import actions, handing, posts, retention  # noqa: F401  declare events and rules
        from bulou.places import retiring, staffing  # noqa: F401  declare events
