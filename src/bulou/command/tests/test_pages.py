"""The pages of the navigation in both languages; no name on any list. Who may open what: `test_matrix`."""

import pytest

pytestmark = pytest.mark.django_db


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
