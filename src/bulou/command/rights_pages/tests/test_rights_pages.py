"""Accounts, mandates and roles on their pages; two people for what is grave."""

import re

import pytest
from django.test import Client

from bulou.command.tests import world as worlds
from bulou.command.tests.world import COUNTY, HOME
from bulou.kernel import clock
from bulou.places import posts, workers
from bulou.places.queries import held_by
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


def test_a_place_is_given_by_its_name_and_several_are_offered(admins, world):
    where = f"/rights/accounts/{world.users['colleague'].account.pk}/grant"
    give = {"role": "grid", "reason": WHY}
    assert admins[0].post(where, give | {"scope": "绿苑小区 第一网格"}).status_code == 302
    assert Mandate.objects.filter(scope=HOME, granted_by__startswith="user:").count() == 1
    page = admins[0].post(where, give | {"scope": "网格"})
    text = page.content.decode()
    assert page.status_code == 422 and f'<option value="{HOME}">' in text and "可能指几个地点" in text
    page = admins[0].post(where, give | {"scope": "没有这里"})
    assert page.status_code == 422 and 'value="没有这里"' in page.content.decode()


@pytest.fixture
def holder(world):
    """A worker who holds the doctor's post at home."""
    who = workers.ensure("任某甲", "19900009902")
    posts.hold(posts.place_post("doctor", HOME, number=2), who, clock.now(), by="test")
    return who


def test_an_account_is_invited_for_a_worker_and_its_mandate_follows_the_post(admins, holder):
    one, _two = admins
    page = one.get("/rights/invite").content.decode()
    assert 'name="who"' in page
    named = {"username": "doctor2", "title": "村医"}
    assert one.post("/rights/invite", named | {"who": "没有此人"}).status_code == 422
    assert one.post("/rights/invite", named | {"who": "任某甲"}).status_code == 200
    made = Account.objects.get(user__username="doctor2")
    assert made.worker_id == holder
    shown = one.get(f"/rights/accounts/{made.pk}").content.decode()
    assert "任**" in shown and "任某甲" not in shown and "19900009902" not in shown
    post = held_by(holder).get()
    give = {"role": "grid", "reason": WHY, "scope": "", "post": post.pk}
    one.post(f"/rights/accounts/{made.pk}/grant", give)
    mandate = made.mandates.get()
    assert (mandate.scope, mandate.post_id) == (HOME, post.pk)
    assert mandates.running(made.user_id).count() == 1
    one.post(f"/rights/accounts/{made.pk}/worker", {"who": ""})
    assert mandates.running(made.user_id).count() == 0


def test_whoever_logs_in_comes_to_the_first_page_that_the_hat_opens(admins):
    assert admins[0].get("/login").headers["Location"] == "/rights"
    page = admins[0].get("/").content.decode()
    assert 'href="/rights"' in page and 'href="/"' not in page
