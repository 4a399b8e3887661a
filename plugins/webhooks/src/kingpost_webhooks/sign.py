"""Outgoing deliveries as Standard Webhooks: the headers of one attempt, and keys to make them with.

Called by ``outbox``. Source: the Standard Webhooks specification, 1.0.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence

from .endpoint import Key
from .mac import PRIVATE, PUBLIC, SECRET, private_key, standard_signature

OVERLAP_SECONDS = 24 * 3600.0
"""How long the old key signs beside the new one after a rotation."""


def signed(id: str, now: float, body: bytes, keys: Sequence[Key]) -> list[tuple[str, str]]:
    """Headers for one attempt: a signature for every key that holds, newest first."""
    at = str(int(now))
    held = [key for key in keys if key.until is None or key.until > now]
    signatures = " ".join(standard_signature(key.secret, id, at, body) for key in held)
    return [("webhook-id", id), ("webhook-timestamp", at), ("webhook-signature", signatures)]


def new_secret(entropy: Callable[[int], bytes]) -> str:
    """A shared secret of 32 bytes."""
    return SECRET + base64.b64encode(entropy(32)).decode()


def new_private(entropy: Callable[[int], bytes]) -> str:
    """An Ed25519 key."""
    return PRIVATE + base64.b64encode(entropy(32)).decode()


def shown(secret: str) -> str:
    """What a receiver verifies with: the secret itself, or the public half of a private key."""
    if not secret.startswith(PRIVATE):
        return secret
    return PUBLIC + base64.b64encode(private_key(secret).public_key().public_bytes_raw()).decode()
