from django.apps import AppConfig


class ArrivalsConfig(AppConfig):
    name = "bulou.arrivals"
    label = "arrivals"

    def ready(self) -> None:
        from bulou.arrivals import (
            alerts,
            area_rows,
            deaths,
            hearing,
            lead_retention,  # noqa: F401  declares its rules
            lead_rows,
            leads,
            reconcile_leads,
            retention,  # noqa: F401  declares its rules
            sheet_rows,
            sheet_undo,  # noqa: F401  takes imports back
        )
        from bulou.arrivals import sheets as columns  # noqa: F401  the kinds of workbook register themselves
        from bulou.arrivals import sheets_from_above as from_above  # noqa: F401  the kinds of workbook register themselves
        from bulou.arrivals.lead_subjects import LEAD
        from bulou.arrivals.reconcile import CHECKS
        from bulou.arrivals.stays import hearing as stays
        from bulou.arrivals.subjects import BREAK, HANDOVER, JOURNEY, PROPOSAL, STAY
        from bulou.facts import hearers, subjects
        from bulou.facts.arrivals import Gave, PointChecked, Registered, SideWithdrawn, Took
        from bulou.facts.stays import HomeStayReleased, HomeStayResumed
        from bulou.obligations.reconcile import NOUN_CHECKS
        from bulou.people.actions import DIED
        from bulou.places.moves import codes_follow
        from bulou.sheets.columns import attach

        for kind, apply in sheet_rows.APPLY.items():
            attach(kind, apply=apply)
        attach("risk_areas", apply=area_rows.apply)
        attach("leads", apply=lead_rows.apply)
        for subject_type in (JOURNEY, LEAD, HANDOVER, BREAK, STAY, PROPOSAL):
            subjects.register(subject_type)
        NOUN_CHECKS.extend((*CHECKS, reconcile_leads.leads))
        hearers.register(Gave.kind, hearing.hear)
        hearers.register(Took.kind, hearing.hear)
        hearers.register(HomeStayReleased.kind, stays.hear_released)
        hearers.register(HomeStayResumed.kind, stays.hear_resumed)
        hearers.register(DIED, deaths.hear_died)
        hearers.register(PointChecked.kind, alerts.hear)
        hearers.register(SideWithdrawn.kind, hearing.hear_withdrawn)
        hearers.register(Registered.kind, leads.hear_registered)
        codes_follow("arrivals_journey", "place")
        codes_follow("arrivals_lead", "place")
