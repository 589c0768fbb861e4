"""The second factor: codes of an authenticator (RFC 6238) and codes for when the phone is lost.

Passkeys are in `rights.passkeys`. Secrets are sealed; a stolen database lets nobody in.
"""

from __future__ import annotations

import base64
import secrets
import time

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bulou.kernel import audit, clock, seal
from bulou.kernel.database import atomic
from bulou.kernel.problems import problem
from bulou.rights.models import Mandate, RecoveryCode, SecondFactor
from bulou.rights.models.entry import FactorKind

DIGITS, STEP = 6, 30
DRIFT = 1
"""Steps that a phone's clock may be off, each way."""
RECOVERY_CODES = 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
ISSUER = "Bulou"

REQUIRED, OFF = "required", "off"
VERIFIED = "second_factor"
"""The session's entry about the second factor: `SHOWN`, `OWED`, or not there when none is made yet."""
SHOWN, OWED = "shown", "owed"

WRONG_CODE = problem("factor-wrong-code", _("验证码不对或已用过:请等下一个 6 位数字再输,并核对手机时间。"))
LAST_ONE = problem(
    "factor-last-one", _("您的身份需要第二重验证:请先登记另一个验证方式,再删除这一个。"), status=409
)


def is_required(mandate: Mandate) -> bool:
    """Whether a mandate asks for a second factor: one over a township or more does, unless that is off.

    An emergency is never held up by one (P18): it ends within the hour and is looked at afterwards.
    """
    return settings.BULOU_SECOND_FACTOR != OFF and mandate.is_wide and not mandate.is_emergency


def in_force(user: int) -> QuerySet[SecondFactor, SecondFactor]:
    """A user's second factors that were shown to work."""
    return SecondFactor.objects.filter(user=user, used_at__isnull=False).order_by("pk")


def is_asked(user: int) -> bool:
    """Whether a log-in asks for the second factor: when there is one, and the setting does not say off."""
    return settings.BULOU_SECOND_FACTOR != OFF and in_force(user).exists()


def new_secret() -> bytes:
    """A secret of 160 bits, as RFC 4226 asks."""
    return secrets.token_bytes(20)


def address_of(secret: bytes, username: str) -> str:
    """The `otpauth:` address that an authenticator reads from a QR code."""
    return _totp(secret).get_provisioning_uri(username, ISSUER)


def in_letters(secret: bytes) -> str:
    """The secret as one types it where no camera is at hand."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[n : n + 4] for n in range(0, len(text), 4))


def enrol_code(user: int, secret: bytes, code: str) -> SecondFactor:
    """Take an authenticator into use once it has shown a right code; one that was there is replaced.

    Raises `factor-wrong-code`.
    """
    step = _step_of(secret, code, after=0)
    now = clock.now()
    with atomic():
        SecondFactor.objects.filter(user=user, kind=FactorKind.CODE).delete()
        made = SecondFactor.objects.create(
            user_id=user,
            kind=FactorKind.CODE,
            sealed=seal.seal({"secret": secret.hex()}),
            made_at=now,
            used_at=now,
            last_step=step,
        )
        audit.record("factor.added", by=f"user:{user}", subject=f"user:{user}", detail={"kind": "code"})
    return made


def check_code(user: int, code: str) -> None:
    """Take a code of the authenticator, or a recovery code, once. Raises `factor-wrong-code`."""
    text = "".join(code.lower().split()).replace("-", "")
    with atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user, kind=FactorKind.CODE).first()
        if factor is not None and text.isdecimal() and len(text) == DIGITS:
            secret = bytes.fromhex(seal.unseal(factor.sealed)["secret"])
            factor.last_step = _step_of(secret, text, after=factor.last_step)
            factor.used_at = clock.now()
            factor.save(update_fields=["last_step", "used_at"])
            return
        _use_recovery_code(user, text)


def new_recovery_codes(user: int) -> list[str]:
    """Ten codes that work once each; those from before work no more. They cannot be shown again."""
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    with atomic():
        RecoveryCode.objects.filter(user=user).delete()
        RecoveryCode.objects.bulk_create(RecoveryCode(user_id=user, key=_key(user, code)) for code in codes)
        audit.record("factor.recovery_codes", by=f"user:{user}", subject=f"user:{user}")
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def recovery_codes_left(user: int) -> int:
    """How many codes are unused."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()


def remove(factor: SecondFactor, *, by: str, needed: bool) -> None:
    """A factor works no more. Raises `factor-last-one` where one is needed and no other stands."""
    with atomic():
        if needed and not in_force(factor.user_id).exclude(pk=factor.pk).exists():
            raise LAST_ONE.error()
        factor.delete()
        audit.record("factor.removed", by=by, subject=f"user:{factor.user_id}", detail={"kind": factor.kind})


def remove_all(user: int, *, by: str) -> None:
    """The phone is lost for good: all factors are taken away, the next log-in makes new ones."""
    with atomic():
        SecondFactor.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(user=user).delete()
        audit.record("factor.reset", by=by, subject=f"user:{user}")


def _use_recovery_code(user: int, text: str) -> None:
    now = clock.now()
    unused = RecoveryCode.objects.filter(user=user, key=_key(user, text), used_at__isnull=True)
    if not unused.update(used_at=now):
        raise WRONG_CODE.error()
    audit.record("factor.recovery_code_used", by=f"user:{user}", subject=f"user:{user}")


def _step_of(secret: bytes, code: str, *, after: int) -> int:
    """The time step that a code belongs to; none is taken twice. Raises `factor-wrong-code`.

    By the machine's clock: the authenticator knows no other.
    """
    now = int(time.time()) // STEP
    totp = _totp(secret)
    for step in range(now - DRIFT, now + DRIFT + 1):
        try:
            totp.verify(code.encode(), step * STEP)
        except InvalidToken:
            continue
        if step > after:
            return step
    raise WRONG_CODE.error()


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP)  # noqa: S303  what every authenticator speaks


def _key(user: int, code: str) -> bytes:
    return seal.lookup("recovery", f"{user}:{code}")
