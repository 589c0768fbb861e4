"""Lines of text with the county's signature (Ed25519, RFC 8032) as the last: what a code on paper holds.

Anybody who has the county's public key can verify them without a connection.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils.translation import gettext_lazy as _

from bulou.kernel import seal
from bulou.kernel.problems import problem

PAPER_UNREADABLE = problem("paper-unreadable", _("这不是本县文书上的二维码内容:请对准二维码重新扫描。"))
PAPER_NOT_GENUINE = problem(
    "paper-not-genuine", _("签名不符:这份文书不是本县出具的,或内容被改动过,请向出具单位核实。")
)


def signature(head: str, lines: Sequence[str]) -> str:
    """The county's signature over a head and lines; a line break within a line is written as a space."""
    made = seal.signing_key().sign(text_of(head, lines).encode())
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def text_of(head: str, lines: Sequence[str]) -> str:
    """What is signed."""
    return "\n".join((head, *(" ".join(line.split()) for line in lines)))


def verify(text: str, head: str, key: bytes) -> list[str]:
    """The lines of a text that ends with its signature. Raises `paper-unreadable`, `paper-not-genuine`."""
    signed, _newline, given = text.strip().rpartition("\n")
    first, *lines = signed.split("\n")
    if first != head:
        raise PAPER_UNREADABLE.error()
    try:
        raw = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True)
        Ed25519PublicKey.from_public_bytes(key).verify(raw, signed.encode())
    except (InvalidSignature, ValueError) as error:
        raise PAPER_NOT_GENUINE.error() from error
    return lines
