"""Heads of the log that are kept elsewhere: signed with the key of a home, read back, and held against the log.

Called by the operations ``heads.export`` and ``log.verify``. Whoever can rewrite a log can make its chain fit again;
a head that was written down where they cannot write gives them away. Never writes but the home's own key.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ..chain import GENESIS
from ..errors import Corrupted, InvalidRequest, KingpostError, SettingsInvalid, Unavailable
from ..ports import Ports
from ..protocols import Log
from ..records.codec import load
from ..records.event import Finding, Head
from ..records.head import SignedHead
from .begin import beginning
from .keyfiles import place

if TYPE_CHECKING:  # costs 30 ms that only signatures have to pay
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY = "head.key"
PUBLIC = "head.pub"
_PAGE = 500
_ANEW = f"restore it, or move it and {PUBLIC} away for a new one (heads that it signed need the old {PUBLIC})"


async def export(log: Log, ports: Ports) -> SignedHead:
    """The newest head of the log, signed with the home's key, which the first call makes.

    Raises:
        SettingsInvalid: the key cannot be used. Unavailable: it cannot be written.
    """
    head = await log.head()
    return sign(home_key(ports), head, int(ports.clock.now() * 1_000_000))


def sign(key: Ed25519PrivateKey, head: Head, at: int) -> SignedHead:
    """The head as this key vouches for it; ``at`` in microseconds since the epoch."""
    unsigned = SignedHead(
        position=head.position, hash=head.hash.hex(), at=at, key=key_id(key.public_key()), signature=""
    )
    signature = base64.b64encode(key.sign(_content(unsigned))).decode("ascii")
    return SignedHead(position=head.position, hash=unsigned.hash, at=at, key=unsigned.key, signature=signature)


def check(signed: SignedHead, public: Ed25519PublicKey | None) -> Head:
    """The head, if this key has signed it.

    Raises:
        InvalidRequest: there is no key, or it is another one. Corrupted: this is not what was signed.
    """
    from cryptography.exceptions import InvalidSignature

    if public is None:
        raise InvalidRequest(f"nobody can say who signed it: put {PUBLIC} of the home that did beside the file")
    if signed.key != key_id(public):
        raise InvalidRequest(
            f"it was signed with the key {signed.key[:16]}, not with {key_id(public)[:16]}: "
            f"put {PUBLIC} of the home that signed it beside the file"
        )
    try:
        public.verify(base64.b64decode(signed.signature, validate=True), _content(signed))
        return _head(signed.position, signed.hash)
    except (InvalidSignature, binascii.Error, ValueError) as problem:
        raise Corrupted(
            "its signature does not fit: it was changed after it was signed; take another copy"
        ) from problem


def key_id(public: Ed25519PublicKey) -> str:
    """The SHA-256 of the raw public key, in hex."""
    return sha256(public.public_bytes_raw()).hexdigest()


def _content(signed: SignedHead) -> bytes:
    """What is signed: the other fields as RFC 8785 writes them. Integers and ASCII need no more than this."""
    fields = {"position": signed.position, "hash": signed.hash, "at": signed.at, "key": signed.key}
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii")


def home_key(ports: Ports) -> Ed25519PrivateKey:
    """The private key of the home, made if there is none; its public half lies beside it.

    Raises:
        SettingsInvalid: others can read it, it is no Ed25519 key, or the public half is another key's.
        Unavailable: it cannot be written.
    """
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        path, beside = ports.home / KEY, ports.home / PUBLIC
        if not path.exists():
            made = Ed25519PrivateKey.from_private_bytes(ports.entropy(32))
            pem = made.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
            place(path, pem)
        key = _private(path)
        public = key.public_key()
        if not beside.exists():
            place(beside, public.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo))
    except OSError as problem:
        what = f"the key of the home cannot be read or written ({problem})"
        raise Unavailable(f"{what}; make {str(ports.home)!r} writable") from problem
    if (found := _public(beside)) is None or key_id(found) != key_id(public):
        raise SettingsInvalid(str(beside), f"is not the public half of {KEY}", "restore the two of them together")
    return key


def _private(path: Path) -> Ed25519PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode & 0o777
        if mode & 0o077:
            raise SettingsInvalid(str(path), f"others can read it (mode {mode:04o})", f"chmod 600 {path}")
        content = file.read()
    try:
        key = load_pem_private_key(content, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise SettingsInvalid(str(path), "is no private key", _ANEW) from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsInvalid(str(path), "is no Ed25519 key", _ANEW)
    return key


def _public(path: Path) -> Ed25519PublicKey | None:
    """The key of a file, if there is one."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, UnsupportedAlgorithm) as problem:
        raise SettingsInvalid(str(path), f"is no public key ({problem})", "restore it") from problem
    if not isinstance(key, Ed25519PublicKey):
        raise SettingsInvalid(str(path), "is no Ed25519 key", "restore it")
    return key


