"""Accounts, mandates and roles on their pages; two people for what is grave."""

import re

import pytest
from django.test import Client

from bulou.command.tests import world as worlds
from bulou.command.tests.world import COUNTY, HOME
from bulou.rights import mandates
from bulou.rights.models import Account, Mandate, RoleChange

pytestmark = pytest.mark.django_db
WHY = "值班需要"


@pytest.fixture
def admins(world):
    def browser(name):
        client = Client()
        user = worlds.account(name, COUNTY, "system_admin")
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return browser("one"), browser("two")


def test_an_account_is_invited_granted_and_confirmed_by_another(admins):
    one, two = admins
    page = one.post("/rights/invite", {"username": "nightshift", "title": "夜班"}).content.decode()
    assert re.search(r"http://testserver/invitation/[\w-]{40,}", page) and "<svg" in page
    made = Account.objects.get(user__username="nightshift")
    where = f"/rights/accounts/{made.pk}"
    give = {"role": "clinic", "scope": HOME[:9], "reason": WHY}
    assert one.post(f"{where}/grant", give).status_code == 302
    mandate = made.mandates.get()
    assert "等待复核" in one.get(where).content.decode()
    assert one.post(f"/rights/mandates/{mandate.pk}/confirm", {"answer": "yes"}).status_code == 422
    assert two.post(f"/rights/mandates/{mandate.pk}/confirm", {"answer": "yes"}).status_code == 302
    assert mandates.running(made.user_id).count() == 1
    two.post(f"/rights/mandates/{mandate.pk}/withdraw", {"reason": WHY})
    assert mandates.running(made.user_id).count() == 0


def test_a_refused_grant_says_what_is_wrong_and_keeps_what_was_written(admins, world):
    page = admins[0].post(
        f"/rights/accounts/{world.users['owner'].account.pk}/grant",
        {"role": "grid", "scope": "999999", "reason": WHY},
    )
    assert page.status_code == 422 and 'value="999999"' in page.content.decode()


def test_a_role_is_changed_by_two_on_the_pages(admins):
    one, two = admins
    page = one.get("/rights/roles/department?may=see-numbers&may=export").content.decode()
    assert "1 个账号" in page and "导出名单" in page
    one.post("/rights/roles/department", {"may": ["see-numbers", "export"], "reason": WHY})
    change = RoleChange.objects.get()
    one.post(f"/rights/role-changes/{change.pk}/decide", {"answer": "yes"})
    change.refresh_from_db()
    assert change.decided_at is None
    two.post(f"/rights/role-changes/{change.pk}/decide", {"answer": "yes"})
    change.refresh_from_db()
    assert change.accepted


def test_an_account_that_is_shut_is_out(admins, world, log_in):
    browser, owner = log_in("owner"), world.users["owner"].account
    assert browser.get("/gaps").status_code == 200
    assert admins[0].post(f"/rights/accounts/{owner.pk}/shut", {"reason": ""}).status_code == 422
    admins[0].post(f"/rights/accounts/{owner.pk}/shut", {"reason": WHY})
    assert browser.get("/gaps").status_code == 302
    admins[0].post(f"/rights/accounts/{owner.pk}/reopen", {"reason": WHY})
    assert Account.objects.get(pk=owner.pk).user.is_active


@pytest.mark.parametrize("address", ["/rights", "/rights/pending", "/rights/roles", "/rights/roles/grid"])
def test_a_page_asks_the_database_as_often_for_many_as_for_few(
    admins, address, django_assert_max_num_queries
):
    for n in range(20):
        user = worlds.account(f"more-{n:02}", HOME, "grid")
        Mandate.objects.filter(account__user=user).update(awaits=n % 2 == 0)
    admins[0].get(address)
    with django_assert_max_num_queries(12):
        assert admins[0].get(address).status_code == 200
