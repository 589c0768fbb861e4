"""`bulou reconcile` finds a case that is not what its events made it."""

from __future__ import annotations

import pytest

from bulou.kernel import clock
from bulou.monitoring import actions, admission
from bulou.monitoring.models import Case
from bulou.monitoring.reconcile import cases
from bulou.monitoring.tests.build import VILLAGE, at, person
from bulou.obligations import directives
from bulou.places.models import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    directives.start_defaults("141022")
    Place.objects.get_or_create(code=VILLAGE, defaults={"level": "village", "name": "文昌", "plain": "文昌"})
    with clock.at(at("9 10:00")):
        return admission.admit(
            person=person().pk,
            place=VILLAGE,
            starts_at=at("9"),
            ends_at=at("22 24:00"),
            measure="居家健康监测",
            ground="传染病防治法第三十九条",
            evidence="4月8日自中风险地区返回",
            decided_by="县疫情防控指挥部",
            appeal="可申请行政复议",
            by="test",
        )


def test_a_case_is_what_its_events_made_it(case):
    with clock.at(at("10 09:00")):
        actions.change_term(case=case, decided_by="指挥部", reason="更正", ends_at=at("20 24:00"), by="test")
        actions.end(case=case, reason=actions.facts.EndReason.HOSPITAL, by="test")
        actions.resume(case=case, reason="误报", by="test")
        actions.end(case=case, reason=actions.facts.EndReason.DIED, by="test")
    assert list(cases()) == []


def test_a_term_changed_behind_the_ledger_is_found(case):
    Case.objects.filter(pk=case.pk).update(ends_at=at("25"))
    (found,) = cases()
    assert (found.what, found.subject) == ("term", case.pk)


def test_an_end_written_behind_the_ledger_is_found(case):
    Case.objects.filter(pk=case.pk).update(ended_at=at("11"), end_reason="died")
    assert [found.what for found in cases()] == ["term"]


def test_a_case_that_is_gone_is_found(case):
    case.places.all().delete()
    Case.objects.filter(pk=case.pk).delete()
    assert [found.what for found in cases()] == ["missing"]
