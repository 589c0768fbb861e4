"""Who asks: somebody of the office under a mandate, or a program with its token. Both say where and what."""

from __future__ import annotations

from bulou.places.queries import label
from bulou.rights.models import Mandate
from bulou.sync.models import Token

Power = Mandate | Token
"""Has `scope`, `may(capability)`, `covers(code)` and `is_of_county`."""


def actor_of(power: Power) -> str:
    """Who acts, as the ledger and the audit chain write it."""
    return f"post:{power.post_id}" if isinstance(power, Token) else f"user:{power.account.user_id}"


def owner_of(power: Power) -> str:
    """Whose something is: one log-in's, or one token's alone (a post may have several)."""
    return f"token:{power.pk}" if isinstance(power, Token) else f"user:{power.account.user_id}"


def title_of(power: Power) -> str:
    """What it is called; no person's name."""
    return label(power.post) if isinstance(power, Token) else power.title
