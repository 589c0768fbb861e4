from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "bulou.residents"
    label = "residents"

    def ready(self) -> None:
        from bulou.facts import subjects
        from bulou.obligations.reconcile import NOUN_CHECKS
        from bulou.places.moves import codes_follow
        from bulou.residents import obligations, retention  # noqa: F401  declare kinds and rules
        from bulou.residents.reconcile import requests
        from bulou.residents.subjects import REQUEST

        subjects.register(REQUEST)
        NOUN_CHECKS.append(requests)
        codes_follow("residents_request", "place")
