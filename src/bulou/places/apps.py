from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "bulou.places"
    label = "places"

    def ready(self) -> None:
        from bulou.places import (  # noqa: F401  each declares its events or rules
            actions,
            handing,
            posts,
            retention,
            retiring,
            staffing,
        )
