"""The list of duties is worked like that of gaps; a list that is empty today says what is left of before."""

import re

import pytest

from bulou.command.models import SavedView
from bulou.command.tests.world import HOME
from bulou.kernel import clock
from bulou.obligations.models import Obligation

pytestmark = pytest.mark.django_db


def test_filters_of_the_list_of_duties_are_kept_under_a_name(log_in, world):
    browser = log_in("owner")
    given = {"list": "duties", "name": "逾期的", "query": f"status=overdue&place={HOME}&kind=nonsense"}
    answer = browser.post("/gaps/views", given)
    assert answer["Location"] == f"/duties?status=overdue&place={HOME}"
    view = SavedView.objects.get()
    assert (view.page, view.query) == ("duties", f"status=overdue&place={HOME}")
    assert "逾期的" in browser.get("/duties").content.decode()
    assert "逾期的" not in browser.get("/gaps").content.decode()
    assert browser.post(f"/gaps/views/{view.pk}/remove")["Location"] == "/duties"


def test_a_view_of_a_list_that_there_is_not_is_refused(log_in, world):
    assert log_in("owner").post("/gaps/views", {"list": "people", "name": "a"}).status_code == 404


def test_what_is_undone_can_be_picked_and_the_way_leads_back_to_the_duties(log_in, world):
    browser = log_in("owner")
    shown = browser.get("/duties").content.decode()
    picked = re.findall(r'name="id" value="(\d+)"', shown)
    undone = Obligation.objects.filter(pk__in=picked, met_at=None, excused_at=None).count()
    assert picked and undone == len(picked)
    given = {"act": "back", "list": "duties", "query": "status=open", "id": picked[:1]}
    assert 'href="/duties?status=open"' in browser.post("/gaps/bulk", given).content.decode()


def test_a_page_of_duties_that_is_open_is_sent_nothing_while_nothing_changes(log_in, world):
    browser = log_in("owner")
    live = {"HX-Request": "true", "HX-Target": "list"}
    first = browser.get("/duties", headers=live)
    assert first.content.decode().startswith('<div id="list"')
    assert browser.get("/duties", headers=live | {"If-None-Match": first["ETag"]}).status_code == 304


def test_a_list_that_is_empty_today_says_how_many_are_left_of_days_before(log_in, world, monkeypatch):
    later = clock.now() + 3 * clock.DAY
    monkeypatch.setattr(clock, "now", lambda: later)
    page = log_in("owner").get("/gaps").content.decode()
    assert "今天没有逾期未落实的" in page
    assert "此前各日还有" in page
