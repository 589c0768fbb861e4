"""Invitations, second factors, log-ins."""

import datetime as dt
import time

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.test import Client

from bulou.kernel import clock
from bulou.kernel.problems import BulouError
from bulou.rights import accounts, factors, invitations, log_ins, mandates, passkeys
from bulou.rights.models import Invitation, RecoveryCode, SecondFactor

pytestmark = pytest.mark.usefixtures("county")
SECRET = bytes(20)
GOOD = "correct horse battery"


@pytest.fixture
def account(county):
    return accounts.make_account("duty", "long-enough-1", title="值班", by="test:1")


def code(at=0):
    return TOTP(SECRET, 6, SHA1(), 30).generate(time.time() + at).decode()


def refused(code, verb, *args, **more):
    with pytest.raises(BulouError) as caught:
        verb(*args, **more)
    assert caught.value.code == code


def test_an_invitation_works_once_and_sets_the_password(county):
    made, secret = invitations.invite("tangxing-duty", title="唐兴镇值班", by="test:1")
    assert not made.user.has_usable_password()
    refused("account-bad-password", invitations.accept, secret, "short")
    assert invitations.accept(secret, GOOD).user.check_password(GOOD)
    refused("invitation-ended", invitations.accept, secret, GOOD)


def test_an_invitation_ends_and_only_its_digest_is_kept(county):
    made, secret = invitations.invite("duty", title="值班", by="test:1")
    assert secret not in str(Invitation.objects.values_list())
    with clock.at(clock.now() + invitations.LASTS):
        refused("invitation-ended", invitations.find, secret)
    newer = invitations.new_link(made, by="test:1")
    refused("invitation-ended", invitations.find, secret)
    assert invitations.find(newer).account == made


@pytest.mark.parametrize("name", ["ab", "Wang", "14109919800101001X", "王小明", "a b"])
def test_a_user_name_is_no_name_and_no_number(county, name):
    refused("account-bad-username", invitations.invite, name, title="值班", by="test:1")


def test_a_user_name_is_given_once(account):
    refused("account-username-taken", invitations.invite, "duty", title="值班", by="test:1")


def test_a_log_in_that_is_shut_is_out_everywhere(account):
    browser = Client()
    browser.force_login(account.user)
    assert log_ins.standing(account.user_id).count() == 1
    invitations.shut(account, by="test:1", reason="离职")
    assert log_ins.standing(account.user_id).count() == 0
    assert browser.get("/account").status_code == 302
    invitations.reopen(account, by="test:1", reason="返岗")
    account.user.refresh_from_db()
    assert account.user.is_active


def test_a_code_is_taken_once_and_the_secret_is_sealed(account):
    user = account.user_id
    refused("factor-wrong-code", factors.enrol_code, user, SECRET, "000000" if code() != "000000" else "1")
    factors.enrol_code(user, SECRET, code())
    assert SECRET.hex().encode() not in bytes(SecondFactor.objects.get().sealed)
    refused("factor-wrong-code", factors.check_code, user, code())
    factors.check_code(user, code(30))
    refused("factor-wrong-code", factors.check_code, user, code(30))
    refused("factor-wrong-code", factors.check_code, user, code(900))


def test_a_recovery_code_works_once_and_is_not_kept(account):
    user = account.user_id
    first, second, *_ = factors.new_recovery_codes(user)
    assert first.replace("-", "").encode() not in b"".join(
        bytes(one.key) for one in RecoveryCode.objects.all()
    )
    factors.check_code(user, first.upper())
    refused("factor-wrong-code", factors.check_code, user, first)
    assert factors.recovery_codes_left(user) == 9
    factors.new_recovery_codes(user)
    refused("factor-wrong-code", factors.check_code, user, second)


def test_the_last_factor_stays_while_one_is_needed(account):
    factor = factors.enrol_code(account.user_id, SECRET, code())
    refused("factor-last-one", factors.remove, factor, by="user:1", needed=True)
    factors.remove(factor, by="user:1", needed=False)
    assert not factors.is_asked(account.user_id)


def test_a_passkey_that_was_not_asked_for_is_refused(account):
    user = account.user_id
    options, state = passkeys.begin_enrolment(user, "duty", "localhost:8000")
    assert options["publicKey"]["rp"]["id"] == "localhost"
    for answer in ({}, {"id": "x"}, {"id": "eA", "rawId": "eA", "type": "public-key", "response": {}}):
        for kept in (state, None):
            refused(
                "passkey-not-verified", passkeys.complete_enrolment, user, answer, kept, "localhost", title=""
            )
            refused("passkey-not-verified", passkeys.check, user, answer, kept, "localhost")


@pytest.mark.parametrize(("scope", "asked"), [("141022", True), ("141022100", True), ("141022100003", False)])
def test_a_township_or_more_asks_for_a_second_factor(account, settings, scope, asked):
    settings.BULOU_SECOND_FACTOR = "required"
    mandate = mandates.grant(account, "inspector", scope, by="test:1")
    assert factors.is_required(mandate) is asked
    settings.BULOU_SECOND_FACTOR = "off"
    assert not factors.is_required(mandate)


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (
            "Mozilla/5.0 (Linux; Android 12; X) AppleWebKit/537 Chrome/99.0 Mobile Safari/537",
            "Chrome · Android",
        ),
        ("Mozilla/5.0 (iPhone; CPU) Version/15 Safari/604 MicroMessenger/8", "MicroMessenger · iPhone"),
        ("curl/8", ""),
    ],
)
def test_a_device_is_told_by_its_kind_only(agent, device):
    assert log_ins.device_of(agent) == device


def test_a_log_in_is_seen_at_most_every_five_minutes(account):
    browser, start = Client(), clock.now()
    with clock.at(start):
        browser.force_login(account.user)
    for minutes, seen in ((2, 0), (6, 6), (8, 6)):
        with clock.at(start + dt.timedelta(minutes=minutes)):
            browser.get("/account")
        assert log_ins.standing(account.user_id).get().seen_at == start + dt.timedelta(minutes=seen)
