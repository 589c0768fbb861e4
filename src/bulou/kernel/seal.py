"""Sealed identity: AES-GCM for what must be read again, keyed hashes for what must only be found again.

The keys lie in a file outside the database (`kernel.keyring`), made on the first start. There are few
enough identity numbers to try them all: a plain digest of one is as good as the number, a keyed one is not.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from functools import reduce
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _
from pydantic_core import to_json

from bulou.kernel.keyring import key_path, keys, make_keys
from bulou.kernel.problems import problem

__all__ = [
    "identifier_hasher",
    "key_path",
    "keys",
    "layer",
    "lookup",
    "lookup_hasher",
    "make_keys",
    "number_hasher",
    "seal",
    "sealer",
    "signing_key",
    "unseal",
]

SEAL_BROKEN = problem("seal-broken", _("封存的内容打不开:密钥不符,或内容被改动过。"), status=503)

NONCE = 12


def sealer() -> Callable[[dict[str, Any]], bytes]:
    """A function that seals dictionaries; for loops over many rows."""
    ring = keys()
    encrypt, version = AESGCM(ring.seal).encrypt, bytes([ring.current])
    urandom = os.urandom

    def seal_one(content: dict[str, Any]) -> bytes:
        nonce = urandom(NONCE)
        return version + nonce + encrypt(nonce, to_json(content), version)

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
        plain = AESGCM(keys().seals[raw[0]]).decrypt(raw[1 : 1 + NONCE], raw[1 + NONCE :], raw[:1])
    except (InvalidTag, ValueError, KeyError) as error:  # ValueError: cut off; KeyError: no such key
        raise SEAL_BROKEN.error() from error
    content: dict[str, Any] = json.loads(plain)
    return content


LOOKUP, NUMBER = 16, 8
"""Bytes of a look-up key, and of one that is kept as a number."""


def identifier_hasher(purpose: str) -> Callable[[str], bytes]:
    """A keyed hash (BLAKE2b-128, RFC 7693), apart for each purpose, that stays the same for ever.

    For what stands in the ledger: a report of the same sheet has the same id after every rotation.
    """
    start = hashlib.blake2b(digest_size=LOOKUP, key=keys().lookup, person=purpose.encode()[:16]).copy

    def hash_one(value: str) -> bytes:
        state = start()
        state.update(value.encode())
        return state.digest()

    return hash_one


def layer(key: bytes, digest: bytes) -> bytes:
    """A look-up key hashed once more, by the key of one layer; as long as it was."""
    return hashlib.blake2b(digest, digest_size=len(digest), key=key, person=b"layer").digest()


def lookup_hasher(purpose: str) -> Callable[[str], bytes]:
    """A keyed hash for equality look-ups, under every layer of the key file."""
    hash_one, layers = identifier_hasher(purpose), keys().layers
    if not layers:
        return hash_one
    return lambda value: reduce(lambda digest, key: layer(key, digest), layers, hash_one(value))


def number_hasher(purpose: str) -> Callable[[str], int]:
    """The same as a signed 64-bit number."""
    hash_one, layers = identifier_hasher(purpose), keys().layers

    def number_one(value: str) -> int:
        digest = reduce(lambda digest, key: layer(key, digest), layers, hash_one(value)[:NUMBER])
        return int.from_bytes(digest, "big", signed=True)

    return number_one


def lookup(purpose: str, value: str) -> bytes:
    """The look-up key of one value."""
    return lookup_hasher(purpose)(value)


def signing_key() -> Ed25519PrivateKey:
    """The county's Ed25519 key, for notes that can be verified without a connection."""
    return Ed25519PrivateKey.from_private_bytes(keys().sign)
