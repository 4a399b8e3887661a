"""What each SDK makes of signed deliveries: shared secrets, public keys, rotation, clocks, bytes."""

from __future__ import annotations

import base64
import hmac
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.contracts.drivers import Driver

NOW = 1_700_000_000
BODY = '{"type": "task.succeeded", "data": {"größe": 1e3}}'.encode()
OLD, NEW = (b"%b" % letter * 32 for letter in (b"o", b"n"))
PAIR, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32) for seed in (1, 2))


def text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def secret(key: bytes) -> str:
    return f"whsec_{text(key)}"


def public(key: Ed25519PrivateKey) -> str:
    return f"whpk_{text(key.public_key().public_bytes_raw())}"


def signed(*keys: bytes | Ed25519PrivateKey, body: bytes = BODY, at: int = NOW) -> dict[str, str]:
    """The headers of a delivery, with a signature for each key."""
    content = b"msg_1.%d.%b" % (at, body)
    made = [
        "v1," + text(hmac.digest(key, content, "sha256"))
        if isinstance(key, bytes)
        else "v1a," + text(key.sign(content))
        for key in keys
    ]
    return {"webhook-id": "msg_1", "webhook-timestamp": str(at), "webhook-signature": " ".join(made)}


def verified(driver: Driver, headers: dict[str, str], secrets: Any, body: bytes = BODY) -> dict[str, Any]:
    return driver.do("webhook", hex=body.hex(), headers=headers, secret=secrets, now=NOW)


@pytest.mark.parametrize(
    ("keys", "secrets"),
    [
        ([OLD], secret(OLD)),
        ([PAIR], public(PAIR)),
        ([NEW, OLD], secret(OLD)),
        ([NEW, OLD], [secret(NEW)]),
        ([NEW], [secret(OLD), secret(NEW)]),
        ([OTHER, PAIR], public(PAIR)),
        ([OLD, PAIR], [secret(NEW), public(PAIR)]),
        ([PAIR, OLD], [public(OTHER), secret(OLD)]),
    ],
    ids=["v1", "v1a", "old key", "new key", "two secrets", "two pairs", "v1a of both", "v1 of both"],
)
def test_one_signature_of_one_key_is_enough(driver: Driver, keys: list[Any], secrets: Any) -> None:
    """So keys of either kind can replace each other while deliveries are on their way."""
    said = verified(driver, signed(*keys), secrets)

    assert said["value"] == {
        "id": "msg_1", "timestamp": NOW, "data": {"type": "task.succeeded", "data": {"größe": 1000}},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "secrets"),
    [
        (signed(PAIR), public(OTHER)),
        (signed(PAIR), secret(OLD)),
        (signed(OLD), public(PAIR)),
        # The public key is known to everybody, so it must never serve as a shared secret.
        (signed(PAIR.public_key().public_bytes_raw()), public(PAIR)),
        (signed(PAIR) | {"webhook-signature": signed(PAIR)["webhook-signature"].replace("v1a,", "v1,")}, public(PAIR)),
        (signed(PAIR) | {"webhook-signature": "v1a,AAAA"}, public(PAIR)),
        (signed(PAIR) | {"webhook-signature": "v1a,größe"}, public(PAIR)),
        (signed(PAIR), "whpk_AAAA"),
        (signed(PAIR), "whpk_"),
        (signed(PAIR), "whpk_!"),
        (signed(PAIR, body=BODY + b" "), public(PAIR)),
        (signed(OLD, PAIR, at=NOW - 301), [secret(OLD), public(PAIR)]),
        (signed(OLD, PAIR, at=NOW + 301), [secret(OLD), public(PAIR)]),
        (signed(OLD), []),
    ],
    ids=["another key", "secret for a pair", "pair for a secret", "public key as a secret", "other version", "short",
         "no base64", "short key", "no key", "key is no base64", "changed body", "stale", "future", "no secret"],
)  # fmt: skip
def test_everything_else_is_refused(driver: Driver, headers: dict[str, str], secrets: Any) -> None:
    said = verified(driver, headers, secrets)

    assert said.get("error", {}).get("kind") == "WebhookInvalid", said


@pytest.mark.parametrize("at", [NOW - 300, NOW + 300])
def test_clocks_may_be_five_minutes_apart(driver: Driver, at: int) -> None:
    assert verified(driver, signed(OLD, at=at), secret(OLD))["value"]["timestamp"] == at


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe\x00", b'"\xed\xa0\x80"', b"", b"{", b"NaN", b"\xef\xbb\xbf{}"],
    ids=["bytes", "half a character", "none", "open", "no number", "a mark"],
)
def test_bytes_are_signed_and_not_text(driver: Driver, body: bytes) -> None:
    """The signature of bytes that are no text is right, and what they hold is still no JSON."""
    said = verified(driver, signed(OLD, body=body), secret(OLD), body)

    assert said["error"]["kind"] == "WebhookInvalid"
    assert "no JSON" in said["error"]["message"]
