"""The page of keeping: read by the county's privacy officer and system administrator, and nobody else."""

from datetime import timedelta

import pytest
from django.test import Client

from bulou.command.keeping import state
from bulou.command.tests import world as worlds
from bulou.command.tests.world import COUNTY, TOWN
from bulou.kernel import clock, purging, retention
from bulou.people.models import Person

pytestmark = pytest.mark.django_db


def browser(name, place, role):
    client = Client()
    user = worlds.account(name, place, role)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def officer(world):
    return browser("officer", COUNTY, "privacy_officer")


def leave(world, *, days):
    """The first person at home left so many days ago."""
    left = clock.now() - timedelta(days=days)
    person = world.cases["home"][0].person
    Person.objects.filter(pk=person.pk).update(presence="gone", left_at=left)


def test_what_is_due_is_counted_by_rule_as_the_purge_counts_it(world):
    leave(world, days=400)
    now = clock.now()
    counted = {(one.title, one.days): one.due for one in state.due_rules(retention.in_force(now), now)}
    wanted = {}
    for line in purging.preview(now):
        wanted[line.title, line.days] = wanted.get((line.title, line.days), 0) + line.records
    assert counted == wanted and sum(counted.values()) >= 1


def test_the_page_says_what_falls_due_and_that_nothing_was_kept_yet(world, officer):
    leave(world, days=400)
    page = officer.get("/keeping").content.decode()
    assert "还没有做过备份" in page and "还没有删除过" in page and "要处理" in page


def test_a_purge_stands_on_the_page_with_its_proof(world, officer):
    purging.purge(by="job")
    page = officer.get("/keeping").content.decode()
    assert "校验相符" in page
    seq = state.state().purges[0].seq
    answer = officer.get(f"/keeping/purges/{seq}")
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")


def test_only_who_answers_for_the_county_reads_it(world, log_in):
    assert log_in("county").get("/keeping").status_code == 403
    assert browser("narrow", TOWN, "privacy_officer").get("/keeping").status_code == 404
    assert browser("admin", COUNTY, "system_admin").get("/keeping").status_code == 200


def test_how_often_the_page_asks_the_database(world, officer, django_assert_max_num_queries):
    officer.get("/keeping")
    with django_assert_max_num_queries(12):
        assert officer.get("/keeping").status_code == 200
