"""What programs do with accounts, mandates and roles, and how they read the audit chain."""

import pytest

from bulou.command.api.tests.test_programs import Program, code, every
from bulou.command.tests.world import COUNTY, ELSEWHERE, HOME, VILLAGE, account
from bulou.kernel import clock
from bulou.kernel.models import AuditLine
from bulou.places import posts, workers
from bulou.rights import emergencies, invitations, mandates
from bulou.rights.capabilities import Capability as C
from bulou.rights.models import Account, Emergency, Mandate, Role
from bulou.sync.models import KeptAnswer

pytestmark = pytest.mark.django_db
WHY = "值班需要"
KEY = {"Idempotency-Key": "k1"}


@pytest.fixture
def manager(world):
    return Program(C.MANAGE_RIGHTS, scope=COUNTY, role="授权岗")


@pytest.fixture
def officer(world):
    return Program(C.AUDIT, scope=COUNTY, role="隐私岗")


def account_of(world, name="owner"):
    return world.users[name].account


def admin():
    """An administrator who has logged in."""
    found = mandates.running(account("zhao", COUNTY, "system_admin").pk).get()
    Account.objects.filter(pk=found.account_id).update(worker=workers.ensure("任某", "19900009901"))
    found.account.refresh_from_db()
    return found


def hold(program, name, phone):
    """Somebody holds the post of the program's token, and so stands behind it."""
    posts.hold(program.token.post_id, workers.ensure(name, phone), clock.now(), by="test:rights")


def test_accounts_come_in_pages_of_the_scope(world, manager):
    assert len(every(manager, "/accounts")) == Account.objects.count()
    narrow = {row["username"] for row in every(Program(C.MANAGE_RIGHTS, scope=HOME), "/accounts")}
    assert "owner" in narrow and not narrow & {"stranger", "neighbour", "county"}
    one = manager.get(f"/accounts/{account_of(world).pk}").json()
    assert [(row["role"], row["scope"], row["state"]) for row in one["mandates"]] == [
        ("grid", HOME, "running")
    ]
    away = Program(C.MANAGE_RIGHTS, scope=ELSEWHERE).get(f"/accounts/{account_of(world).pk}")
    assert code(away) == "api-no-such-account"


def test_an_account_is_invited_once_and_its_link_works(manager):
    body = {"username": "duty1", "title": "唐兴镇值班"}
    made = manager.ask("POST", "/accounts", body, **KEY)
    assert made.status_code == 201, made.content
    assert manager.ask("POST", "/accounts", body, **KEY).json() == made.json()
    secret = made.json()["link"].rpartition("/")[2]
    assert invitations.find(secret).account.title == "唐兴镇值班"
    assert secret.encode() not in bytes(KeptAnswer.objects.get().sealed)
    again = manager.ask("POST", f"/accounts/{made.json()['id']}/link").json()
    assert again["link"] != made.json()["link"]
    assert code(manager.ask("POST", "/accounts", body)) == "account-username-taken"


def test_an_account_is_shut_with_a_reason_and_opened_again(world, manager):
    path = f"/accounts/{account_of(world).pk}"
    assert code(manager.ask("POST", f"{path}/shut", {"reason": "x"})) == "mandate-reason-needed"
    assert manager.ask("POST", f"{path}/shut", {"reason": "手机丢失"}).json()["open"] is False
    assert manager.ask("POST", f"{path}/reopen", {"reason": "手机找回"}).json()["open"] is True
    assert manager.ask("POST", f"{path}/reset", {"reason": "手机丢失"}).json()["factors"] == 0


def test_an_account_is_tied_to_a_worker(world, manager):
    who = workers.ensure("任某", "19900009901")
    path = f"/accounts/{account_of(world).pk}/worker"
    assert manager.ask("POST", path, {"worker": who}).json()["worker"] == who
    assert manager.ask("POST", path, {"worker": None}).json()["worker"] is None
    assert code(manager.ask("POST", path, {"worker": 999_999})) == "no-such-worker"


def test_a_plain_role_runs_at_once_and_is_withdrawn(world, manager):
    path = f"/accounts/{account_of(world, 'colleague').pk}/mandates"
    body = {"role": "inspector", "scope": VILLAGE, "reason": WHY}
    made = manager.ask("POST", path, body, **KEY).json()
    assert (made["state"], made["granted_by"]) == ("running", f"post:{manager.token.post_id}")
    assert manager.ask("POST", path, body, **KEY).json() == made
    away = Program(C.MANAGE_RIGHTS, scope=ELSEWHERE)
    assert code(away.ask("POST", path, body)) == "api-no-such-account"
    ended = manager.ask("POST", f"/mandates/{made['id']}/withdraw", {"reason": "值班结束"}).json()
    assert ended["state"] == "ended"


def test_a_grave_role_waits_for_a_person_who_has_logged_in(world, manager):
    path = f"/accounts/{account_of(world, 'colleague').pk}/mandates"
    made = manager.ask("POST", path, {"role": "clinic", "scope": VILLAGE, "reason": WHY}).json()
    assert made["state"] == "awaits"
    assert [row["id"] for row in every(manager, "/mandates/waiting")] == [made["id"]]
    confirm = f"/mandates/{made['id']}/confirm"
    assert code(manager.ask("POST", confirm)) == "mandate-not-by-oneself"
    other = Program(C.SIGN_DIRECTIVES, scope=COUNTY, role="签发岗")
    assert code(other.ask("POST", confirm)) == "mandate-two-programs"
    assert not Mandate.objects.get(pk=made["id"]).confirmed_by


