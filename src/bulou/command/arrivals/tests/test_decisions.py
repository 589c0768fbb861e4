import re

import pytest

from bulou.arrivals.models import Proposal
from bulou.command.arrivals.tests import build
from bulou.kernel import clock, seal
from bulou.kernel.models import AuditLine
from bulou.people.lookups import UNMASKED

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
SAID = {
    "ground": "传染病防治法第三十九条",
    "decided_by": "县疫情防控办公室",
    "appeal": "可在60日内申请行政复议",
}


@pytest.fixture
def asked(hands):
    """Three who were in a risk area, and the questions about them."""
    build.risky()
    for serial in (50, 51, 52):
        build.journey(serial, stops=[build.stop()])
    return list(Proposal.objects.order_by("pk"))


def look(browser, proposal, reason="返乡人员定级"):
    return browser.post(f"/arrivals/decisions/{proposal.pk}", {"do": "look", "reason": reason})


def decide(browser, proposal, **given):
    return browser.post(f"/arrivals/decisions/{proposal.pk}", SAID | {"rule": "medium"} | given)


def test_who_has_waited_longest_stands_first(log_in, hands):
    later = build.journey(50)
    with clock.at(clock.now() - clock.DAY / 24):
        earlier = build.journey(51)
    page = log_in("county").get("/arrivals/decisions").content.decode()
    assert re.findall(r"FX22-\d{6}</span>", page)[0].startswith(earlier.number)
    assert later.number in page
    assert "1 小时" in page


def test_the_evidence_opens_with_a_reason_before_anybody_decides(log_in, asked):
    browser, url = log_in("county"), f"/arrivals/decisions/{asked[0].pk}"
    sealed = browser.get(url).content.decode()
    assert "浦东新区" not in sealed
    assert "在那里的日期" not in sealed
    assert decide(browser, asked[0]).status_code == 409
    assert look(browser, asked[0], "看").status_code == 422
    assert look(browser, asked[0]).status_code == 302
    page = browser.get(url).content.decode()
    assert "在上海市浦东新区" in page
    assert "在那里的日期" in page
    assert 'value="medium" selected' in page
    line = AuditLine.objects.get(action=UNMASKED)
    assert (line.subject, line.detail["field"]) == (f"person:{asked[0].journey.person_id}", "visits")


def test_a_decision_says_rule_ground_who_and_how_to_appeal(log_in, asked):
    browser = log_in("county")
    look(browser, asked[0])
    assert "缺少法律依据" in decide(browser, asked[0], ground=" ").content.decode()
    assert decide(browser, asked[0], first_day="2022-04-15").status_code == 302
    found = Proposal.objects.get(pk=asked[0].pk)
    kept = seal.unseal(found.sealed)
    assert (kept["label"], kept["ground"], found.decided_by) == (
        "14+7",
        SAID["ground"],
        f"user:{browser.session['_auth_user_id']}",
    )
    assert [str(clock.local(part.starts_at).date()) for part in found.parts.order_by("ordinal")] == [
        "2022-04-15",
        "2022-04-29",
    ]
    assert decide(browser, asked[0]).status_code == 404


def test_another_rule_needs_a_reason(log_in, asked):
    browser = log_in("county")
    look(browser, asked[0])
    assert "请写明理由" in decide(browser, asked[0], rule="cases").content.decode()
    assert decide(browser, asked[0], rule="cases", words="只经停机场,未出站").status_code == 302


def test_what_was_said_of_one_is_there_for_the_next(log_in, asked):
    browser = log_in("county")
    for one in asked[:2]:
        look(browser, one)
    decide(browser, asked[0])
    page = browser.get(f"/arrivals/decisions/{asked[1].pk}").content.decode()
    assert f'value="{SAID["ground"]}"' in page


def test_values_that_nobody_signed_are_no_ground(log_in, asked):
    browser = log_in("county")
    look(browser, asked[0])
    page = browser.get(f"/arrivals/decisions/{asked[0].pk}").content.decode()
    assert "待确认" not in page
    assert "行政复议" in page


def test_several_are_decided_when_each_was_looked_at(log_in, asked):
    browser = log_in("county")
    ids = [one.pk for one in asked]
    for one in asked[:2]:
        look(browser, one)
    assert browser.post("/arrivals/decisions/several", {"id": ids}).status_code == 409
    shown = browser.post("/arrivals/decisions/several", {"id": ids[:2]}).content.decode()
    assert shown.count("在上海市浦东新区") == 2
    assert not Proposal.objects.filter(decided_at__isnull=False).exists()
    done = browser.post("/arrivals/decisions/several", SAID | {"id": ids[:2], "ready": "1"})
    assert done.status_code == 302
    assert set(Proposal.objects.filter(decided_at__isnull=False).values_list("pk", flat=True)) == set(ids[:2])


def test_what_somebody_else_looked_at_does_not_count(log_in, asked, world):
    from bulou.command.tests.world import COUNTY, account

    world.users["other"] = account("other", COUNTY, "county_office")
    look(log_in("county"), asked[0])
    assert decide(log_in("other"), asked[0]).status_code == 409


def test_who_decides_nothing_has_no_list(log_in, asked):
    for who in ("owner", "colleague", "stranger"):
        assert log_in(who).get("/arrivals/decisions").status_code == 403
        assert decide(log_in(who), asked[0]).status_code == 403


def test_the_list_asks_no_more_for_more(log_in, asked):
    browser, counts = log_in("county"), []
    for serials in ((), range(53, 63)):
        for serial in serials:
            build.journey(serial)
        counts.append(build.queries(browser, "/arrivals/decisions"))
    assert counts[1] == counts[0] <= MOST_QUERIES, counts
