"""What came in about somebody or something on no register, in full: looked at with a reason."""

from __future__ import annotations

import json

from bulou.kernel import audit, seal
from bulou.obligations.models import Unknown
from bulou.people import lookups

LOOKED = "obligations.unknown_looked"


def look(lead: Unknown, *, by: str, reason: str) -> list[tuple[str, str]]:
    """What came in, field by field. Recorded with its reason before it is shown. Raises `reason-missing`."""
    lookups.check_reason(reason)
    said = reason.strip()[:300]
    audit.record(LOOKED, by=by, subject=f"unknown:{lead.pk}", place=lead.place, reason=said)
    return _said(lead)


def _said(lead: Unknown) -> list[tuple[str, str]]:
    content = seal.unseal(lead.sealed)
    sent = content.get("sent")
    if isinstance(sent, str) and sent.startswith("{"):
        try:
            content = json.loads(sent)
        except ValueError:  # a long item is kept cut off
            content = {"sent": sent}
    return [
        (str(name), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in content.items()
    ]
