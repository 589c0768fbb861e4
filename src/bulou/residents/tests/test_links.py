"""A link shows nothing by itself, locks after a few wrong answers, ends, and is withdrawn by either side."""

from datetime import timedelta

import pytest

from bulou.kernel import clock
from bulou.kernel.models import AuditLine
from bulou.kernel.problems import BulouError
from bulou.people.models import Person
from bulou.residents import links
from bulou.residents.models import PersonalLink
from bulou.residents.retention import LINKS
from bulou.residents.tests.build import NOW, PHONE, places, resident

pytestmark = pytest.mark.django_db
RIGHT = {"phone": "199 0000 0001", "birth": "1980-03"}
WRONG = {"phone": PHONE, "birth": "198004"}


@pytest.fixture
def made():
    places()
    with clock.at(NOW):
        yield links.make(resident(), by="user:1")


def refused(code, call):
    with pytest.raises(BulouError) as caught:
        call()
    assert caught.value.code == code
    return caught.value


def test_only_a_digest_is_kept_of_256_random_bits(made):
    token, link = made
    assert len(token) == 43
    assert token.encode() not in bytes(PersonalLink.objects.get().digest)
    assert links.find(token).pk == link.pk
    refused("link-dead", lambda: links.find(token[:-1] + "A" if token[-1] != "A" else token[:-1] + "B"))
    assert token not in repr(list(AuditLine.objects.values()))


def test_it_opens_with_the_phone_and_the_month_of_birth_that_are_registered(made):
    token, _link = made
    assert links.answer(links.find(token), **RIGHT).opened_at == clock.now()
    for wrong in (WRONG, {"phone": "19900000002", "birth": "198003"}, {"phone": "", "birth": ""}):
        refused("link-not-you", lambda wrong=wrong: links.answer(links.find(token), **wrong))


def test_the_fifth_wrong_answer_locks_it_until_the_office_frees_it(made):
    token, link = made
    left = [refused("link-not-you", lambda: links.answer(link, **WRONG)).params["left"] for _ in range(4)]
    assert left == [4, 3, 2, 1]
    refused("link-locked", lambda: links.answer(link, **WRONG))
    refused("link-locked", lambda: links.answer(links.find(token), **RIGHT))
    links.free(link, by="user:1")
    assert links.answer(links.find(token), **RIGHT).tries == 0


def test_a_right_answer_gives_the_tries_back(made):
    _token, link = made
    refused("link-not-you", lambda: links.answer(link, **WRONG))
    assert links.answer(link, **RIGHT).tries == 0


def test_it_ends_by_itself_and_is_withdrawn_at_once(made):
    token, link = made
    with clock.at(link.ends_at - timedelta(seconds=1)):
        links.find(token)
    with clock.at(link.ends_at):
        refused("link-dead", lambda: links.find(token))
    links.withdraw(link, by="resident:1")
    refused("link-dead", lambda: links.find(token))
    links.withdraw(link, by="user:1")
    assert PersonalLink.objects.get().withdrawn_by == "resident:1"


def test_a_new_link_ends_the_one_before(made):
    token, link = made
    newer, _ = links.make(link.person, by="user:1")
    refused("link-dead", lambda: links.find(token))
    assert links.find(newer).person == link.person


def test_somebody_of_whom_nothing_is_known_gets_a_paper_instead(made):
    bare = resident(number="", phone="")
    refused("link-no-question", lambda: links.make(bare, by="user:1"))
    assert links.questions(resident(number="")) == links.Questions(phone=True, birth=False)
    _token, link = links.make(resident(number=""), by="user:1")
    assert links.answer(link, phone=PHONE, birth="").opened_at


def test_the_link_of_somebody_who_was_erased_is_dead(made):
    token, link = made
    Person.objects.filter(pk=link.person_id).update(sealed=b"")
    refused("link-dead", lambda: links.find(token))


def test_links_are_erased_a_month_after_their_end(made):
    _token, link = made
    links.withdraw(link, by="user:1")
    assert list(LINKS.due(clock.now() + timedelta(days=29))) == []
    assert list(LINKS.due(clock.now() + timedelta(days=31))) == [link]
