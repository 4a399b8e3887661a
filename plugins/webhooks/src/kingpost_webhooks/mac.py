"""Signatures over raw bytes: keyed digests, compared in constant time with every secret of an overlap.

Called by ``schemes`` and by ``sign``. Keeps nothing, and reads no clock.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from .arrived import Refusal

if TYPE_CHECKING:
    # 5 MB, which only homes with keys of that kind need.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SECRET, PUBLIC, PRIVATE = "whsec_", "whpk_", "whsk_"
"""How keys of Standard Webhooks begin: a shared secret, a public and a private Ed25519 key."""

_LONGEST_TIME = 12
_MOST_SIGNATURES = 16


def digest(key: bytes, content: bytes, algorithm: str = "sha256") -> bytes:
    """HMAC (RFC 2104) of ``content``."""
    return hmac.digest(key, content, algorithm)


def any_equal(given: Iterable[bytes], expected: Sequence[bytes]) -> bool:
    """Whether one of the given values is one of those expected. All pairs are compared, each in constant time."""
    found = False
    for one in given:
        for other in expected:
            found |= hmac.compare_digest(one, other)
    return found


def same(given: str, secrets: Sequence[str]) -> bool:
    """Whether a plain token is one of the secrets; digests of both are compared, so that no length shows."""
    mine = [hashlib.sha256(secret.encode()).digest() for secret in secrets]
    return any_equal([hashlib.sha256(given.encode()).digest()], mine)


def moment(text: str, now: float, tolerance: float) -> int:
    """A time stamp in Unix seconds, not older and not newer than ``tolerance`` seconds.

    Raises:
        Refusal: it is no whole number in ASCII digits, or out of the tolerance.
    """
    if not (text.isascii() and text.isdigit()) or len(text) > _LONGEST_TIME:
        raise Refusal(400, "the time stamp is no number of seconds")
    if abs(now - int(text)) > tolerance:
        raise Refusal(401, f"the time stamp is more than {tolerance:g} s off; send it anew, or mend the clock")
    return int(text)


def standard_key(secret: str) -> bytes:
    """The bytes of a Standard Webhooks secret: Base64 behind an optional ``whsec_``.

    Raises:
        ValueError: it is no Base64, or empty.
    """
    try:
        key = base64.b64decode(secret.removeprefix(SECRET), validate=True)
    except binascii.Error as problem:
        raise ValueError("it is no Base64") from problem
    if not key:
        raise ValueError("it is empty")
    return key


@lru_cache(1024)
def public_key(text: str) -> Ed25519PublicKey:
    """A ``whpk_`` key.

    Raises:
        ValueError: it is none.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text.removeprefix(PUBLIC), validate=True))


@lru_cache(16_384)
def private_key(text: str) -> Ed25519PrivateKey:
    """A ``whsk_`` key; the seed alone, or with the public key behind it as some libraries write it.

    Raises:
        ValueError: it is none.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text.removeprefix(PRIVATE), validate=True)[:32])


def signed_content(id: str, timestamp: str, body: bytes) -> bytes:
    """What Standard Webhooks signs (specification, "Signature scheme")."""
    return b"%b.%b.%b" % (id.encode("ascii"), timestamp.encode("ascii"), body)


def standard_signature(key: str, id: str, timestamp: str, body: bytes) -> str:
    """``v1,<base64>`` for a shared secret, ``v1a,<base64>`` for a private key."""
    content = signed_content(id, timestamp, body)
    if key.startswith(PRIVATE):
        return "v1a," + base64.b64encode(private_key(key).sign(content)).decode()
    return "v1," + base64.b64encode(digest(standard_key(key), content)).decode()


def standard_matches(header: str, content: bytes, secrets: Sequence[str]) -> bool:
    """Whether one signature of the header's list is that of one of the secrets; other versions are passed over.

    Raises:
        Refusal: the list is no list of signatures.
    """
    parts = header.split(" ")
    if len(parts) > _MOST_SIGNATURES:
        raise Refusal(400, f"more than {_MOST_SIGNATURES} signatures")
    shared = [digest(standard_key(secret), content) for secret in secrets if not secret.startswith(PUBLIC)]
    keys = [public_key(secret) for secret in secrets if secret.startswith(PUBLIC)]
    found = False
    for part in parts:
        version, comma, encoded = part.partition(",")
        if not comma:
            raise Refusal(400, "the signature has no version; it is v1,<base64>")
        if version not in {"v1", "v1a"}:
            continue
        try:
            signature = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            continue
        found |= any_equal([signature], shared) if version == "v1" else _one_signed(signature, content, keys)
    return found


def _one_signed(signature: bytes, content: bytes, keys: Sequence[Ed25519PublicKey]) -> bool:
    from cryptography.exceptions import InvalidSignature

    for key in keys:
        try:
            key.verify(signature, content)
        except InvalidSignature:
            continue
        return True
    return False
