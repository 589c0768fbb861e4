"""Sealed identity: AES-GCM for what must be read again, keyed hashes for what must only be found again.

The keys lie in a file outside the database, made on the first start. There are few enough identity
numbers to try them all, so a plain digest of one is as good as the number; a keyed one is not.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from pydantic_core import to_json

from bulou.kernel.files import write_once
from bulou.kernel.problems import problem

KEY_FILE_BROKEN = problem(
    "key-file-broken",
    _("密钥文件 {path} 损坏或不完整:请从备份中取回它,没有它就读不出已封存的身份信息。"),
    status=503,
)
SEAL_BROKEN = problem("seal-broken", _("封存的内容打不开:密钥不符,或内容被改动过。"), status=503)

NONCE = 12
KEY_VERSION = b"\x01"


@dataclass(frozen=True)
class Keys:
    """The county's keys: one to seal, one to look up, one to sign."""

    seal: bytes
    lookup: bytes
    sign: bytes


def key_path() -> Path:
    """Where the key file lies."""
    return Path(settings.BULOU_KEY_FILE)


def make_keys(path: Path) -> None:
    """Write a new key file, readable by its owner only. Never replaces one that is there."""
    names = ("seal", "lookup", "sign")
    write_once(
        path,
        json.dumps({name: base64.b64encode(os.urandom(32)).decode() for name in names}),
    )


@lru_cache(maxsize=4)
def _keys(path: Path) -> Keys:
    try:
        raw = json.loads(path.read_text())
        keys = Keys(*(base64.b64decode(raw[name]) for name in ("seal", "lookup", "sign")))
    except (ValueError, KeyError, TypeError) as error:
        raise KEY_FILE_BROKEN.error(path=path.name) from error
    if {len(keys.seal), len(keys.lookup), len(keys.sign)} != {32}:
        raise KEY_FILE_BROKEN.error(path=path.name)
    return keys


def keys() -> Keys:
    """The keys, made on first use. Raises `key-file-broken`."""
    path = key_path()
    if not path.exists():
        make_keys(path)
    return _keys(path)


def sealer() -> Callable[[dict[str, Any]], bytes]:
    """A function that seals dictionaries; for loops over many rows."""
    encrypt = AESGCM(keys().seal).encrypt
    urandom = os.urandom

    def seal_one(content: dict[str, Any]) -> bytes:
        nonce = urandom(NONCE)
        return KEY_VERSION + nonce + encrypt(nonce, to_json(content), KEY_VERSION)

    return seal_one


def seal(content: dict[str, Any]) -> bytes:
    """Seal a JSON-able dictionary: key version, nonce, AES-256-GCM ciphertext."""
    return sealer()(content)


def unseal(sealed: bytes | memoryview | None) -> dict[str, Any]:
    """Open what `seal` made; nothing sealed gives an empty dictionary. Raises `seal-broken`."""
    if not sealed:
        return {}
    raw = bytes(sealed)
    try:
        plain = AESGCM(keys().seal).decrypt(raw[1 : 1 + NONCE], raw[1 + NONCE :], raw[:1])
    except (InvalidTag, ValueError) as error:  # a ValueError says that it is cut off within the nonce
        raise SEAL_BROKEN.error() from error
    content: dict[str, Any] = json.loads(plain)
    return content


def lookup_hasher(purpose: str) -> Callable[[str], bytes]:
    """A keyed hash (BLAKE2b-128, RFC 7693) for equality look-ups, apart for each purpose."""
    start = hashlib.blake2b(digest_size=16, key=keys().lookup, person=purpose.encode()[:16]).copy

    def hash_one(value: str) -> bytes:
        state = start()
        state.update(value.encode())
        return state.digest()

    return hash_one


def lookup(purpose: str, value: str) -> bytes:
    """The look-up key of one value."""
    return lookup_hasher(purpose)(value)


def signing_key() -> Ed25519PrivateKey:
    """The county's Ed25519 key, for notes that can be verified without a connection."""
    return Ed25519PrivateKey.from_private_bytes(keys().sign)
