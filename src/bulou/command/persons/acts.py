"""Which acts the person's page offers to whom: who may, and whether it may be done now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bulou.command import words
from bulou.facts.monitoring import EndReason
from bulou.kernel import clock
from bulou.monitoring.actions import can_release_now
from bulou.monitoring.models import Case
from bulou.monitoring.permissions import may_release
from bulou.rights.capabilities import Capability
from bulou.rights.models import Mandate


@dataclass(frozen=True)
class Acts:
    """The buttons of one case for one account."""

    may_release: bool
    may_end: bool

    @property
    def reasons(self) -> list[tuple[str, Any]]:
        """The ends that are not a release, with their titles."""
        return [(reason.value, words.ENDINGS[reason]) for reason in EndReason if reason != EndReason.RELEASED]

    @property
    def latest(self) -> str:
        """Now, as the input of a local time wants it."""
        return f"{clock.local(clock.now()):%Y-%m-%dT%H:%M}"


def acts_for(case: Case, mandate: Mandate, by: str) -> Acts | None:
    """What the account may do about the case now, or None. Those who bring lists in may record an end."""
    running = case.ended_at is None and case.ends_at > clock.now()
    acts = Acts(
        may_release=can_release_now(case=case) and may_release(by=by, case=case),
        may_end=running and mandate.may(Capability.DECIDE_CASES),
    )
    return acts if acts.may_release or acts.may_end else None
