"""A token as the rights room knows whoever acts, and the accounts that it may manage."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bulou.command.api.frame import token_of
from bulou.kernel.problems import problem
from bulou.rights import queries
from bulou.rights.capabilities import Capability
from bulou.rights.models import Account
from bulou.rights.powers import PROGRAM
from bulou.sync.models import Token

NO_SUCH_ACCOUNT = problem("api-no-such-account", _("本令牌的范围内没有这个账号:请核对编号。"), status=404)


@dataclass(frozen=True)
class Program:
    """Acts for the post of its token, within its scope; who stands behind are the post's holders."""

    token: Token

    @property
    def actor(self) -> str:
        return f"{PROGRAM}{self.token.post_id}"

    @property
    def account_id(self) -> int | None:
        """None: a program has no log-in."""
        return None

    @property
    def scope(self) -> str:
        return self.token.scope

    @property
    def is_of_county(self) -> bool:
        return self.token.is_of_county

    def may(self, capability: Capability) -> bool:
        return self.token.may(capability)

    def covers(self, code: str) -> bool:
        return self.token.covers(code)


def program(request: HttpRequest) -> Program:
    """The program that asks."""
    return Program(token_of(request))


def account_of(request: HttpRequest, id: int) -> Account:
    """An account of the scope. Raises `api-no-such-account`."""
    found = queries.accounts_of(program(request)).filter(pk=id).first() if id < 2**63 else None
    if found is None:
        raise NO_SUCH_ACCOUNT.error()
    return found
