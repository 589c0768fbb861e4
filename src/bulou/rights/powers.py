"""Who acts on rights: somebody under a mandate, or a program with a token. And which people stand behind."""

from __future__ import annotations

from typing import Protocol

from bulou.places.queries import holdings_at
from bulou.rights.capabilities import Capability
from bulou.rights.models import Account

PROGRAM = "post:"
"""How the actor of a program begins: it acts for a post."""


class Power(Protocol):
    """What lets somebody act: where, and what. `account_id` is None for a program."""

    @property
    def actor(self) -> str:
        """Who acts, as the audit chain writes it."""

    @property
    def account_id(self) -> int | None:
        """The account that acts."""

    @property
    def scope(self) -> str:
        """The place that it holds for, and all below."""

    @property
    def is_of_county(self) -> bool:
        """Whether the scope is the whole county."""

    def may(self, capability: Capability) -> bool:
        """Whether it has a capability."""

    def covers(self, code: str) -> bool:
        """Whether a place lies in the scope."""


def accounts_behind(actor: str) -> set[int]:
    """The accounts of whoever acts: the log-in's own, or those of who hold the post of a program now.

    Who holds a post and has a token for it is one person, however the actor is written.
    """
    kind, _colon, number = actor.partition(":")
    if not number.isdecimal():
        return set()
    if kind == "user":
        found = Account.objects.filter(user=int(number))
    else:
        holders = holdings_at().filter(post=int(number)).order_by().values("worker")
        found = Account.objects.filter(worker__in=holders) if kind == "post" else Account.objects.none()
    return set(found.values_list("pk", flat=True))
