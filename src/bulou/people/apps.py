from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "bulou.people"
    label = "people"

    def ready(self) -> None:
        from bulou.people import actions, duplicates, retention  # noqa: F401  declare events and rules
        from bulou.places.moves import codes_follow

        codes_follow("people_person", "place")
        codes_follow("people_household", "place_id")
