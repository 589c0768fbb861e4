"""What the matrix asks each address for: one line an address, by the name of its URL.

`bound` samples speak of a person or a place of `HOME`: whoever answers for another place must get 404. Where
an address takes no argument and shows what lies in one's scope, nothing is bound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from bulou.command.tests.world import HOME, World

GET = frozenset({200, 302, 405})
POST = frozenset({200, 302, 405, 409, 422})
NOBODY = UUID("018f0000-0000-7000-8000-000000000000")

Args = Callable[[World], Mapping[str, Any]]


def none(_world: World) -> Mapping[str, Any]:
    """The address takes no argument."""
    return {}


def person(world: World) -> Mapping[str, Any]:
    """The first person at home."""
    return {"uid": world.cases["home"][0].person.uid}


def nobody(_world: World) -> Mapping[str, Any]:
    """Something that is not there."""
    return {"id": NOBODY}


def gap(world: World) -> Mapping[str, Any]:
    """An obligation about the third person at home, who is silent."""
    from bulou.obligations.models import Obligation

    return {"id": Obligation.objects.filter(subject=world.cases["home"][2].pk).order_by("pk")[0].pk}


def number(_world: World) -> Mapping[str, Any]:
    """A number of nothing."""
    return {"id": 999_999}


def post(_world: World) -> Mapping[str, Any]:
    """The doctor's post at home."""
    from bulou.places.models import Post

    return {"id": Post.objects.get(place=HOME, role="doctor").pk}


def holder(_world: World) -> Mapping[str, Any]:
    """Who holds it."""
    from bulou.places.models import Holding

    return {"id": Holding.objects.get(post__place=HOME, post__role="doctor").worker_id}


@dataclass(frozen=True)
class Sample:
    """How an address is asked, and with which statuses it may answer those who may open it.

    `reveals` says that the answer may carry a full name (recorded in the audit chain); `nothing` that the
    sample asks for what is not there, so that nobody finds it.
    """

    args: Args = none
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    bound: bool = False
    get: frozenset[int] = GET
    post: frozenset[int] = POST
    reveals: bool = False
    nothing: bool = False


AT_HOME = {"place": HOME}
HEALTH = frozenset({200, 405, 503})
NOTHING = Sample(nobody, nothing=True, get=frozenset({404, 405}), post=frozenset({404, 405}))
KIT = Sample(nothing=True, get=frozenset({404}), post=frozenset({404}))
RELEASE = frozenset({302, 403, 405, 409, 422})

SAMPLES: dict[str, Sample] = {
    "healthz": Sample(get=HEALTH, post=HEALTH),
    "metrics": Sample(get=frozenset({401, 405}), post=frozenset({401, 405})),
    "login": Sample(body={"username": "nobody-by-this-name", "password": "wrong"}),
    "logout": Sample(get=frozenset({405})),
    "language": Sample(body={"language": "en"}),
    "theme": Sample(body={"theme": "dark"}),
    "kit": KIT,
    "kit_echo": KIT,
    "board": Sample(query=AT_HOME, bound=True),
    "duties": Sample(query=AT_HOME, bound=True),
    "gaps": Sample(query=AT_HOME, bound=True),
    "gap_call": Sample(gap, bound=True, body={"outcome": ""}),
    "people": Sample(query=AT_HOME, bound=True, body={"q": "JK22-999999"}),
    "person": Sample(person, bound=True),
    "unmask": Sample(person, bound=True, body={"field": "phone", "reason": ""}),
    "release_note": Sample(person, bound=True, reveals=True),
    "release": Sample(person, bound=True, post=RELEASE),
    "end_case": Sample(person, bound=True, body={"reason": "nonsense"}, post=RELEASE),
    "imports": Sample(),
    "upload": NOTHING,
    "upload_kind": NOTHING,
    "upload_confirm": NOTHING,
    "upload_discard": NOTHING,
    "upload_problems": NOTHING,
    "exports": Sample(),
    "export_new": replace(NOTHING, args=none),
    "export": NOTHING,
    "export_file": NOTHING,
    "export_print": NOTHING,
    "posts": Sample(query=AT_HOME, bound=True),
    "post": Sample(post, bound=True),
    "post_handover": Sample(post, bound=True, body={"to": ""}),
    "post_deputy": Sample(post, bound=True, body={"to": ""}, post=frozenset({404})),
    "post_vacate": Sample(post, bound=True, body={"worker": ""}, post=frozenset({404})),
    "handovers": Sample(),
    "handover_seen": replace(NOTHING, args=number),
    "workers": Sample(),
    "worker_new": Sample(body={"name": ""}),
    "worker": Sample(holder, bound=True),
    "worker_edit": Sample(holder, bound=True, body={"name": ""}),
    "worker_leave": Sample(holder, bound=True, body={"words": "调离"}),
    "worker_merge": Sample(holder, bound=True, body={"gone": ""}, post=frozenset({404})),
    "worker_split": Sample(holder, bound=True),
    "organisations": Sample(body={"name": ""}, post=frozenset({403, 422})),
}
