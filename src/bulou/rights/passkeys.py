"""Passkeys (WebAuthn): a key that the phone or computer keeps, for this host alone.

It works over HTTPS, and on localhost. The state of a ceremony lies in the session between its two halves.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    UserVerificationRequirement,
)

from bulou.kernel import audit, clock, seal
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.rights.models import SecondFactor
from bulou.rights.models.entry import FactorKind

STATE = "passkey_state"
"""The session's entry for a ceremony that has begun."""

NOT_VERIFIED = problem("passkey-not-verified", _("通行密钥没有通过验证:请重试,或改用验证码。"))


def begin_enrolment(user: int, username: str, host: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser needs to make a passkey, and the state to keep."""
    entity = PublicKeyCredentialUserEntity(id=str(user).encode(), name=username, display_name=username)
    options, state = _server(host).register_begin(
        entity, _credentials(user), user_verification=UserVerificationRequirement.PREFERRED
    )
    return dict(options), state


def complete_enrolment(
    user: int, answer: dict[str, Any], state: dict[str, Any] | None, host: str, *, title: str
) -> SecondFactor:
    """Keep the passkey that the browser made. Raises `passkey-not-verified`."""
    try:
        made = _server(host).register_complete(state, answer)
    except (ValueError, TypeError, KeyError) as error:
        raise NOT_VERIFIED.error() from error
    data = made.credential_data
    if state is None or data is None:
        raise NOT_VERIFIED.error()
    now = clock.now()
    with atomic():
        factor = SecondFactor.objects.create(
            user_id=user,
            kind=FactorKind.PASSKEY,
            title=title.strip()[:40],
            sealed=seal.seal({"credential": websafe_encode(bytes(data))}),
            made_at=now,
            used_at=now,
        )
        audit.record("factor.added", by=f"user:{user}", subject=f"user:{user}", detail={"kind": "passkey"})
    return factor


def begin_check(user: int, host: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser needs to show one of the user's passkeys, and the state to keep."""
    options, state = _server(host).authenticate_begin(
        _credentials(user), user_verification=UserVerificationRequirement.PREFERRED
    )
    return dict(options), state


def check(user: int, answer: dict[str, Any], state: dict[str, Any] | None, host: str) -> None:
    """Raises `passkey-not-verified` unless a passkey of the user signed this ceremony on this host."""
    try:
        shown = _server(host).authenticate_complete(state, _credentials(user), answer)
    except (ValueError, TypeError, KeyError) as error:
        raise NOT_VERIFIED.error() from error
    used = [one for one in _of(user) if _credential(one).credential_id == shown.credential_id]
    SecondFactor.objects.filter(pk__in=[one.pk for one in used]).update(used_at=clock.now())


def _server(host: str) -> Fido2Server:
    """Bound to the host's name: a passkey made here is of no use on a page that only looks like this."""
    return Fido2Server(PublicKeyCredentialRpEntity(id=host.partition(":")[0], name="Bulou"))


def _of(user: int) -> QuerySet[SecondFactor, SecondFactor]:
    return SecondFactor.objects.filter(user=user, kind=FactorKind.PASSKEY)


def _credentials(user: int) -> list[AttestedCredentialData]:
    return [_credential(one) for one in _of(user)]


def _credential(factor: SecondFactor) -> AttestedCredentialData:
    return AttestedCredentialData(websafe_decode(seal.unseal(factor.sealed)["credential"]))
