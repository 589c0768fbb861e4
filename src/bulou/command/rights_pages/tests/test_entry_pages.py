"""Getting in: password, second factor, shared phones, invitations, lock-out; and one's own account."""

import datetime as dt
import time

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.test import Client

from bulou.command.tests.world import COUNTY
from bulou.kernel import clock
from bulou.rights import accounts, factors, invitations, log_ins, mandates

pytestmark = pytest.mark.django_db
SECRET = bytes(20)
GOOD = "correct horse battery"


@pytest.fixture
def account(world):
    made = accounts.make_account("duty", GOOD, title="值班", by="test:1")
    mandates.grant(made, "inspector", COUNTY, starts_at=clock.now(), by="test:1")
    return made


@pytest.fixture
def required(settings):
    settings.BULOU_SECOND_FACTOR = "required"


def code(at=0):
    return TOTP(SECRET, 6, SHA1(), 30).generate(time.time() + at).decode()


def enter(password=GOOD, **more):
    browser = Client()
    return browser, browser.post("/login", {"username": "duty", "password": password, **more})


def test_who_sees_a_township_makes_a_second_factor_first(account, required):
    browser, _answer = enter()
    assert browser.get("/people")["Location"] == "/second-factor?next=%2Fpeople"
    assert browser.get("/second-factor?next=/people")["Location"] == "/second-factor/new?next=/people"
    page = browser.get("/second-factor/new").content.decode()
    assert "<svg" in page and 'style="' not in page
    secret = bytes.fromhex(browser.session["new_secret"])
    shown = TOTP(secret, 6, SHA1(), 30).generate(time.time()).decode()
    before = browser.session.session_key
    page = browser.post("/second-factor/new", {"code": shown, "next": "/people"})
    assert page.content.decode().count("<li><code>") == factors.RECOVERY_CODES
    assert browser.session.session_key != before
    assert browser.get("/people").status_code == 200


def test_whoever_has_a_second_factor_shows_it_at_every_log_in(account, required):
    factors.enrol_code(account.user_id, SECRET, code())
    browser, _answer = enter()
    for address in ("/", "/account", "/account/password", "/hats"):
        assert browser.get(address)["Location"].startswith("/second-factor?next="), address
    assert browser.get("/second-factor/new").status_code == 302, "another cannot be put in its place"
    assert browser.post("/second-factor", {"code": "000000"}).status_code == 422
    before = browser.session.session_key
    assert browser.post("/second-factor", {"code": code(30), "next": "/account"})["Location"] == "/account"
    assert browser.session.session_key != before
    assert browser.get("/account").status_code == 200
    assert log_ins.standing(account.user_id).get().session == browser.session.session_key


def test_wrong_codes_lock_like_wrong_passwords(account, required):
    factors.enrol_code(account.user_id, SECRET, code())
    browser, _answer = enter()
    answers = [browser.post("/second-factor", {"code": "000000"}).status_code for _ in range(8)]
    assert answers == [422] * (settings.AXES_FAILURE_LIMIT - 1) + [429]
    assert browser.get("/account")["Location"].startswith("/login")
    assert enter()[1].status_code == 429


def test_a_wrong_password_locks_by_user_and_place_and_says_how_long(account):
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert enter("wrong")[1].status_code == 200
    answer = enter("wrong")[1]
    assert answer.status_code == 429 and "15 分钟" in answer.content.decode()
    assert enter()[1].status_code == 429


def test_the_session_gets_a_new_key_at_log_in(account):
    browser = Client()
    browser.get("/login")
    fixed = browser.session.session_key
    browser.post("/login", {"username": "duty", "password": GOOD})
    assert browser.session.session_key != fixed


def test_a_shared_phone_is_out_after_half_an_hour_without_use(account):
    own, _answer = enter()
    shared, _answer = enter(shared="1")
    assert own.session.get_expiry_age() == 12 * 3600
    assert shared.session.get_expiry_age() == 30 * 60
    assert log_ins.standing(account.user_id).filter(is_shared=True).count() == 1


def test_a_device_is_signed_out_from_afar_and_only_ones_own(account, log_in):
    one, _answer = enter()
    other, _answer = enter()
    there = log_ins.standing(account.user_id).get(session=other.session.session_key)
    assert log_in("owner").post(f"/account/log-ins/{there.pk}/end").status_code == 404
    one.post(f"/account/log-ins/{there.pk}/end")
    assert other.get("/account").status_code == 302
    assert one.get("/account").status_code == 200


def test_a_new_password_signs_the_other_devices_out(account):
    one, _answer = enter()
    other, _answer = enter()
    new = "battery horse correct"
    wrong = {"now": "no", "password": new, "again": new}
    assert one.post("/account/password", wrong).status_code == 422
    assert one.post("/account/password", {**wrong, "now": GOOD, "again": "x"}).status_code == 422
    assert one.post("/account/password", {**wrong, "now": GOOD}).status_code == 302
    assert (one.get("/account").status_code, other.get("/account").status_code) == (200, 302)
    assert enter(new)[1].status_code == 302


def test_an_invitation_sets_the_password_and_logs_in(world):
    _made, secret = invitations.invite("newcomer", title="新来的", by="test:1")
    browser = Client()
    assert browser.get(f"/invitation/{secret}").status_code == 200
    assert browser.post(f"/invitation/{secret}", {"password": GOOD, "again": GOOD}).status_code == 302
    assert browser.get("/account").status_code == 200
    assert browser.get("/").status_code == 403, "an account without a mandate sees nothing"
    assert Client().get(f"/invitation/{secret}").status_code == 404


def test_a_hat_is_changed_and_the_session_gets_a_new_key(account):
    second = mandates.grant(account, "department", COUNTY, starts_at=clock.now(), by="test:1")
    browser, _answer = enter()
    before = browser.session.session_key
    assert browser.get("/people").status_code == 200
    browser.post("/hats", {"mandate": second.pk})
    assert browser.get("/people").status_code == 403
    assert browser.session.session_key != before
    assert browser.post("/hats", {"mandate": 999}).status_code == 404


def test_an_emergency_opens_the_township_for_an_hour(world, log_in, settings):
    settings.BULOU_SECOND_FACTOR = "required"
    stranger = world.cases["next_door"][0].person.uid
    browser = log_in("owner")
    assert browser.get(f"/people/{stranger}").status_code == 404
    browser.post("/emergency", {"wider": "1", "reason": "透析病人联系不上,需要上门"})
    assert browser.get(f"/people/{stranger}").status_code == 200
    with clock.at(clock.now() + dt.timedelta(minutes=61)):
        assert browser.get(f"/people/{stranger}").status_code == 404


@pytest.mark.parametrize("address", ["/account", "/hats", "/delegations", "/emergency"])
def test_a_page_of_ones_own_asks_the_database_little(log_in, address, django_assert_max_num_queries):
    browser = log_in("owner")
    browser.get(address)
    with django_assert_max_num_queries(12):
        assert browser.get(address).status_code == 200
