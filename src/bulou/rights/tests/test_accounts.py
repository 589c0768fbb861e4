"""Accounts and their scopes."""

import pytest
from django.contrib.auth import get_user_model

from bulou.kernel import clock
from bulou.places import posts
from bulou.places.actions import ensure
from bulou.places.models import Worker
from bulou.rights import accounts, mandates
from bulou.rights.capabilities import Capability

pytestmark = pytest.mark.usefixtures("county")


def user(name):
    return get_user_model().objects.get(username=name)


def test_demo_accounts_have_scopes_from_the_county_down_to_a_grid():
    grid = ensure(("唐兴镇", "文昌社区", "绿苑小区")).code
    post = posts.place_post("grid_worker", grid)
    worker = Worker.objects.create(sealed=b"", phone_key=b"1", name_key=b"1")
    posts.hold(post, worker.pk, clock.now(), by="user:1")
    made = {account.username: account for account in accounts.make_demo_accounts("user:1")}
    assert [made[name].scope for name in ("county", "township", "community", "grid", "clinic")] == [
        "141022",
        grid[:9],
        grid[:12],
        grid,
        grid[:9],
    ]
    mandate = mandates.chosen(user("grid").pk, None)
    assert (mandate.scope, mandate.post_id, mandate.title) == (grid, post.pk, "网格员")
    assert mandate.may(Capability.SEE_PERSONS) and not mandate.may(Capability.IMPORT)
    assert not mandates.chosen(user("leader").pk, None).may(Capability.SEE_PERSONS)


def test_passwords_are_made_once_and_not_shown_again(monkeypatch):
    monkeypatch.delenv("BULOU_DEMO", raising=False)
    first = accounts.make_demo_accounts("user:1")[0]
    assert len(first.password) >= 10
    assert accounts.make_demo_accounts("user:1")[0].password == ""
    assert user(first.username).check_password(first.password)


def test_the_fixed_demo_password_is_only_for_the_demo(monkeypatch):
    monkeypatch.setenv("BULOU_DEMO", "1")
    assert {account.password for account in accounts.make_demo_accounts("user:1")} == {accounts.DEMO_PASSWORD}


def test_without_a_grid_worker_the_first_area_is_the_demo_grid():
    area = ensure(("唐兴镇", "文昌社区", "绿苑小区")).code
    made = {account.username: account.scope for account in accounts.make_demo_accounts("user:1")}
    assert made["grid"] == area
