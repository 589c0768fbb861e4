"""Metrics: for who may, numbers only, by route."""

import re

import pytest
from django.test import Client

from bulou.command.operation import measuring
from bulou.command.tests.world import COUNTY, HOME
from bulou.places.models import Post
from bulou.rights.capabilities import Capability
from bulou.sync import tokens

pytestmark = pytest.mark.django_db


@pytest.fixture
def monitor(world):
    """Read the metrics with a token of these capabilities."""

    def read(*may: Capability):
        post = Post.objects.get_or_create(role="测试岗", place=COUNTY)[0]
        text, _token = tokens.make(post.pk, COUNTY, 7, by="user:1", capabilities=may)
        return Client().get("/metrics", headers={"Authorization": f"Bearer {text}"})

    return read


def value(text: str, name: str) -> float:
    return float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)[1])


def test_they_need_a_token_that_keeps_the_house(world, monitor):
    assert Client().get("/metrics").status_code == 401
    assert monitor(Capability.SEE_NUMBERS).status_code == 403
    assert monitor(Capability.KEEP_HOUSE).status_code == 200


def test_they_tell_what_is_missing_and_count_by_route(world, monitor, log_in):
    before = monitor(Capability.KEEP_HOUSE).content.decode()
    log_in("county").get(f"/?place={HOME}")
    after = monitor(Capability.KEEP_HOUSE).content.decode()
    assert value(after, 'bulou_gaps{gap="undone"}') > 0
    counted = 'bulou_requests_total{method="GET",route="board",status="200"}'
    assert value(after, counted) == (value(before, counted) if counted in before else 0) + 1


def test_they_name_nobody_and_no_place(world, monitor, log_in):
    person = world.cases["home"][0].person
    log_in("county").get(f"/people/{person.uid}")
    text = monitor(Capability.KEEP_HOUSE).content.decode()
    assert "甄漏" not in text and str(person.uid) not in text and HOME not in text


def test_an_address_without_a_route_has_no_name_of_its_own(world, monitor):
    Client().get("/me/secret-of-somebody")
    assert "secret-of-somebody" not in monitor(Capability.KEEP_HOUSE).content.decode()


def test_each_answer_carries_its_number_and_the_log_the_route(world, log_in, caplog):
    with caplog.at_level("INFO", "bulou.access"):
        response = log_in("county").get(f"/?place={HOME}&secret=1")
    told = " ".join(str(record.msg) for record in caplog.records)
    assert response["X-Request-Id"] in told and "'board'" in told
    assert "secret" not in told and HOME not in told


def test_methods_from_nowhere_share_one_name(world):
    Client().generic("BREW", "/")
    assert measuring.REQUESTS.labels("board", "other", 405)._value.get() >= 1
