"""What is pictured: an address with its arguments, who opens it, and what was done before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

WHO = ("county", "admin", "privacy", "leader", "clinic", "grid")
"""The demo log-ins, in the order in which they are asked whether they may open a page."""


@dataclass(frozen=True)
class Shot:
    """One picture: a page by the name of its URL, in a state (`label`), as somebody sees it.

    `body` is sent as a form, whose answer is the picture. `factor` asks for a second factor, as an office in
    earnest does; `emergency`: somebody has broken the glass.
    """

    name: str
    label: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    who: str | None = None
    body: Mapping[str, Any] | None = None
    factor: bool = False
    emergency: bool = False
    path: str = ""

    @property
    def title(self) -> str:
        return f"{self.name}-{self.label}" if self.label else self.name

    @property
    def address(self) -> str:
        """Where it is; `path` is for what has no name in the URL conf."""
        from django.urls import reverse

        path = self.path or reverse(self.name, kwargs=dict(self.args))
        return f"{path}?{urlencode(self.query)}" if self.query else path


def all_shots() -> Iterator[Shot]:
    """Every page that answers to a bare address, then those that need rows, then what goes wrong."""
    from tools.pictures import office, people, problems, residents

    known = [*office.shots(), *people.shots(), *residents.shots()]
    named = {shot.name for shot in known}
    yield from (Shot(name) for name in bare() if name not in named)
    yield from known
    yield from problems.shots()


def pages() -> list[Any]:
    """The addresses that answer with a page, from the URL conf."""
    from bulou.command.matrix import addresses

    return [one for one in addresses() if not one.is_api and one.access and "html" in one.access.formats]


def bare() -> list[str]:
    """Those of them that take no argument."""
    return [one.name for one in pages() if "<" not in one.route]


def reader(shot: Shot) -> str:
    """Who opens it: the one named, else the first who may."""
    from tools.pictures.house import power

    if shot.who is not None:
        return shot.who
    access = {one.name: one.access for one in pages()}.get(shot.name)
    if access is None or access.public:
        return ""
    return next((name for name in WHO if access.allows(power(name).may)), WHO[0])
