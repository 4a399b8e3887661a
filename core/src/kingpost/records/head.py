"""The end of the log as its home vouches for it."""

from __future__ import annotations

from .record import Record


class SignedHead(Record, kw_only=True):
    """A head of the log, meant to be kept elsewhere: whoever rewrites the log later cannot make it fit again.

    ``hash`` is the hex of the frame's hash and ``at`` the time of the signature in microseconds since the epoch.
    ``key`` is the SHA-256 of the raw public key in hex. ``signature`` is Ed25519 (RFC 8032) in base64, over the other
    fields as JSON in RFC 8785's form: sorted by name, without spaces.
    """

    position: int
    hash: str
    at: int
    key: str
    signature: str
