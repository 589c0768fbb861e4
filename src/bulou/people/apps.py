from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "bulou.people"
    label = "people"

    def ready(self) -> None:
        from bulou.facts import hearers
        from bulou.people import (  # noqa: F401  declare events and rules
            actions,
            changes,
            duplicates,
            finding,
            rekeying,
            retention,
        )
        from bulou.places.moves import codes_follow

        hearers.register(duplicates.MERGED, finding.hear_merged)
        codes_follow("people_person", "place")
        codes_follow("people_household", "place_id")
