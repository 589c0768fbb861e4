"""What those who act are called on pages: the post or the account, without anybody's name."""

from __future__ import annotations

from collections.abc import Iterable

from bulou.command import words
from bulou.places.posts import labels
from bulou.rights.models import Account


def actor_titles(actors: Iterable[str]) -> dict[str, str]:
    """What actors are called: the post or the account, without anybody's name."""
    wanted = set(actors)
    post_labels = labels(_ids(wanted, "post:"))
    users = _ids(wanted, "user:")
    titles = dict(Account.objects.filter(user__in=users).values_list("user_id", "title")) if users else {}
    return {actor: _actor_title(actor, post_labels, titles) for actor in wanted}


def _ids(actors: Iterable[str], prefix: str) -> set[int]:
    found = (actor.removeprefix(prefix) for actor in actors if actor.startswith(prefix))
    return {int(text) for text in found if text.isdecimal()}


def _actor_title(actor: str, post_labels: dict[int, str], accounts: dict[int, str]) -> str:
    kind, _, number = actor.partition(":")
    if kind == "post" and number.isdecimal():
        return post_labels.get(int(number), actor)
    if kind == "user" and number.isdecimal():
        return accounts.get(int(number), actor)
    return str(words.ACTORS.get(kind, actor))
