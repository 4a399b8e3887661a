"""Tokens as the log tells of them: made, found by what is shown, replaced and revoked.

One of them serves a kernel. Their whole life stands in the stream ``tokens``, hashes and never secrets; another
process that revokes one is heard of as soon as its frame is read.
"""

from __future__ import annotations

import base64
import hmac
import zlib
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from .._walk.journal import read_stream
from ..errors import Unauthorized
from ..ports import Ports
from ..protocols import Log
from ..records.access import Access, Once
from ..records.event import Event, Recorded
from ..records.record import Record, replace
from .keyfiles import place
from .tail import Tail

STREAM = "tokens"
"""All tokens of a home: who is asked for one does not know yet whose it is."""

_PREFIX = "kp"
_SECRET_BYTES = 32


class Key(Record, kw_only=True):
    """One token as it stands. Times are seconds since the epoch; ``until`` is the end of its overlap."""

    id: str
    tenant: str
    scopes: tuple[str, ...]
    hash: str
    created: float
    expires: float
    until: float | None = None
    replaced_by: str | None = None
    revoked: bool = False
    digest: str | None = None

    @property
    def ends(self) -> float:
        """When it holds no more."""
        if self.revoked:
            return 0.0
        return self.expires if self.until is None else min(self.expires, self.until)


class Keyring:
    """Every token of a home, and who they let in."""

    def __init__(self, log: Log, tail: Tail, ports: Ports) -> None:
        self._log, self._tail, self._ports = log, tail, ports
        self.keys: dict[str, Key] = {}
        self._access: dict[bytes, tuple[Access, float]] = {}
        self._heard = 0
        self._rates: Mapping[str, float] = {}
        self._ears: dict[object, Callable[[], None]] = {}

    async def open(self) -> None:
        """Read what there is, and hear of what comes."""
        waiting: list[Recorded] = []
        early = True

        def hear(frame: Recorded) -> None:
            waiting.append(frame) if early else self.take(frame)

        await self._tail.listen(STREAM, hear)
        async for frame in read_stream(self._log, STREAM, ""):
            self.take(frame)
        early = False
        for frame in waiting:
            self.take(frame)

    @property
    def empty(self) -> bool:
        """True while there has never been a token: whoever stands at this machine may do everything."""
        return not self.keys

    def take(self, frame: Recorded) -> None:
        """Fold one more frame; one that was taken already changes nothing."""
        if frame.position <= self._heard:
            return
        self._heard = frame.position
        for event in frame.events:
            self._fold(event)
        self._index()

    def heed(self, ear: Callable[[], None]) -> Callable[[], None]:
        """Tell ``ear`` of every change; returns how to stop."""
        key = object()
        self._ears[key] = ear

        def stop() -> None:
            self._ears.pop(key, None)

        return stop

    def _fold(self, event: Event) -> None:
        h = event.header
        if event.kind == "token.created":
            self.keys[h["token"]] = Key(
                id=h["token"], tenant=h["tenant"], scopes=tuple(h["scopes"]), hash=h["hash"], created=h["created"],
                expires=h["expires"], digest=h.get("digest"),
            )  # fmt: skip
            if (old := self.keys.get(h.get("replaces") or "")) is not None:
                self.keys[old.id] = replace(old, replaced_by=h["token"], until=h["until"])
        elif event.kind == "token.revoked" and (known := self.keys.get(h["token"])) is not None:
            self.keys[known.id] = replace(known, revoked=True)

    def _index(self) -> None:
        self._access = {
            bytes.fromhex(key.hash): (
                Access(
                    tenant=key.tenant, scopes=frozenset(key.scopes), token=key.id, expires=key.ends,
                    rate=self._rates.get(key.tenant),
                ),
                key.ends,
            )
            for key in self.keys.values()
            if not key.revoked
        }  # fmt: skip
        for ear in list(self._ears.values()):
            ear()

    def bound(self, rates: Mapping[str, float]) -> None:
        """The requests per second that each tenant may make, where somebody has bounded them."""
        self._rates = rates
        self._index()

    def admit(self, token: str) -> Access:
        """Who shows this token. Looked up by its hash, so that no comparison tells anything about another one.

        Raises:
            Unauthorized: nobody, or no more.
        """
        found = self._access.get(sha256(token.encode("utf-8", "replace")).digest())
        if found is None:
            raise Unauthorized("nobody is known by this token; show one as 'Authorization: Bearer kp_...'")
        access, ends = found
        if self._ports.clock.now() >= ends:
            raise Unauthorized("this token has expired; 'kingpost token rotate' or 'create' gives a new one")
        return access

    def of(self, tenant: str) -> Sequence[Key]:
        """The tokens of a tenant, oldest first."""
        return sorted((key for key in self.keys.values() if key.tenant == tenant), key=lambda key: key.created)

    def mint(self, once: Once | None, tenant: str) -> tuple[str, str]:
        """A new id and the token with it: random, or the same again for the same idempotency key."""
        if once is None:
            seed = self._ports.entropy(_SECRET_BYTES + 8)
        else:
            seed = _stretched(self._home_key(), f"{tenant}\0{once.key}")
        id, secret = seed[:8].hex(), base64.urlsafe_b64encode(seed[8:]).rstrip(b"=").decode()
        body = f"{_PREFIX}_{id}_{secret}"
        return id, f"{body}_{zlib.crc32(body.encode()):08x}"

    def _home_key(self) -> bytes:
        """A secret of this home, made when it is first needed."""
        path = self._ports.home / "keys" / "tokens"
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Another process may make it too: what was minted with the first must be minted again with the same.
            place(path, self._ports.entropy(_SECRET_BYTES))
        return path.read_bytes()

    async def name(self, key: Key, name: str) -> None:
        """Write down what its owner calls a token: content, in a stream of the tenant's own that can be erased."""
        if name:
            named = Event("token.named", {"token": key.id}, {"name": name})
            await self._log.append(f"{STREAM}/{key.tenant}", None, [named])

    async def names(self, tenant: str) -> Mapping[str, str]:
        """What a tenant calls its tokens, by id; nothing of those whose content was erased."""
        frames = read_stream(self._log, f"{STREAM}/{tenant}", tenant)
        events = [event async for frame in frames for event in frame.events]
        return {event.header["token"]: event.payload["name"] for event in events if event.payload is not None}

    async def record(self, *events: Event) -> None:
        """Append, and take it in before anybody asks again."""
        receipt = await self._log.append(STREAM, None, events)
        self.take(Recorded(receipt.position, STREAM, receipt.version, receipt.at, tuple(events), receipt.hash))


def _stretched(secret: bytes, text: str) -> bytes:
    data = text.encode()
    return hmac.digest(secret, b"\1" + data, "sha256") + hmac.digest(secret, b"\2" + data, "sha256")[:8]


def created(key: Key, replaces: str | None = None, until: float | None = None) -> Event:
    """The event that brings a token into being."""
    header: dict[str, Any] = {
        "token": key.id, "tenant": key.tenant, "scopes": list(key.scopes), "hash": key.hash, "created": key.created,
        "expires": key.expires,
    }  # fmt: skip
    if key.digest is not None:
        header["digest"] = key.digest
    if replaces is not None:
        header |= {"replaces": replaces, "until": until}
    return Event("token.created", header)
