import pytest

from bulou.arrivals.models import Break, IsolationPoint, Journey, Proposal, RiskArea, Stretch
from bulou.arrivals.reconcile import CHECKS
from bulou.command.operation import demo_arrivals
from bulou.command.tests.world import HOME, person
from bulou.kernel import clock

pytestmark = pytest.mark.django_db


def test_the_demo_county_has_arrivals_in_every_state(world):
    for serial in range(100, 112):
        person(serial, HOME)
    assert demo_arrivals.make("tiny", clock.now()) == 12
    now = Stretch.objects.filter(ends_at__isnull=True)
    assert set(now.values_list("state", flat=True)) == {"expected", "held", "between", "ended"}
    assert Journey.objects.count() == 12
    assert Break.objects.filter(ground="own").exists()
    assert Proposal.objects.filter(decided_at__isnull=False).exists()
    assert Proposal.objects.filter(decided_at__isnull=True, superseded_at__isnull=True).exists()
    assert RiskArea.objects.count() == len(demo_arrivals.AREAS)
    assert IsolationPoint.objects.get().rooms.count() == 20
    assert [difference for check in CHECKS for difference in check()] == []
