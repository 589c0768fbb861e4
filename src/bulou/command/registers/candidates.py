"""Who may take a post: by name, phone or pinyin initials among those near it; by the whole name anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import Q

from bulou.kernel import seal
from bulou.places import codes
from bulou.places.models import Level, Post, Worker
from bulou.places.queries import holdings_at, labels, names
from bulou.places.roles import title_of

NEAR = 1_500
SHOWN = 8


@dataclass(frozen=True)
class Candidate:
    """Somebody who may take the post, with what they do now."""

    id: int
    name: str
    phone: str
    posts: tuple[str, ...]
    deputy: bool = False


def candidates(post: Post, words: str) -> list[Candidate]:
    """Deputies of the post first, then those who work near it, then who has exactly this name or phone."""
    text = re.sub(r"\s", "", words)
    near = _near(post)
    found = {id: one for id, one in near.items() if _matches((one.name, one.phone), text)}
    ranked = sorted(found.values(), key=lambda one: (not one.deputy, one.id))[:SHOWN]
    exact = [id for id in _exact(text) if id not in near] if text else []
    where = names(place for one in ranked for place, _role in one.held)
    return [one.said(where) for one in ranked] + (candidates_of(exact) if exact else [])[
        : SHOWN - len(ranked)
    ]


@dataclass
class _Near:
    """Somebody who works near a post."""

    id: int
    name: str
    phone: str
    deputy: bool = False
    held: list[tuple[str, str]] = field(default_factory=list)

    def said(self, where: dict[str, str]) -> Candidate:
        titles = tuple(f"{where.get(place, '')} {title_of(role)}".strip() for place, role in self.held[:3])
        return Candidate(self.id, self.name, self.phone, titles, self.deputy)


def _near(post: Post) -> dict[int, _Near]:
    """Who works in the village around a post, or in its own wider area; its holder is left out."""
    around = codes.within("post__place", post.place[: codes.WIDTHS[Level.VILLAGE]])
    held = holdings_at().filter(around, worker__merged_into__isnull=True).order_by("worker_id", "post_id")
    found: dict[int, _Near] = {}
    holders = set()
    columns = ("worker_id", "worker__sealed", "post_id", "post__place", "post__role", "deputy")
    for id, sealed, of, place, role, deputy in held.values_list(*columns)[:NEAR]:
        one = found.get(id) or found.setdefault(id, _Near(id, *_who(sealed)))
        one.held.append((place, role))
        one.deputy = one.deputy or (of == post.pk and deputy)
        if of == post.pk and not deputy:
            holders.add(id)
    return {id: one for id, one in found.items() if id not in holders}


def search(words: str, scope: str) -> list[int]:
    """The workers of a scope whose name, phone or initials are meant; for the list of workers."""
    text = re.sub(r"\s", "", words)
    if not text:
        return []
    held = holdings_at().filter(codes.within("post__place", scope)).values_list("worker_id", flat=True)
    near = _named(set(held[: 10 * NEAR]), text)
    return list({**near, **_exact(text)})[:200]


def candidates_of(ids: list[int]) -> list[Candidate]:
    """Workers as candidates, with what they do now."""
    shown = ids[:SHOWN]
    found = Worker.objects.filter(pk__in=shown).values_list("id", "sealed")
    return _candidates(shown, {id: _who(sealed) for id, sealed in found})


def _named(ids: Iterable[int], text: str) -> dict[int, tuple[str, str]]:
    found = Worker.objects.filter(pk__in=set(ids), merged_into__isnull=True).values_list("id", "sealed")
    people = {id: _who(sealed) for id, sealed in found}
    return {id: who for id, who in people.items() if _matches(who, text)}


def _who(sealed: bytes | memoryview) -> tuple[str, str]:
    who = seal.unseal(sealed)
    return who.get("name", ""), who.get("phone", "")


def _matches(who: tuple[str, str], text: str) -> bool:
    name, phone = who
    if not text:
        return True
    if text.isascii() and text.isalpha():
        return initials(name).startswith(text.lower())
    return text in name or (text.isdecimal() and len(text) >= 4 and text in phone)


@lru_cache(maxsize=20_000)
def initials(name: str) -> str:
    """The first letters of a name's syllables: zs for 张三."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()


def _exact(text: str) -> dict[int, tuple[str, str]]:
    keys = Q(name_key=seal.lookup("name", text)) | Q(phone_key=seal.lookup("phone", text))
    found = Worker.objects.filter(keys, merged_into__isnull=True).values_list("id", "sealed")[:SHOWN]
    return {id: _who(sealed) for id, sealed in found}


def _candidates(ids: list[int], found: dict[int, tuple[str, str]]) -> list[Candidate]:
    held: dict[int, list[int]] = {}
    for worker, post in holdings_at().filter(worker__in=ids).values_list("worker_id", "post_id"):
        held.setdefault(worker, []).append(post)
    titles = labels(post for some in held.values() for post in some)
    return [Candidate(id, *found[id], tuple(titles[post] for post in held.get(id, ())[:3])) for id in ids]
