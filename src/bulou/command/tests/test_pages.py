"""Every page of the office against everybody: what a new URL must answer for."""

from uuid import uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

pytestmark = pytest.mark.django_db
UID = uuid4()
OPEN = {"healthz", "login", "language"}
"""Pages for whoever is logged out."""
ELSEWHERE = "api/v1/"
"""Guarded by tokens; its own tests ask for it."""


def addresses() -> dict[str, str]:
    """Every address of the URL conf by its name."""
    found = {}
    for prefix, pattern in _patterns(get_resolver().url_patterns, ""):
        route = prefix + str(pattern.pattern)
        if not route.startswith(ELSEWHERE):
            filled = route.replace("<uuid:uid>", str(UID)).replace("<uuid:id>", str(UID))
            found[pattern.name] = "/" + filled.replace("<int:id>", "999")
    return found


def _patterns(patterns, prefix):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix, pattern


def test_no_page_answers_whoever_is_logged_out(client, world):
    for name, address in addresses().items():
        if name in OPEN or name == "logout":
            continue
        for answer in (client.get(address), client.post(address)):
            if answer.status_code == 405:
                continue
            assert answer.status_code == 302, (name, answer.status_code)
            assert answer["Location"].startswith("/login?next="), name


@pytest.mark.parametrize("who", ["owner", "colleague", "stranger", "neighbour", "county"])
def test_no_address_of_nothing_is_found(log_in, who):
    browser = log_in(who)
    for name, address in addresses().items():
        if str(UID) in address or "999" in address:
            for answer in (browser.get(address), browser.post(address)):
                assert answer.status_code in (403, 404, 405), (name, answer.status_code)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_the_navigation_opens_in_both_languages(log_in, language):
    browser = log_in("county")
    browser.cookies["django_language"] = language
    for address in ("/", "/duties", "/gaps", "/people", "/imports"):
        page = browser.get(address)
        assert page.status_code == 200, address
        assert ("County time" in page.content.decode()) is (language == "en")
        assert page.content.decode().count("<h1>") == 1


def test_no_name_number_or_phone_stands_on_the_lists(log_in, world):
    from bulou.kernel import seal

    browser = log_in("county")
    people = [seal.unseal(case.person.sealed) for cases in world.cases.values() for case in cases]
    for address in ("/", "/duties", "/gaps", "/gaps?gap=unowned", "/people", "/imports"):
        page = browser.get(address).content.decode()
        for person in people:
            assert not [value for value in person.values() if value in page], address
