"""A release is an act of somebody entitled to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.db.models import F
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from bulou.facts import monitoring as facts
from bulou.kernel.moments import DAY, as_instant, plus
from bulou.monitoring.case_kinds import OnceCaseKind
from bulou.monitoring.models import Seat
from bulou.obligations.kinds import (
    Params,
)
from bulou.obligations.values import value
from bulou.places.roles import ROLES

ENTITLED = (
    *((role.code, role.title) for role in ROLES.values()),
    ("cdc", _("县疾控中心")),
    ("command_office", _("县疫情防控办")),
)


@dataclass(frozen=True, kw_only=True)
class EntitledTo(Params):
    """The roles of the posts that may release."""

    entitled: tuple[str, ...] = value(
        _("谁有权解除"),
        _("哪些岗位可以决定解除监测;其他人只能提请。"),
        choices=ENTITLED,
        read_by=_("办理解除时的权限检查"),
        default=("county_leader", "cdc", "command_office"),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.entitled:
            raise ValueError("entitled")


class Release(OnceCaseKind):
    """On the last day somebody entitled to it releases the person. The restriction lapses in any case."""

    name, title = "monitoring.release", _("解除监测")
    binds_residents = True
    proofs = (facts.Released,)
    Params = EntitledTo
    default: ClassVar = {
        "owner": Seat.TOWNSHIP_CADRE.value,
        "entitled": ["county_leader", "cdc", "command_office"],
    }

    def first(self, case: str) -> Combinable:
        return Greatest(as_instant(plus(F(f"{case}ends_at"), -DAY)), F(f"{case}starts_at"))

    def due(self, opens: Combinable, params: EntitledTo) -> Combinable:
        return F("case__ends_at")
