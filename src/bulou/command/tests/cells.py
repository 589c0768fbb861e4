"""The cells of the matrix: who asks, for what, in which format; what must come back, and what must not.

Asked straight from Django's handler, because the test client copies every template context: the matrix asks
tens of thousands of times.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.base import BaseHandler
from django.db import transaction
from django.http import HttpResponseBase
from django.test import RequestFactory
from django.urls import reverse

from bulou.command.matrix import FORMATS, Address
from bulou.command.tests import world as worlds
from bulou.command.tests.samples import Sample
from bulou.kernel import seal
from bulou.places import codes
from bulou.rights.capabilities import Capability
from bulou.rights.roles import ROLES

SCOPES = {
    "own": worlds.HOME,
    "above": worlds.TOWN,
    "neighbour": worlds.NEXT_DOOR,
    "outside": worlds.ELSEWHERE,
}
ASKED = {
    "html": ("", {"Accept": "text/html"}),
    "htmx": ("", {"Accept": "text/html", "HX-Request": "true"}),
    "pdf": ("pdf", {"Accept": "application/pdf"}),
    "xlsx": ("xlsx", {"Accept": FORMATS["xlsx"][0]}),
    "json": ("json", {"Accept": "application/json"}),
}
METHODS = ("GET", "POST")


@dataclass(frozen=True)
class Reader:
    """Somebody who asks: a role in a scope, a log-in without any mandate, or nobody."""

    name: str
    cookie: str = ""
    scope: str = ""
    capabilities: frozenset[str] = frozenset()

    def covers(self, code: str) -> bool:
        low, high = codes.scope(self.scope)
        return low <= code < high

    def may(self, capability: Capability) -> bool:
        return capability.value in self.capabilities


@dataclass(frozen=True)
class MatrixWorld:
    """The small county with somebody of every role in every scope."""

    county: worlds.World
    users: dict[str, worlds.User]


def build() -> MatrixWorld:
    """Built once, in a database of its own."""
    county = worlds.build()
    users = {"no-mandate": worlds.User.objects.create(username="no-mandate", password="!")}
    for role in ROLES:
        for name, scope in SCOPES.items():
            users[f"{role}-{name}"] = worlds.account(f"{role}-{name}", scope, role)
    return MatrixWorld(county, users)


def readers(world: MatrixWorld) -> list[Reader]:
    """Every role in every scope, somebody whose mandates have ended, and somebody who is not logged in."""
    found = [Reader("anonymous"), Reader("no-mandate", _session(world.users["no-mandate"]))]
    for role, (_title, _english, may) in ROLES.items():
        for name, scope in SCOPES.items():
            powers = frozenset(one.value for one in may)
            key = f"{role}-{name}"
            found.append(Reader(key, _session(world.users[key]), scope, powers))
    return found


def _session(user: Any) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


class Office:
    """Answers requests as the server does, and undoes what each one wrote."""

    def __init__(self) -> None:
        self.handler = BaseHandler()
        self.handler.load_middleware()
        self.factory = RequestFactory()

    def ask(
        self, reader: Reader, address: str, method: str, format: str, sample: Sample
    ) -> tuple[HttpResponseBase, bytes]:
        """The answer and its body."""
        asked, headers = ASKED[format]
        query = {**sample.query, **({"format": asked} if asked else {})}
        if method == "GET":
            request = self.factory.get(address, query, headers=headers)
        else:
            request = self.factory.post(address, dict(sample.body), query_params=query, headers=headers)
        request.COOKIES[settings.SESSION_COOKIE_NAME] = reader.cookie
        request._dont_enforce_csrf_checks = True
        with transaction.atomic():
            response = self.handler.get_response(request)
            body = b"".join(response) if response.streaming else response.content
            transaction.set_rollback(True)
        return response, body


def address_of(address: Address, sample: Sample, world: worlds.World) -> str:
    return reverse(address.name, kwargs=dict(sample.args(world)))


def expected(address: Address, reader: Reader, method: str, sample: Sample) -> frozenset[int]:
    """The statuses that a cell may answer with. A refused method (405) says nothing about anybody."""
    access = address.access
    assert access is not None
    open_to_all = sample.get if method == "GET" else sample.post
    if access.public:
        return open_to_all
    if reader.name == "anonymous":
        return frozenset({302, 405})
    if not access.mandate:
        return open_to_all
    if not reader.scope or not access.allows(reader.may):
        return frozenset({403, 405})
    if sample.bound and not reader.covers(worlds.HOME):
        return frozenset({404, 405})
    return open_to_all


def wrong_with(
    address: Address, reader: Reader, sample: Sample, response: HttpResponseBase, body: bytes
) -> Iterator[str]:
    """What an answer must not be: to a stranger anything but the log-in, to anybody a format not declared."""
    target = response.headers.get("Location", "")
    if reader.name == "anonymous" and not address.access.public and target[:12] not in ("", "/login?next="):
        yield f"leads whoever is logged out to {target}"
    if response.status_code == 200 and body:
        kind = response.headers.get("Content-Type", "").split(";")[0]
        known = {media for name in address.access.formats for media in FORMATS[name]}
        if kind not in known:
            yield f"answers {kind}, which its view does not declare: @office(…, formats=(…))"


class Canaries:
    """What must not be read: full values anywhere, and the numbers of persons beyond one's right or scope."""

    def __init__(self, world: worlds.World) -> None:
        self.cases = [case for cases in world.cases.values() for case in cases]
        self.full = [
            value
            for case in self.cases
            for key, value in seal.unseal(case.person.sealed).items()
            if key in ("name", "id", "phone")
        ]
        self.uids = [str(case.person.uid) for case in self.cases]
        self._patterns: dict[tuple[str, bool], re.Pattern[bytes]] = {}

    def pattern(self, reader: Reader, reveals: bool) -> re.Pattern[bytes]:
        """Everything that this reader must not find."""
        key = (reader.name, reveals)
        if key not in self._patterns:
            words = list(self._beyond(reader))
            if not (reveals and reader.may(Capability.SEE_PERSONS)):
                words += self.full
            self._patterns[key] = re.compile(b"|".join(re.escape(word.encode()) for word in words))
        return self._patterns[key]

    def _beyond(self, reader: Reader) -> Iterator[str]:
        for case in self.cases:
            if not (reader.scope and reader.may(Capability.SEE_PERSONS) and reader.covers(case.place)):
                yield case.number

    def found(self, reader: Reader, sample: Sample, response: HttpResponseBase, body: bytes) -> list[str]:
        """The canaries that an answer shows; headers never show a full value."""
        said = [match.decode() for match in set(self.pattern(reader, sample.reveals).findall(readable(body)))]
        headers = repr(response.headers) + response.reason_phrase
        return said + [value for value in self.full if value in headers]


def readable(body: bytes) -> bytes:
    """A body in which its words can be looked for: a workbook's parts are unpacked."""
    if not body.startswith(b"PK\x03\x04"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())
