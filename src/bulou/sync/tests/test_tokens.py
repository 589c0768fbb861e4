from datetime import timedelta

import pytest

from bulou.kernel import clock
from bulou.kernel.models import AuditLine
from bulou.kernel.problems import BulouError
from bulou.sync import tokens
from bulou.sync.models import Token
from bulou.sync.tests.support import OTHER_VILLAGE, VILLAGE

pytestmark = pytest.mark.django_db

NOON = "2022-04-16T12:00+08:00"


def code_of(call, *args, **more):
    with pytest.raises(BulouError) as caught:
        call(*args, **more)
    return caught.value.code


def test_a_token_speaks_for_its_post_and_scope(post):
    text, token = tokens.make(post.pk, VILLAGE, 7, by="user:1")
    found = tokens.authenticate(f"Bearer {text}")
    assert (found, found.post, found.scope) == (token, post, VILLAGE)


def test_the_text_of_a_token_is_nowhere_in_the_database(post):
    text, token = tokens.make(post.pk, VILLAGE, 7, by="user:1")
    assert text not in str(Token.objects.values().get(pk=token.pk))
    assert text.startswith("bulou_")
    assert len(token.digest) == 64


def test_making_a_token_is_on_the_audit_chain(post):
    _text, token = tokens.make(post.pk, VILLAGE, 7, by="user:1")
    line = AuditLine.objects.get(action="token.made")
    assert (line.actor, line.subject, line.place) == ("user:1", f"token:{token.pk}", VILLAGE)


def test_a_scope_below_the_post_is_given(village, post):
    post.place = "141022100"
    post.save()
    assert tokens.make(post.pk, OTHER_VILLAGE, 1, by="user:1")[1].scope == OTHER_VILLAGE


@pytest.mark.parametrize("scope", ["141022", "141022100", OTHER_VILLAGE])
def test_a_scope_beyond_the_post_stands_on_the_audit_chain(post, scope):
    tokens.make(post.pk, scope, 7, by="command")
    assert AuditLine.objects.get(action="token.made").detail["beyond_post"]


def test_a_post_that_is_not_there_or_closed_gets_no_token(post):
    assert code_of(tokens.make, post.pk + 1, VILLAGE, 7, by="user:1") == "token-no-such-post"
    post.closed_at = clock.now()
    post.save()
    assert code_of(tokens.make, post.pk, VILLAGE, 7, by="user:1") == "token-no-such-post"


def test_a_place_that_is_not_there_is_no_scope(post):
    assert code_of(tokens.make, post.pk, VILLAGE + "999", 7, by="user:1") == "token-no-such-scope"


@pytest.mark.parametrize("days", [0, -1, 367])
def test_days_are_bounded(post, days):
    assert code_of(tokens.make, post.pk, VILLAGE, days, by="user:1") == "token-bad-days"


def test_a_token_ends_by_the_county_clock(post):
    with clock.at(NOON) as noon:
        text, _token = tokens.make(post.pk, VILLAGE, 1, by="user:1")
    with clock.at(noon + timedelta(days=1, microseconds=-1)):
        tokens.authenticate(f"Bearer {text}")
    with clock.at(noon + timedelta(days=1)):
        assert code_of(tokens.authenticate, f"Bearer {text}") == "token-invalid"


def test_a_withdrawn_token_is_refused_at_once(post):
    text, token = tokens.make(post.pk, VILLAGE, 7, by="user:1")
    tokens.withdraw(token.pk, by="user:2")
    tokens.withdraw(token.pk, by="user:2")
    assert code_of(tokens.authenticate, f"Bearer {text}") == "token-invalid"
    assert AuditLine.objects.filter(action="token.withdrawn").count() == 1


def test_withdrawing_what_is_not_there_says_so():
    assert code_of(tokens.withdraw, 12345, by="user:2") == "token-no-such-token"


def test_closing_the_post_ends_its_tokens(post):
    text, _token = tokens.make(post.pk, VILLAGE, 7, by="user:1")
    post.closed_at = clock.now()
    post.save()
    assert code_of(tokens.authenticate, f"Bearer {text}") == "token-invalid"


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer  ", "Basic abc", "Bearer \udcff\x00", "Bearer 中文"]
)
def test_whatever_is_no_token_is_refused_alike(header):
    assert code_of(tokens.authenticate, header) == "token-invalid"
