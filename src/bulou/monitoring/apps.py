from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "bulou.monitoring"
    label = "monitoring"

    def ready(self) -> None:
        from bulou.facts import hearers, subjects
        from bulou.monitoring import abnormal, obligations, seats  # noqa: F401  kinds register themselves
        from bulou.monitoring.subjects import CASE
        from bulou.places.moves import codes_follow
        from bulou.places.posts import POST_HELD

        subjects.register(CASE)
        hearers.register(abnormal.KIND, abnormal.hear)
        hearers.register(POST_HELD, seats.hear_held)
        codes_follow("monitoring_case", "place")
        codes_follow("monitoring_caseplace", "place")
