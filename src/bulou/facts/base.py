"""What a fact is: a frozen, typed record that crosses from one capability to another as an event.

JSON from outside becomes a fact at the edge, or a problem that names the field.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from bulou.facts.reasons import reason
from bulou.kernel.events import declare
from bulou.kernel.problems import problem

UNKNOWN_KIND = problem("unknown-event-kind", _("没有“{kind}”这种记录:请核对 kind。"))
BAD_DATA = problem("bad-event-data", _("“{kind}”的内容有误:{field}({reason})。"))

FACTS: dict[str, type[Fact]] = {}

Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,24}$")]
"""A name of the program's or a directive's making: a seat, a window, a reason."""


class Fact(BaseModel):
    """A typed record. `kind` is its event kind, `subject_type` the type of what it is about.

    `from_outside`: whether phones and programs may send it. A decision (who is admitted, moved, released) is
    made by somebody entitled to it, through its action. `own_post`: the field that names the post which
    tells it; a phone tells it for its own post only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    subject_type: ClassVar[str]
    from_outside: ClassVar[bool] = True
    own_post: ClassVar[str | None] = None

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        FACTS[declare(cls.kind)] = cls

    def to_data(self) -> dict[str, Any]:
        """The JSON that an event carries; what was not said is left out."""
        return self.model_dump(mode="json", exclude_none=True)


def fact_class(kind: str) -> type[Fact]:
    """The class of a kind of event. Raises `unknown-event-kind`."""
    try:
        return FACTS[kind]
    except KeyError:
        raise UNKNOWN_KIND.error(kind=kind) from None


def parse(kind: str, data: dict[str, Any]) -> Fact:
    """The fact in an event's data. Raises `unknown-event-kind`, `bad-event-data`."""
    try:
        return fact_class(kind).model_validate(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "data"
        raise BAD_DATA.error(kind=kind, field=where, reason=reason(first)) from error