def read_heads(path: Path, home: Path) -> Sequence[Head]:
    """The heads of a file, in its order: one signed head, lines of them, or the lines that the sink "jsonl" writes.

    Signatures are checked with ``head.pub`` beside the file, else with the one of the home. A last line that is still
    being written is left out.

    Raises:
        InvalidRequest: it is no such file, or was signed by another home; the line is named.
        Corrupted: a signature does not fit; the line is named.
        SettingsInvalid: ``head.pub`` is no key.
    """
    beside = path.parent / PUBLIC
    public = _public(beside if beside.exists() else home / PUBLIC)
    heads: list[Head] = []
    for number, value in _values(path):
        try:
            heads.append(_read(value, public))
        except (Corrupted, InvalidRequest) as problem:
            raise type(problem)(f"{path}, line {number}: {problem}") from problem
    if not heads:
        raise InvalidRequest(f"{path} holds no head; 'kingpost heads export' writes one")
    return heads


def _values(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise InvalidRequest(f"{path} cannot be read ({problem.strerror}); name a file of heads") from problem
    with contextlib.suppress(ValueError):
        # One head that somebody has laid out over several lines.
        yield 1, json.loads(content)
        return
    *lines, unfinished = content.split(b"\n")
    for number, line in enumerate((*lines, unfinished), 1):
        try:
            if line.strip():
                yield number, json.loads(line)
        except ValueError as problem:
            if number > len(lines) > 0:
                return
            raise InvalidRequest(f"{path}, line {number}: is no JSON ({problem}); name a file of heads") from problem


def _read(value: Any, public: Ed25519PublicKey | None) -> Head:
    try:
        if isinstance(value, dict) and "signature" in value:
            return check(load(SignedHead, value), public)
        if isinstance(value, dict) and "events" in value:
            return _head(value["position"], value["hash"])
    except (ValidationError, KeyError, TypeError, ValueError) as problem:
        raise InvalidRequest(f"is no head ({problem}); name a file of heads") from problem
    raise InvalidRequest("is neither a signed head nor a line of the sink 'jsonl'; name a file of heads")


def _head(position: Any, hash: str) -> Head:
    raw = bytes.fromhex(hash)
    if not isinstance(position, int) or position < 0 or len(raw) != len(GENESIS):
        raise ValueError(f"position {position} with a hash of {len(raw)} bytes")
    return Head(position, raw)


async def compare(log: Log, heads: Sequence[Head]) -> tuple[Finding, ...]:
    """What in the log is not as it was written down: frames that are others now, and frames behind its end.

    Every head counts, not only the newest: a log that was rewritten and then went on leads to its newest head. What
    was sealed is left to the segment.
    """
    try:
        other, cut = await _unlike(log, sorted(heads, key=lambda head: head.position))
    except KingpostError as problem:
        return (Finding(f"the log cannot be held against its heads: {problem}"),)
    told = ((other, "was written down with another hash"), (cut, "was written down, and the log ends before it"))
    return tuple(
        Finding(f"frame {found[0]} {what}{f' (and {len(found) - 1} more)' if found[1:] else ''}", found[0])
        for found, what in told
        if found
    )


async def _unlike(log: Log, heads: Sequence[Head]) -> tuple[list[int], list[int]]:
    """The positions where the log has another hash, and those that it does not reach."""
    end, begin = (await log.head()).position, await beginning(log) + 1
    page: dict[int, bytes] = {}
    other = [head.position for head in heads if head.position == 0 and head.hash != GENESIS]
    for head in heads:
        if not begin <= head.position <= end:
            continue
        if head.position not in page:
            page = {frame.position: frame.hash for frame in await log.read(head.position - 1, _PAGE)}
        if page.get(head.position) != head.hash:
            other.append(head.position)
    return other, [head.position for head in heads if head.position > end]