def test_what_a_person_gave_a_program_confirms_or_refuses(world, manager):
    from bulou.rights import giving

    who = account_of(world, "colleague")
    hold(manager, "甄某", "19900009902")
    first, second = (
        giving.give(who, "clinic", VILLAGE, giver=admin_, reason=WHY) for admin_ in [admin()] * 2
    )
    assert manager.ask("POST", f"/mandates/{first.pk}/confirm").json()["state"] == "running"
    refused = manager.ask("POST", f"/mandates/{second.pk}/refuse", {"reason": "没有资质"}).json()
    assert refused["state"] == "ended"


def test_the_token_of_a_post_is_no_second_person_beside_its_holder(world, manager):
    from bulou.rights import giving

    giver = admin()
    hold(manager, "任某", "19900009901")
    made = giving.give(account_of(world, "colleague"), "clinic", VILLAGE, giver=giver, reason=WHY)
    assert code(manager.ask("POST", f"/mandates/{made.pk}/confirm")) == "mandate-not-by-oneself"
    own = f"/accounts/{giver.account_id}"
    body = {"role": "inspector", "scope": VILLAGE, "reason": WHY}
    assert code(manager.ask("POST", f"{own}/mandates", body)) == "mandate-not-to-oneself"
    assert code(manager.ask("POST", f"{own}/shut", {"reason": WHY})) == "mandate-not-to-oneself"


def test_a_role_is_changed_by_a_program_and_a_person(world, manager):
    from bulou.rights import changing

    hold(manager, "甄某", "19900009902")
    etag = manager.get("/roles/inspector")["ETag"]
    wanted = {"capabilities": ["see-numbers"]}
    effect = manager.ask("POST", "/roles/inspector/preview", wanted).json()
    assert (effect["gained"], effect["lost"]) == ([], ["see-persons"])
    made = manager.ask("POST", "/roles/inspector/changes", wanted | {"reason": WHY}, **{"If-Match": etag})
    assert made.status_code == 201 and made.json()["accepted"] is None
    path = f"/role-changes/{made.json()['id']}/decide"
    assert code(manager.ask("POST", path, {"accept": True})) == "mandate-not-by-oneself"
    assert [row["id"] for row in every(manager, "/role-changes?waiting=true")] == [made.json()["id"]]
    stale = manager.ask("POST", "/roles/inspector/changes", wanted | {"reason": WHY}, **{"If-Match": '"x"'})
    assert code(stale) == "changed-meanwhile"
    asked = Role.objects.get(pk="inspector").changes.get()
    changing.decide(asked, accept=True, second=admin())
    assert manager.get("/roles/inspector").json()["capabilities"] == ["see-numbers"]
    assert code(manager.get("/roles/none")) == "api-no-such-role"


def test_the_chain_is_read_by_pages_and_each_page_is_recorded(officer):
    lines = AuditLine.objects.count()
    rows = every(officer, "/audit")
    assert [row["seq"] for row in rows] == sorted((row["seq"] for row in rows), reverse=True)
    assert len(rows) == lines and AuditLine.objects.filter(action="audit.exported").count() > 1
    assert {row["action"] for row in every(officer, "/audit?action=mandate.granted")} == {"mandate.granted"}
    assert officer.get("/audit/state").json() == {"broken_at": None}
    assert code(Program(C.AUDIT, purpose="").get("/audit")) == "token-no-purpose"
    assert code(Program(C.AUDIT, scope=HOME).get(f"/audit?place={ELSEWHERE}")) == "place-outside-scope"


def test_an_emergency_is_reviewed_once(world, officer):
    hold(officer, "阅某", "19900009902")
    mandate = mandates.running(world.users["owner"].pk).get()
    Account.objects.filter(pk=mandate.account_id).update(worker=workers.ensure("权某", "19900009903"))
    mandate.account.refresh_from_db()
    taken = emergencies.take(mandate, wider=True, unmask=False, reason="透析病人联系不上了")
    assert [row["id"] for row in every(officer, "/emergencies?waiting=true")] == [taken.pk]
    path, body = f"/emergencies/{taken.pk}/review", {"justified": True, "finding": "情况属实"}
    assert officer.ask("POST", path, body, **KEY).json()["justified"] is True
    assert officer.ask("POST", path, body, **KEY).status_code == 200
    assert code(officer.ask("POST", path, body)) == "emergency-not-to-review"
    assert Emergency.objects.get().reviewed_by == f"post:{officer.token.post_id}"
    away = Program(C.AUDIT, scope=ELSEWHERE)
    assert every(away, "/emergencies") == [] and code(away.ask("POST", path, body)) == "api-no-such-emergency"


def test_who_looked_at_many_is_unusual(world, officer):
    assert officer.get("/audit/unusual").json() == {"rows": []}


def test_all_long_work_is_listed_for_who_keeps_the_house(world):
    from bulou.kernel import jobs

    made = {str(jobs.enqueue("exports.sweep", by="user:9", key=str(n)).pk) for n in range(3)}
    keeper = Program(C.KEEP_HOUSE, scope=COUNTY)
    assert {row["id"] for row in every(keeper, "/jobs")} == made
    one = made.pop()
    assert keeper.get(f"/jobs/{one}").json()["by"] == "user:9"
    assert code(Program(C.SEE_NUMBERS).get(f"/jobs/{one}")) == "api-no-such-job"
