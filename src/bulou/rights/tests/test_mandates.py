"""Mandates: which of them run, and what ends them."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model

from bulou.kernel import clock
from bulou.kernel.models import AuditLine
from bulou.kernel.problems import BulouError
from bulou.places import posts
from bulou.places.models import Worker
from bulou.rights import accounts, mandates
from bulou.rights.models import Mandate, Role
from bulou.rights.roles import ROLES

pytestmark = pytest.mark.usefixtures("county")
TOWN = "141022100"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def worker(county):
    return Worker.objects.create(sealed=b"", phone_key=b"1", name_key=b"1")


@pytest.fixture
def account(worker):
    return accounts.make_account("duty", "long-enough-1", title="值班", worker=worker, by="user:1")


def running(account, at=None):
    return [mandate.pk for mandate in mandates.running(account.user_id, at)]


def test_a_mandate_runs_from_its_start_until_its_end(account):
    now = clock.now()
    mandate = mandates.grant(account, "grid", TOWN, starts_at=now, ends_at=now + HOUR, by="user:1")
    assert running(account, now) == [mandate.pk]
    assert running(account, now - HOUR) == []
    assert running(account, now + HOUR) == []


def test_a_mandate_of_a_post_runs_while_the_post_is_held(account, worker):
    post = posts.place_post("grid_worker", TOWN)
    mandates.grant(account, "grid", TOWN, post=post, starts_at=clock.now() - HOUR, by="user:1")
    assert running(account) == []
    posts.hold(post, worker.pk, clock.now(), by="user:1")
    assert len(running(account)) == 1
    posts.leave(post, worker.pk, by="user:1")
    assert running(account) == []


def test_a_mandate_of_a_post_needs_to_know_who(county):
    nobody = accounts.make_account("nobody", "long-enough-1", title="值班", by="user:1")
    post = posts.place_post("grid_worker", TOWN)
    with pytest.raises(BulouError) as caught:
        mandates.grant(nobody, "grid", TOWN, post=post, by="user:1")
    assert caught.value.code == "mandate-post-needs-worker"


@pytest.mark.parametrize(
    ("role", "scope", "code"), [("king", TOWN, "no-such-role"), ("grid", "999999", "no-such-place")]
)
def test_a_role_and_a_place_must_be_there(account, role, scope, code):
    with pytest.raises(BulouError) as caught:
        mandates.grant(account, role, scope, by="user:1")
    assert caught.value.code == code


def test_what_was_passed_on_ends_with_what_it_came_from(account):
    now = clock.now()
    own = mandates.grant(account, "township", TOWN, by="user:1")
    other = accounts.make_account("other", "long-enough-1", title="代班", by="user:1")
    passed = Mandate.objects.create(
        account=other,
        role_id="township",
        scope=TOWN,
        starts_at=now,
        ends_at=now + 24 * HOUR,
        granted_by="user:1",
        delegated_from=own,
    )
    assert running(other) == [passed.pk]
    mandates.withdraw(own, by="user:1")
    assert running(account) == running(other) == []


def test_withdrawing_twice_is_recorded_once(account):
    mandate = mandates.grant(account, "grid", TOWN, by="user:1")
    mandates.withdraw(mandate, by="user:1", reason="离岗")
    mandates.withdraw(mandate, by="user:1", reason="离岗")
    assert AuditLine.objects.filter(action="mandate.withdrawn").count() == 1


def test_a_mandate_that_has_not_begun_ends_at_its_start(account):
    start = clock.now() + HOUR
    mandate = mandates.grant(account, "grid", TOWN, starts_at=start, by="user:1")
    mandates.withdraw(mandate, by="user:1")
    mandate.refresh_from_db()
    assert mandate.ends_at == mandate.starts_at


def test_a_log_in_that_was_shut_has_no_mandate(account):
    mandates.grant(account, "grid", TOWN, by="user:1")
    get_user_model().objects.filter(pk=account.user_id).update(is_active=False)
    assert running(account) == []


def test_the_chosen_mandate_wins_only_while_it_runs(account):
    first, second = (mandates.grant(account, role, TOWN, by="user:1") for role in ("grid", "township"))
    assert mandates.chosen(account.user_id, second.pk) == second
    mandates.withdraw(second, by="user:1")
    assert mandates.chosen(account.user_id, second.pk) == first


def test_every_role_of_the_start_is_there_and_numbers_are_apart_from_persons(county):
    assert set(Role.objects.values_list("code", flat=True)) == set(ROLES)
    for role in Role.objects.all():
        if role.code in ("leader", "department", "privacy_officer", "system_admin"):
            assert "see-persons" not in role.capabilities
