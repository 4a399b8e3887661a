"""Whether a delivery is from who it says (Standard Webhooks: ``webhook-id``, ``-timestamp``, ``-signature``).

Called by whoever receives webhooks, with the raw bytes as they came. Nothing here needs the network.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ._errors import WebhookInvalid

TOLERANCE = 300.0
_PREFIXES = ("webhook-", "svix-")


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
    """The delivery, if one of the secrets (``whsec_...``) signed it within ``tolerance`` seconds of now.

    Raises:
        WebhookInvalid: a header is missing or malformed, the time is too far away, no signature fits, or the body is
            no JSON.
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
    signed = f"{id}.{stamp}.".encode() + body
    secrets = [secret] if isinstance(secret, str) else list(secret)
    wanted = [b"v1," + base64.b64encode(hmac.digest(_key(each), signed, sha256)) for each in secrets]
    fits = [hmac.compare_digest(one, each.encode()) for one in wanted for each in given.split(" ")]
    if not any(fits):
        raise WebhookInvalid("no signature fits: the body was changed, or the secret is another one")
    try:
        return Delivery(id, int(stamp), json.loads(body))
    except (ValueError, RecursionError):
        raise WebhookInvalid("the body is signed, and no JSON") from None


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        raise WebhookInvalid("the secret is no base64 behind 'whsec_'") from None
    if not key:
        raise WebhookInvalid("the secret is empty")
    return key
