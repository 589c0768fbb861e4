"""One item of what a phone or a program sends in, from JSON to a typed draft."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bulou.facts.base import Fact, fact_class, parse
from bulou.facts.reasons import reason
from bulou.facts.windows import window_label
from bulou.kernel import clock
from bulou.kernel.ids import is_uuid7
from bulou.kernel.problems import problem

BAD_EVENT = problem("bad-event", _("这条记录有误:{field}({reason})。"))
NOT_UUID7 = problem(
    "id-not-uuid7", _("编号 {field} 应为 UUID 第 7 版,如 0180310c-4a00-7000-8000-000000000001。")
)
NOT_FROM_OUTSIDE = problem(
    "kind-not-from-outside", _("“{kind}”是一项决定,不能由设备提交:请由有权的人在系统中办理。"), status=403
)

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

Code = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Item(BaseModel):
    """An item as it is sent. Nothing is ignored: what we do not know is refused, so that it is not lost."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str
    kind: Annotated[str, StringConstraints(max_length=64)]
    subject: Code
    happened_at: Annotated[str, StringConstraints(max_length=40)]
    data: dict[str, Any] = Field(default_factory=dict)
    corrects: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An item that has passed every check that needs no database."""

    id: uuid.UUID
    fact: Fact
    subject: str
    happened_at: datetime
    window: str
    corrects: uuid.UUID | None

    @property
    def kind(self) -> str:
        return self.fact.kind

    def data(self) -> dict[str, Any]:
        """What the source said and nothing more, so that a replay is the same after defaults have changed."""
        return self.fact.model_dump(mode="json", exclude_unset=True, exclude_none=True)


def read(sent: object) -> Draft:
    """The draft in an item.

    Raises `bad-event`, `id-not-uuid7`, `unknown-event-kind`, `kind-not-from-outside`, `bad-event-data`.
    """
    item = _item(sent)
    id = read_uuid7(item.id, "id")
    corrects = read_uuid7(item.corrects, "corrects") if item.corrects is not None else None
    if not fact_class(item.kind).from_outside:
        raise NOT_FROM_OUTSIDE.error(kind=item.kind)
    happened_at = _moment(item.happened_at)
    fact = parse(item.kind, item.data)
    return Draft(id, fact, item.subject, happened_at, _window(fact, happened_at), corrects)


def _item(sent: object) -> Item:
    try:
        return Item.model_validate(sent)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BAD_EVENT.error(field=where, reason=reason(first)) from None


def read_uuid7(text: str, field: str) -> uuid.UUID:
    """A version 7 UUID in its one written form. Raises `id-not-uuid7`."""
    try:
        id = uuid.UUID(text)
    except ValueError:
        raise NOT_UUID7.error(field=field) from None
    if not is_uuid7(id) or str(id) != text.lower():
        raise NOT_UUID7.error(field=field)
    return id


def _moment(text: str) -> datetime:
    """An instant with its offset. The source's clock may be wrong by years; only nonsense is refused."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not EARLIEST <= moment < LATEST:
        raise BAD_EVENT.error(
            field="happened_at", reason=_now("应为带时区的时间,如 2022-04-16T08:00:00+08:00")
        )
    return moment.astimezone(UTC)


def _window(fact: Fact, happened_at: datetime) -> str:
    """The label of the window that a fact names, or nothing: then it counts where it happened."""
    name = getattr(fact, "window", None)
    if not name:
        return ""
    return window_label(getattr(fact, "date", None) or clock.local(happened_at).date(), name)
