"""Names, numbers and phones go through every page; afterwards they are looked for everywhere else (P13)."""

import logging
import re

import pytest
from django.test import Client
from django.urls import reverse

from bulou.command.matrix import addresses
from bulou.command.tests import world as worlds
from bulou.command.tests.cells import Canaries
from bulou.command.tests.samples import SAMPLES
from bulou.config import logs
from bulou.kernel import seal
from bulou.kernel.models import AuditLine, Event, Job
from bulou.rights.capabilities import Capability
from bulou.rights.models import Role

pytestmark = pytest.mark.django_db
ASKED = [one for one in addresses() if not one.is_api and one.name in SAMPLES]


class Lines(logging.Handler):
    """What the log would say, as it would say it."""

    def __init__(self):
        super().__init__()
        self.addFilter(logs.without_address)
        self.lines = []

    def emit(self, record):
        told = logs.without_words(None, "", {"event": record.getMessage(), "exc_info": record.exc_info})
        self.lines.append(str(told))


@pytest.fixture
def everything(world):
    Role.objects.create(
        code="all", title="全部", title_en="All", capabilities=[one.value for one in Capability]
    )
    client = Client(raise_request_exception=False)
    user = worlds.account("everything", worlds.COUNTY, "all")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def log():
    handler = Lines()
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler.lines
    root.setLevel(before)
    root.removeHandler(handler)


def test_no_canary_leaves_the_pages_that_show_it(world, everything, log):
    canaries, place = Canaries(world), []
    person = seal.unseal(world.cases["home"][0].person.sealed)
    for one in ASKED:
        sample = SAMPLES[one.name]
        path = reverse(one.name, kwargs=dict(sample.args(world)))
        words = {
            "q": person["id"],
            "reason": person["name"],
            "username": person["name"],
            "words": person["phone"],
        }
        for answer in (
            everything.get(path, dict(sample.query)),
            everything.post(path, {**words, **sample.body}, query_params=dict(sample.query)),
        ):
            head = repr(answer.headers) + answer.reason_phrase
            body = b"".join(answer) if answer.streaming else answer.content
            titles = " ".join(re.findall(r"<title>(.*?)</title>", body.decode("utf-8", "replace"), re.S))
            place += [f"{one.name} {answer.status_code}: {v}" for v in canaries.full if v in head + titles]
        everything.force_login(
            worlds.User.objects.get(username="everything"),
            backend="django.contrib.auth.backends.ModelBackend",
        )
    assert place == []
    assert [line for line in log if any(value in line for value in canaries.full)] == []
    kept = str([list(model.objects.values()) for model in (Event, Job)])
    kept += str(list(AuditLine.objects.values("subject", "place", "detail")))
    assert [value for value in canaries.full if value in kept] == []


def test_what_fails_says_nothing_of_whom_it_failed_about(world, everything, log, monkeypatch):
    from bulou.command.persons import views

    person = world.cases["home"][0].person
    who = seal.unseal(person.sealed)

    def fail(*_args):
        raise RuntimeError(f"cannot show {who['name']} {who['id']}")

    monkeypatch.setattr(views, "context_of", fail)
    answer = everything.get(f"/people/{person.uid}")
    assert answer.status_code == 500
    text = answer.content.decode() + "".join(log)
    assert who["name"] not in text and who["id"] not in text
