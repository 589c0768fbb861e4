from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

SEALED = "0002_evidence_sealed"


class MonitoringConfig(AppConfig):
    name = "bulou.monitoring"
    label = "monitoring"

    def ready(self) -> None:
        from bulou.facts import hearers, subjects
        from bulou.facts.monitoring import Released, ReportWithdrawn, Resumed
        from bulou.facts.stays import HomeStay
        from bulou.monitoring import (
            abnormal,
            deaths,
            reconcile,
            reconcile_intervals,
            reconcile_reports,
            report_rows,
            retention,  # noqa: F401  declares its rules
            seats,
            sheet_export,
            sheet_rows,
            sheet_undo,  # noqa: F401  takes imports back
            stays,
        )
        from bulou.monitoring import sheets as columns  # noqa: F401  the kinds of workbook register themselves
        from bulou.monitoring.subjects import CASE
        from bulou.obligations.reconcile import NOUN_CHECKS
        from bulou.people.actions import DIED
        from bulou.places.moves import codes_follow
        from bulou.places.posts import POST_HELD
        from bulou.sheets.columns import attach

        attach("monitoring", apply=sheet_rows.apply, export=sheet_export.export)
        attach("health_reports", apply=report_rows.apply)
        subjects.register(CASE)
        NOUN_CHECKS.extend((reconcile.cases, reconcile_intervals.places, reconcile_intervals.seats))
        NOUN_CHECKS.append(reconcile_reports.reports)
        hearers.register(abnormal.KIND, abnormal.hear)
        hearers.register(ReportWithdrawn.kind, abnormal.hear_withdrawn)
        hearers.register(HomeStay.kind, stays.hear)
        hearers.register(Released.kind, stays.hear_released)
        hearers.register(Resumed.kind, stays.hear_resumed)
        hearers.register(POST_HELD, seats.hear_held)
        hearers.register(DIED, deaths.hear_died)
        codes_follow("monitoring_case", "place")
        codes_follow("monitoring_caseplace", "place")
        post_migrate.connect(forget_what_was_clear, sender=self)


def forget_what_was_clear(plan: Any = (), **_: Any) -> None:
    """After an upgrade that sealed columns, what stood in clear stands in no dead row and no log either.

    A new county has had nothing in clear: its first migration is of the same plan.
    """
    from bulou.kernel.purging import let_go

    applied = {one.name for one, backwards in plan if one.app_label == "monitoring" and not backwards}
    if SEALED in applied and "0001_initial" not in applied:
        let_go("monitoring_case")
