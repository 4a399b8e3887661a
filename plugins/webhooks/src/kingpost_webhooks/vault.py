"""Secrets at rest: sealed with a key that lies beside the log, not in it.

Asked by ``registry``. The log, its copies and whatever follows it hold ciphertext (AES-256-GCM, NIST SP 800-38D); the
key is a file in the home that only its owner can read.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kingpost import SettingsInvalid

if TYPE_CHECKING:
    # 5 MB, which only homes with secrets need.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FILE = "webhooks.key"
_KEY_BYTES, _NONCE_BYTES = 32, 12


class Vault:
    """Seals and opens secrets of one home."""

    def __init__(self, home: Path, entropy: Callable[[int], bytes]) -> None:
        self._path, self._entropy = home / FILE, entropy
        self._cipher: AESGCM | None = None

    def seal(self, secret: str, place: str) -> str:
        """Ciphertext that opens only for the same place (tenant, kind and name)."""
        nonce = self._entropy(_NONCE_BYTES)
        sealed = self._key().encrypt(nonce, secret.encode(), place.encode())
        return base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, place: str) -> str:
        """The secret.

        Raises:
            SettingsInvalid: the key of this home is another one, or is gone.
        """
        from cryptography.exceptions import InvalidTag

        raw = base64.b64decode(sealed)
        mend = f"put the {FILE} of this home back, or set the secret anew"
        # A key made now would open nothing, and would stand in the way of the right one.
        if self._cipher is None and not self._path.exists():
            raise SettingsInvalid(str(self._path), f"it is gone, and with it the secret of {place}", mend)
        try:
            return self._key().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode()).decode()
        except InvalidTag as problem:
            raise SettingsInvalid(
                str(self._path), f"the secret of {place} was sealed with another key", mend
            ) from problem

    def _key(self) -> AESGCM:
        if self._cipher is None:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM

            self._cipher = AESGCM(self._read() or self._made())
        return self._cipher

    def _read(self) -> bytes | None:
        try:
            key = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise SettingsInvalid(
                str(self._path), f"it cannot be read ({problem.strerror})", "mend its mode"
            ) from problem
        if len(key) != _KEY_BYTES:
            raise SettingsInvalid(
                str(self._path), f"it has {len(key)} bytes, not {_KEY_BYTES}", "put the right one back"
            )
        return key

    def _made(self) -> bytes:
        """A new key, whole on disk before it is used; whoever comes second takes the first one's."""
        key = self._entropy(_KEY_BYTES)
        fresh = self._path.with_name(f"{FILE}.{self._entropy(6).hex()}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, key)
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            os.link(fresh, self._path)
        except FileExistsError:
            return self._read() or key
        finally:
            fresh.unlink()
        return key
