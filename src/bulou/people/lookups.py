"""Looking at what is masked: an act with a reason, recorded in the audit chain, visible to the resident."""

from __future__ import annotations

from typing import Literal

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.kernel import audit, seal
from bulou.kernel.database import atomic
from bulou.kernel.models import AuditLine
from bulou.kernel.problems import problem
from bulou.people.models import Person
from bulou.people.queries import get

UNMASKED = "people.unmasked"
FIELDS = {"name": "name", "identity": "id", "phone": "phone", "away": "away", "remark": "remark"}

REASON_MISSING = problem("reason-missing", _("查看完整信息必须写明理由(至少 4 个字)。"), status=403)
NO_SUCH_FIELD = problem("no-such-field", _("没有“{field}”这一项可以查看。"))

Field = Literal["name", "identity", "phone", "away", "remark"]


def unmask(person: int | Person, field: Field, *, by: str, reason: str, scope: str | None = None) -> str:
    """A sealed value in full. Recorded before it is shown.

    With a `scope`, a person outside it is refused. Raises `reason-missing`, `no-such-field`,
    `person-outside-scope`.
    """
    check_reason(reason)
    if field not in FIELDS:
        raise NO_SUCH_FIELD.error(field=field)
    found = _person(person, scope)
    with atomic():
        audit.record(
            UNMASKED,
            by=by,
            subject=f"person:{found.pk}",
            place=found.place,
            reason=reason.strip()[:300],
            detail={"field": field},
        )
    return str(seal.unseal(found.sealed).get(FIELDS[field], ""))


def check_reason(reason: str) -> None:
    """Raises `reason-missing`."""
    if len(reason.strip()) < 4:
        raise REASON_MISSING.error()


def _person(person: int | Person, scope: str | None) -> Person:
    id = person.pk if isinstance(person, Person) else person
    return get(id, scope=scope, purpose=UNMASKED) if scope else Person.objects.get(pk=id)


def looks_at(person: int) -> QuerySet[AuditLine, AuditLine]:
    """Who looked at a person's masked values, the latest first."""
    return AuditLine.objects.filter(action=UNMASKED, subject=f"person:{person}").order_by("-seq")
