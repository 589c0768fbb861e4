"""Every address of the URL conf with what it asks for: walked by the matrix, shown in `docs/matrix.md`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from bulou.web.access import Access

API = "api"
"""The namespace of the addresses that ask for a token; each says itself what the token must be able to do."""

FORMATS = {
    "html": ("text/html",),
    "text": ("text/plain",),
    "json": ("application/json", "application/problem+json"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
    "pdf": ("application/pdf",),
    "csv": ("text/csv",),
    "png": ("image/png",),
    "svg": ("image/svg+xml",),
    "events": ("text/event-stream",),
    "download": ("application/octet-stream",),
}
"""The kinds of answer that a view may say it gives, by their media types."""


@dataclass(frozen=True)
class Address:
    """One address of the URL conf."""

    name: str
    route: str
    access: Access | None
    is_api: bool

    @property
    def asks_for(self) -> str:
        """What it asks for, in a few words; "" when the view does not say."""
        if self.access is None:
            return ""
        if self.access.public:
            return f"public: {self.access.public}"
        if not self.access.mandate:
            return "a log-in"
        words = [f"`{one.value}`" for one in self.access.capabilities]
        if self.access.any_of:
            words.append(" or ".join(f"`{one.value}`" for one in self.access.any_of))
        return ", ".join(words) or "a log-in with any mandate"


def addresses(urlconf: Any = None) -> list[Address]:
    """Every address of a URL conf (the project's own without one), in its order."""
    return list(_walk(get_resolver(urlconf).url_patterns, "", ""))


def _walk(patterns: Any, prefix: str, space: str) -> Iterator[Address]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route, pattern.namespace or space)
        elif isinstance(pattern, URLPattern):
            is_api = space == API
            access = TOKEN if is_api else getattr(pattern.callback, "access", None)
            yield Address(f"{space}:{pattern.name}" if space else str(pattern.name), route, access, is_api)


TOKEN = Access(public="asks for a token instead of a log-in", formats=("json",))


def lines() -> Iterator[str]:
    """The table of `docs/matrix.md`."""
    yield "Each address is asked for by every role in every scope and format, by GET and by POST: see"
    yield "`src/bulou/command/tests/test_matrix.py`. An address whose view does not say what it asks for, or"
    yield "for which the test has no sample, fails the build."
    yield from ("", "| address | name | asks for | answers |", "| --- | --- | --- | --- |")
    for one in addresses():
        answers = ", ".join(one.access.formats) if one.access else ""
        yield f"| `/{one.route}` | {one.name} | {one.asks_for} | {answers} |"
