"""Giving, passing on, confirming; emergencies; roles changed by two."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from bulou.kernel import clock
from bulou.kernel.problems import BulouError
from bulou.places import posts, workers
from bulou.places.models import Worker
from bulou.rights import accounts, changing, emergencies, giving, mandates
from bulou.rights.capabilities import Capability
from bulou.rights.models import Account, Emergency, Mandate, Role

pytestmark = pytest.mark.usefixtures("county")
COUNTY, TOWN, OTHER_TOWN = "141022", "141022100", "141022101"
HOUR = dt.timedelta(hours=1)
WHY = "值班需要"


def person(name, role, scope=COUNTY):
    account = accounts.make_account(name, "long-enough-1", title=name, by="test:1")
    return mandates.grant(account, role, scope, by="test:1")


@pytest.fixture
def admin(county):
    return person("admin", "system_admin")


@pytest.fixture
def second(county):
    return person("second", "system_admin")


@pytest.fixture
def newcomer(county):
    return accounts.make_account("new", "long-enough-1", title="新来的", by="test:1")


def refused(code, verb, *args, **more):
    with pytest.raises(BulouError) as caught, transaction.atomic():
        verb(*args, **more)
    assert caught.value.code == code


def runs(mandate):
    return mandates.running(mandate.account.user_id).filter(pk=mandate.pk).exists()


def test_a_plain_role_runs_at_once_and_a_grave_one_only_when_another_confirms(admin, second, newcomer):
    plain = giving.give(newcomer, "grid", TOWN, giver=admin, reason=WHY)
    grave = giving.give(newcomer, "county_office", COUNTY, giver=admin, reason=WHY)
    assert runs(plain) and not runs(grave)
    refused("mandate-not-by-oneself", giving.confirm, grave, second=admin)
    giving.confirm(grave, second=second)
    assert runs(grave)
    refused("mandate-not-awaiting", giving.confirm, grave, second=second)


def test_the_database_too_wants_another_to_confirm(admin, newcomer):
    grave = giving.give(newcomer, "clinic", TOWN, giver=admin, reason=WHY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(pk=grave.pk).update(awaits=False, confirmed_by=grave.granted_by)


def test_whoever_it_is_about_confirms_nothing(admin, newcomer):
    first = giving.give(newcomer, "leader", COUNTY, giver=admin, reason=WHY)
    giving.confirm(first, second=person("third", "system_admin"))
    first.refresh_from_db()
    again = giving.give(newcomer, "clinic", TOWN, giver=admin, reason=WHY)
    refused("mandate-not-by-oneself", giving.confirm, again, second=first)


def test_what_is_refused_never_ran(admin, second, newcomer):
    grave = giving.give(newcomer, "clinic", TOWN, giver=admin, reason=WHY)
    giving.refuse(grave, second=second, reason="没有资质")
    assert not runs(grave)
    refused("mandate-not-awaiting", giving.confirm, grave, second=second)


@pytest.mark.parametrize(
    ("giver", "scope", "reason", "code"),
    [
        ("admin", OTHER_TOWN, WHY, "mandate-beyond-scope"),
        ("admin", TOWN, "", "mandate-reason-needed"),
        ("office", TOWN, WHY, "mandate-not-yours-to-give"),
    ],
)
def test_nobody_gives_beyond_what_is_his(newcomer, giver, scope, reason, code):
    who = person(giver, "system_admin" if giver == "admin" else "township", TOWN)
    refused(code, giving.give, newcomer, "grid", scope, giver=who, reason=reason)


def test_nobody_gives_to_oneself(admin):
    refused("mandate-not-to-oneself", giving.give, admin.account, "grid", TOWN, giver=admin, reason=WHY)


@pytest.mark.parametrize(
    ("one", "other"),
    [("system_admin", "grid"), ("privacy_officer", "inspector"), ("privacy_officer", "system_admin")],
)
def test_who_manages_or_audits_sees_no_persons(admin, newcomer, one, other):
    mandates.grant(newcomer, one, COUNTY, by="test:1")
    refused("mandate-kept-apart", giving.give, newcomer, other, TOWN, giver=admin, reason=WHY)


def test_a_delegation_ends_stays_inside_and_cannot_be_passed_on(newcomer):
    source, soon = person("boss", "township", TOWN), clock.now() + HOUR
    for until in (clock.now() - HOUR, clock.now() + dt.timedelta(days=15)):
        refused("mandate-bad-end", giving.delegate, source, newcomer, ends_at=until, reason=WHY)
    refused("mandate-beyond-scope", giving.delegate, source, newcomer, scope=COUNTY, ends_at=soon, reason=WHY)
    made = giving.delegate(source, newcomer, ends_at=soon, reason=WHY)
    assert runs(made) and made.capabilities == source.capabilities
    third = accounts.make_account("third", "long-enough-1", title="第三人", by="test:1")
    refused("mandate-not-passed-on", giving.delegate, made, third, ends_at=soon, reason=WHY)
    giving.take_back(made, by=source, reason=WHY)
    assert not runs(made)


def test_a_delegation_of_a_grave_role_awaits_a_second_person(second, newcomer):
    source = person("doctor", "clinic", TOWN)
    made = giving.delegate(source, newcomer, ends_at=clock.now() + HOUR, reason=WHY)
    assert not runs(made)
    giving.confirm(made, second=second)
    assert runs(made)


def test_a_delegation_ends_when_the_post_of_its_source_changes_hands(newcomer):
    worker = Worker.objects.create(sealed=b"", phone_key=b"1", name_key=b"1")
    boss = accounts.make_account("boss", "long-enough-1", title="b", worker=worker, by="test:1")
    post = posts.place_post("grid_worker", TOWN)
    posts.hold(post, worker.pk, clock.now() - HOUR, by="test:1")
    source = mandates.grant(boss, "grid", TOWN, post=post, starts_at=clock.now() - HOUR, by="test:1")
    made = giving.delegate(source, newcomer, ends_at=clock.now() + HOUR, reason=WHY)
    assert runs(made)
    posts.leave(post, worker.pk, by="test:1")
    assert not runs(made)


def test_a_delegation_ends_when_its_sources_log_in_is_shut(newcomer):
    source = person("boss", "township", TOWN)
    made = giving.delegate(source, newcomer, ends_at=clock.now() + HOUR, reason=WHY)
    source.account.user.is_active = False
    source.account.user.save()
    assert not runs(made)


def test_an_emergency_widens_to_the_township_for_an_hour_at_most():
    grid = person("grid", "grid", TOWN + "003")
    taken = emergencies.take(grid, wider=True, unmask=False, minutes=900, reason="透析病人联系不上")
    assert taken.mandate.scope == TOWN
    assert taken.mandate.ends_at - taken.mandate.starts_at == HOUR
    assert runs(taken.mandate) and taken in emergencies.running_in(COUNTY)
    assert mandates.running(grid.account.user_id, clock.now() + HOUR).count() == 1
    emergencies.give_back(taken, by=grid)
    assert not runs(taken.mandate)


def test_an_emergency_needs_the_right_a_reason_and_something_to_gain():
    grid, leader = person("grid", "grid", TOWN), person("leader", "leader", TOWN)
    take = {"wider": True, "unmask": True}
    refused("emergency-may-not", emergencies.take, leader, **take, reason="透析病人联系不上")
    refused("emergency-say-why", emergencies.take, grid, **take, reason="急")
    refused("emergency-nothing-more", emergencies.take, grid, **take, reason="透析病人联系不上")


def test_an_emergency_adds_the_right_to_unmask_and_only_while_it_lasts():
    role = Role.objects.create(
        code="watch", title="w", title_en="w", capabilities=["see-persons", "break-glass"]
    )
    watch = person("watch", role.pk, TOWN)
    taken = emergencies.take(watch, wider=False, unmask=True, reason="透析病人联系不上")
    assert taken.mandate.may(Capability.UNMASK) and not watch.may(Capability.UNMASK)
    refused(
        "emergency-may-not",
        emergencies.take,
        taken.mandate,
        wider=False,
        unmask=True,
        reason="再来一小时可以吗",
    )


def test_the_privacy_officer_reviews_an_emergency_once_and_says_what():
    officer = person("officer", "privacy_officer")
    grid = person("grid", "grid", TOWN + "003")
    taken = emergencies.take(grid, wider=True, unmask=False, reason="透析病人联系不上")
    assert list(emergencies.to_review(COUNTY)) == [taken]
    for who in (grid, person("township", "township", TOWN)):
        refused("emergency-may-not", emergencies.review, taken, justified=True, finding="情况属实", by=who)
    refused("emergency-say-finding", emergencies.review, taken, justified=True, finding="", by=officer)
    emergencies.review(taken, justified=True, finding="情况属实", by=officer)
    again = {"justified": True, "finding": "再看一遍", "by": officer}
    refused("emergency-not-to-review", emergencies.review, taken, **again)
    assert not emergencies.to_review(COUNTY).exists() and emergencies.reviewed(COUNTY).count() == 1


def test_nobody_reviews_what_they_took_by_another_log_in():
    """One worker with two log-ins is one human; two log-ins of two workers are two."""
    grid, own, other = person("grid", "grid", TOWN + "003"), officer("own"), officer("other")
    worker = Worker.objects.get(pk=workers.ensure("安", "19900006501"))
    for mandate in (grid, own):
        Account.objects.filter(pk=mandate.account_id).update(worker=worker)
    taken = emergencies.take(grid, wider=True, unmask=False, reason="透析病人联系不上")
    review = {"justified": True, "finding": "情况属实"}
    refused("emergency-may-not", emergencies.review, taken, **review, by=own)
    assert emergencies.review(taken, **review, by=other).reviewed_by == other.actor


def officer(name):
    return person(name, "privacy_officer")


def test_a_review_without_a_finding_cannot_be_stored():
    grid = person("grid", "grid", TOWN + "003")
    taken = emergencies.take(grid, wider=True, unmask=False, reason="透析病人联系不上")
    with pytest.raises(IntegrityError), transaction.atomic():
        Emergency.objects.filter(pk=taken.pk).update(reviewed_at=clock.now(), justified=True)


def test_a_role_is_changed_by_two_after_its_effect_was_shown(admin, second):
    grid, role = person("grid", "grid", TOWN), Role.objects.get(pk="grid")
    wanted = [*role.capabilities, "export"]
    effect = changing.effect(role, wanted)
    assert (effect.gained, effect.lost, effect.accounts) == ([Capability.EXPORT], [], 1)
    change = changing.ask(role, wanted, by=admin, reason=WHY)
    refused("mandate-not-by-oneself", changing.decide, change, accept=True, second=admin)
    changing.decide(change, accept=True, second=second)
    assert mandates.chosen(grid.account.user_id, None).may(Capability.EXPORT)
    refused("role-change-not-open", changing.decide, change, accept=True, second=second)


def test_a_role_cannot_join_what_is_kept_apart(admin, second):
    role = Role.objects.get(pk="system_admin")
    wanted = [*role.capabilities, "see-persons"]
    refused("mandate-kept-apart", changing.ask, role, wanted, by=admin, reason=WHY)
    township = person("t-admin", "system_admin", TOWN)
    refused("role-county-only", changing.ask, role, ["audit"], by=township, reason=WHY)


def test_a_change_that_was_refused_changes_nothing(admin, second):
    role = Role.objects.get(pk="grid")
    change = changing.ask(role, ["see-numbers"], by=admin, reason=WHY)
    refused("role-one-change-at-a-time", changing.ask, role, ["export"], by=second, reason=WHY)
    changing.decide(change, accept=False, second=second)
    role.refresh_from_db()
    assert "see-persons" in role.capabilities
