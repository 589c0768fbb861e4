"""`bulou handover`: the same verb from the console."""

import json

import pytest
from typer.testing import CliRunner

from bulou.command.cli import frame
from bulou.command.tests.world import NEXT_DOOR, NOW
from bulou.places import posts, workers
from bulou.places.models import Post
from bulou.places.queries import owners


@pytest.fixture
def command(world, monkeypatch):
    from bulou.command.operation import startup

    monkeypatch.setattr(startup, "make_ready", lambda: None)
    frame._register()

    def run(*words):
        return CliRunner().invoke(frame.app, ["handover", *map(str, words), "--json", "--at", NOW])

    return run


def test_it_shows_what_stands_against_it_and_then_hands_over(command, world):
    post = Post.objects.get(role="doctor", place=NEXT_DOOR)
    workers.ensure("张三", "19900008001")
    shown = json.loads(command(post.pk, "张三", "19900008001", "--check").stdout)
    assert (shown["done"], shown["conflicts"], shown["left"] > 0) == (False, [], True)
    assert post.pk not in owners([post.pk])
    assert json.loads(command(post.pk, "张三", "19900008001").stdout)["done"]
    assert owners([post.pk])[post.pk].name == "张三"
    again = command(post.pk, "张三", "19900008001", "--check")
    assert (again.exit_code, json.loads(again.stdout)["conflicts"][0]["code"]) == (1, "holds-it-already")


def test_nobody_unknown_takes_a_post(command, world):
    post = posts.place_post("doctor", NEXT_DOOR)
    assert command(post.pk, "没有", "19900008009").exception.code == "no-such-worker"
