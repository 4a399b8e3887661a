"""Whether a delivery is from who it says (Standard Webhooks 1.0: ``webhook-id``, ``-timestamp``, ``-signature``).

Called by whoever receives webhooks, with the raw bytes as they came. Nothing here needs the network.
"""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ._errors import KingpostError, WebhookInvalid

TOLERANCE = 300.0
_PREFIXES = ("webhook-", "svix-")
_SHARED, _PUBLIC = "whsec_", "whpk_"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery that was verified. ``id`` stays the same when it is sent again: keep it, and act once."""

    id: str
    timestamp: int
    data: Any


def verify_webhook(
    body: bytes,
    headers: Mapping[str, str],
    secret: str | Sequence[str],
    *,
    tolerance: float = TOLERANCE,
    now: float | None = None,
) -> Delivery:
    """The delivery, if one of the secrets signed it within ``tolerance`` seconds of now.

    A secret is a shared one (``whsec_...``, signatures v1) or an Ed25519 public key (``whpk_...``, signatures v1a, for
    which the extra ``ed25519`` is needed). Name two while one replaces the other.

    Raises:
        WebhookInvalid: a header is missing or malformed, the time is too far away, no signature fits, or the body is
            no JSON.
        KingpostError: a ``whpk_`` key, and the extra is not installed.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    prefix = next((each for each in _PREFIXES if f"{each}signature" in lower), _PREFIXES[0])
    id, stamp, given = (lower.get(f"{prefix}{part}", "") for part in ("id", "timestamp", "signature"))
    if not id or not given:
        raise WebhookInvalid(f"the headers {prefix}id, {prefix}timestamp and {prefix}signature are needed")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise WebhookInvalid(f"{prefix}timestamp is no number of seconds")
    if abs((time.time() if now is None else now) - int(stamp)) > tolerance:
        raise WebhookInvalid("the delivery is too old, or from the future; compare the clocks")
    signed = f"{id}.{stamp}.".encode("utf-8", "replace") + body
    signatures = given.split(" ")
    secrets = [secret] if isinstance(secret, str) else list(secret)
    fits = [_fits(each, signed, signatures) for each in secrets]
    if not any(fits):
        raise WebhookInvalid("no signature fits: the body was changed, or the secret is another one")
    try:
        return Delivery(id, int(stamp), json.loads(body.decode("utf-8"), parse_constant=_refused))
    except (ValueError, RecursionError):
        raise WebhookInvalid("the body is signed, and no JSON") from None


def _fits(secret: str, signed: bytes, signatures: Sequence[str]) -> bool:
    """Whether one of the signatures is that of this secret; every one is looked at, in constant time."""
    key = _key(secret)
    if not secret.startswith(_PUBLIC):
        wanted = b"v1," + base64.b64encode(hmac.digest(key, signed, sha256))
        equal = [hmac.compare_digest(wanted, each.encode("utf-8", "replace")) for each in signatures]
        return any(equal)
    verify = _verifier(key)
    return any(verify(each.removeprefix("v1a,"), signed) for each in signatures if each.startswith("v1a,"))


def _verifier(key: bytes) -> Callable[[str, bytes], bool]:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ModuleNotFoundError:
        raise KingpostError("a whpk_ key needs Ed25519: pip install 'kingpost-sdk[ed25519]'") from None
    try:
        public = Ed25519PublicKey.from_public_bytes(key)
    except ValueError:
        raise WebhookInvalid("the key behind 'whpk_' has not 32 bytes") from None

    def verify(signature: str, signed: bytes) -> bool:
        try:
            public.verify(_decoded(signature), signed)
        except (ValueError, InvalidSignature):
            return False
        return True

    return verify


def _refused(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _decoded(text: str) -> bytes:
    """Standard base64, in the one way that there is to write it."""
    found = base64.b64decode(text, validate=True)
    if base64.b64encode(found).decode() != text:
        raise ValueError("padded wrongly, or with bits that mean nothing")
    return found


def _key(secret: str) -> bytes:
    prefix = _PUBLIC if secret.startswith(_PUBLIC) else _SHARED
    try:
        key = _decoded(secret.removeprefix(prefix))
    except ValueError:
        raise WebhookInvalid(f"the secret is no base64 behind {prefix!r}") from None
    if not key:
        raise WebhookInvalid("the secret is empty")
    return key
