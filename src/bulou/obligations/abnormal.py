"""When a health check is abnormal, and how soon a clinician answers it, wherever it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from bulou.obligations.kinds import Within
from bulou.obligations.values import value


@dataclass(frozen=True, kw_only=True)
class AbnormalWithin(Within):
    """From which temperature (°C), and whether any symptom, a check is abnormal; how soon it is answered."""

    temperature: float = value(
        _("异常体温"),
        _("报告的体温达到此值即为异常,医务人员须随访。"),
        unit="°C",
        read_by=_("健康报告的判定"),
        default=37.3,
    )
    symptoms: bool = value(
        _("有症状即异常"), _("报告了任何症状,是否也算异常。"), read_by=_("健康报告的判定"), default=True
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 34 <= self.temperature <= 43:
            raise ValueError("temperature")

    def marks(self, check: Mapping[str, Any]) -> bool:
        """Whether the temperature or the symptoms that an event tells ask for a clinician."""
        hot = float(check["temperature"]) >= self.temperature
        return hot or (self.symptoms and bool(check.get("symptoms")))
