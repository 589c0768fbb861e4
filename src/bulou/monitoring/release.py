"""The release note (解除通知): on paper, and signed so that anybody can verify it without a connection.

The code on it holds lines of text: what kind of note, the case number, the name and the identity number
masked, first day, last day, how and on which day the restriction ended, who issues the note; then the
county's Ed25519 signature (RFC 8032) over the lines before it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, Literal

import segno
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils.translation import gettext_lazy as _

from bulou.facts.monitoring import EndReason
from bulou.kernel import audit, clock, pdf, seal, signed
from bulou.kernel.fields import MICROSECOND
from bulou.kernel.problems import problem
from bulou.monitoring.models import Case
from bulou.people.queries import mask_identity, mask_name
from bulou.places.queries import name_path

NOT_FREE_YET = problem(
    "not-free-yet", _("编号 {number} 的监测尚未解除,也未到期:现在不能出具解除通知。"), status=409
)

HEAD = "BULOU-RELEASE-1"
TEMPLATE = Path(__file__).with_name("documents") / "release.typ"
ENDINGS = {"released": ("已办理解除", "Released"), "lapsed": ("期满自行终止", "Ended with its term")}


@dataclass(frozen=True, kw_only=True)
class ReleaseNote:
    """What a release note says. Dates are county days; `how` is by an act, or by the end of the term."""

    number: str
    name: str
    identity: str
    first_day: date
    last_day: date
    how: Literal["released", "lapsed"]
    free_on: date
    office: str

    def lines(self) -> list[str]:
        """What is signed, line by line."""
        return [str(getattr(self, field.name)) for field in fields(self)]


def note_of(case: Case, office: str) -> ReleaseNote:
    """The note for a case that was released, or whose term is over. Raises `not-free-yet`."""
    released = case.ended_at is not None and case.end_reason == EndReason.RELEASED
    lapsed = case.ended_at is None and case.ends_at <= clock.now()
    if not released and not lapsed:
        raise NOT_FREE_YET.error(number=case.number)
    who = seal.unseal(case.person.sealed)
    return ReleaseNote(
        number=case.number,
        name=mask_name(who.get("name", "")),
        identity=mask_identity(who.get("id", "")),
        first_day=clock.local(case.starts_at).date(),
        last_day=clock.local(case.ends_at - MICROSECOND).date(),
        how="released" if released else "lapsed",
        free_on=clock.local(case.ended_at or case.ends_at).date(),
        office=" ".join(office.split()),
    )


def sign(note: ReleaseNote) -> str:
    """The text of the note's code: its lines, then the signature."""
    lines = note.lines()
    return f"{signed.text_of(HEAD, lines)}\n{signed.signature(HEAD, lines)}"


def public_key() -> bytes:
    """The county's public key (32 bytes), for whoever verifies notes."""
    return seal.signing_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def verify(text: str, key: bytes) -> ReleaseNote:
    """The note in a code that was scanned, by the county's public key; needs no connection.

    Raises `paper-unreadable`, `paper-not-genuine`.
    """
    values, names = signed.verify(text, HEAD, key), [field.name for field in fields(ReleaseNote)]
    if len(values) != len(names):
        raise signed.PAPER_UNREADABLE.error()
    said: dict[str, Any] = dict(zip(names, values, strict=True))
    days = {name: date.fromisoformat(said[name]) for name in ("first_day", "last_day", "free_on")}
    return ReleaseNote(**(said | days))


def make_pdf(case: Case, *, office: str, by: str) -> bytes:
    """The note on paper: a page, and a card for the wallet. Making it is recorded; the paper has the name.

    Raises `not-free-yet`, `no-chinese-font`.
    """
    note = note_of(case, office)
    code = segno.make(sign(note), error="m", micro=False).svg_inline(border=2)
    data = {
        "note": {field.name: str(getattr(note, field.name)) for field in fields(note)},
        "name": seal.unseal(case.person.sealed).get("name", ""),
        "place": name_path(case.place[:12], separator=" "),
        "measure": case.measure,
        "decided_by": case.decided_by,
        "ending": ENDINGS[note.how],
        "issued": str(clock.local(clock.now()).date()),
        "code": code,
    }
    made = pdf.typeset(TEMPLATE, data)
    audit.record("monitoring.note_issued", by=by, subject=f"case:{case.number}", place=case.place)
    return made
