"""Two-person recovery of the key file.

A recovery key is split into shares on paper (SLIP-39 words: any `need` of them give it back, fewer say
nothing) and kept nowhere else; the key file holds only its public half. With that, an envelope of the key
file is sealed anew (HPKE, RFC 9180) whenever the key file changes, beside it and beside the backups. The
envelope alone opens nothing, and one share with it opens nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics

from bulou.kernel import keyring
from bulou.kernel.files import put_file, write_once
from bulou.kernel.keyring import Ring
from bulou.kernel.problems import problem

SHARES_WRONG = problem("shares-wrong", _("份额不对:要有 {need} 份不同的、同一次分出的,逐字核对后再试。"))
ENVELOPE_WRONG = problem("recovery-envelope-wrong", _("这个恢复文件打不开:不是用这些份额分出的,或已损坏。"))
KEY_FILE_THERE = problem(
    "key-file-there", _("密钥文件 {path} 还在,恢复不会覆盖它:确要恢复,请先把它移走。"), status=409
)
BAD_SHARES = problem("bad-share-counts", _("份额应为 2 至 16 份,恢复所需份数应不少于 2、不多于总份数。"))

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
INFO = b"bulou key file"
ENDING = ".recovery"


@dataclass(frozen=True)
class Split:
    """What a split made: the words of each share, shown once, and how many of them are needed."""

    shares: tuple[str, ...]
    need: int
    ring: str


def split(shares: int, need: int) -> Split:
    """A new recovery key in shares; the one before opens no later envelope. Raises `bad-share-counts`."""
    if not 2 <= need <= shares <= 16:
        raise BAD_SHARES.error()
    secret = X25519PrivateKey.generate()
    public = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    raw = secret.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    words = generate_mnemonics(1, [(need, shares)], raw)[0]
    ring = keyring.change(lambda ring: replace(ring, recovery=public))
    return Split(tuple(words), need, ring.name)


def join(shares: Iterable[str]) -> X25519PrivateKey:
    """The recovery key in enough shares. Raises `shares-wrong`."""
    words = [" ".join(share.lower().split()) for share in shares]
    try:
        return X25519PrivateKey.from_private_bytes(combine_mnemonics(words))
    except (MnemonicError, ValueError) as error:
        raise SHARES_WRONG.error(need=_needed(words)) from error


def _needed(words: list[str]) -> int:
    """How many shares these say are needed; two when they cannot be read."""
    from shamir_mnemonic.share import Share

    for share in words:
        try:
            return int(Share.from_mnemonic(share).member_threshold)
        except (MnemonicError, ValueError):
            continue
    return 2


def sealed(ring: Ring) -> bytes:
    """The envelope of a ring for its recovery key."""
    public = X25519PublicKey.from_public_bytes(ring.recovery)
    return SUITE.encrypt(keyring.to_text(ring).encode(), public, info=INFO)


def recover(envelope: bytes, shares: Iterable[str]) -> Ring:
    """Write the key file that an envelope holds. Raises `key-file-there`, `shares-wrong`,
    `recovery-envelope-wrong`."""
    path = keyring.key_path()
    if path.exists():
        raise KEY_FILE_THERE.error(path=path)
    secret = join(shares)
    try:
        text = SUITE.decrypt(envelope, secret, info=INFO).decode()
    except (InvalidTag, ValueError) as error:
        raise ENVELOPE_WRONG.error() from error
    ring = keyring.from_text(text, path.name)
    write_once(path, text)
    return ring


def envelope_paths() -> list[Path]:
    """Where the envelope is kept: beside the key file, and beside the backups when they have a folder."""
    key_file = keyring.key_path()
    places = [key_file.with_name(key_file.name + ENDING)]
    if settings.BULOU_BACKUP_FOLDER:
        places.append(Path(settings.BULOU_BACKUP_FOLDER) / f"bulou-keys{ENDING}")
    return places


def renew(ring: Ring) -> None:
    """Put the present envelope in the place of the old ones, so that none of them keeps a destroyed key."""
    if not ring.recovery:
        return
    made = sealed(ring)
    for path in envelope_paths():
        put_file(path, made)


keyring.AFTER_CHANGE.append(renew)
