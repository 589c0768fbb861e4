"""Accounts and their scopes."""

import pytest
from django.contrib.auth import get_user_model

from bulou.kernel.problems import BulouError
from bulou.places import accounts, posts
from bulou.places.actions import ensure

pytestmark = pytest.mark.usefixtures("county")


def test_demo_accounts_have_scopes_from_the_county_down_to_a_grid():
    grid = ensure(("唐兴镇", "文昌社区", "绿苑小区")).code
    post = posts.place_post("grid_worker", grid)
    made = {account.username: account for account in accounts.make_demo_accounts("user:1")}
    assert [made[name].scope for name in ("county", "township", "community", "grid", "clinic")] == [
        "141022",
        grid[:9],
        grid[:12],
        grid,
        grid[:9],
    ]
    worker = get_user_model().objects.get(username="grid")
    assert accounts.scope_of(worker) == accounts.Scope(grid, "网格员", True, False, post.pk)
    assert not accounts.scope_of(get_user_model().objects.get(username="leader")).sees_persons


def test_passwords_are_made_once_and_not_shown_again(monkeypatch):
    monkeypatch.delenv("BULOU_DEMO", raising=False)
    first = accounts.make_demo_accounts("user:1")[0]
    assert len(first.password) >= 10
    assert accounts.make_demo_accounts("user:1")[0].password == ""
    assert get_user_model().objects.get(username=first.username).check_password(first.password)


def test_the_fixed_demo_password_is_only_for_the_demo(monkeypatch):
    monkeypatch.setenv("BULOU_DEMO", "1")
    assert {account.password for account in accounts.make_demo_accounts("user:1")} == {accounts.DEMO_PASSWORD}


def test_without_a_grid_worker_the_first_area_is_the_demo_grid():
    area = ensure(("唐兴镇", "文昌社区", "绿苑小区")).code
    made = {account.username: account.scope for account in accounts.make_demo_accounts("user:1")}
    assert made["grid"] == area


def test_a_user_without_an_account_sees_nothing():
    user = get_user_model().objects.create_user("stranger")
    with pytest.raises(BulouError) as caught:
        accounts.scope_of(user)
    assert caught.value.code == "no-account"
