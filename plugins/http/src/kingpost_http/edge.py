"""The edge: one pure ASGI callable between the connection and the operations.

Everything that each request needs happens here in one pass: host and origin, token, rate limit, correlation id,
dispatch, idempotency, problem documents, metrics. Called by the protocol in ``connection`` for every request.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from time import perf_counter
from typing import Any

from kingpost import Access, Kernel, Once, Operation, Unauthorized
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from .connection import answered
from .endpoint import Endpoint
from .limits import Buckets
from .metrics import Metrics
from .pages import Pages
from .problem import CONTENT_TYPE, Refusal, document, told
from .raw import RawRoutes
from .routes import Routes
from .settings import Settings
from .stream import Following, stream

log = logging.getLogger("kingpost.http")

Header = tuple[bytes, bytes]

_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")
_PARENT = re.compile(rb"00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})")
_KEY = re.compile(rb"[\x21-\x7e]{1,255}")
_POSITION = re.compile(rb"[0-9]{1,15}")
_SINGLE = frozenset(
    (b"host", b"content-length", b"content-type", b"authorization", b"idempotency-key", b"transfer-encoding",
     b"content-encoding", b"origin", b"last-event-id", b"kingpost-position", b"x-request-id")
)  # fmt: skip
_MOST_HEADERS = 100
_KEPT_ANSWERS = 10_000
_ALWAYS: tuple[Header, ...] = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))
_AHEAD_SECONDS = 2.0
_STREAMED = 0
_LOCAL = frozenset({"127.0.0.1", "::1"})
_CORS = (b"access-control-allow-methods", b"GET, POST, PUT, DELETE, OPTIONS")
_ACCEPTED = (
    b"authorization, content-type, idempotency-key, kingpost-position, last-event-id, x-request-id, x-retry-count, "
    b"traceparent"
)
_EXPOSED = b"kingpost-position, x-request-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset"


@dataclass(slots=True)
class Asking:
    """One request on its way; ``answer`` collects the headers of what it gets."""

    scope: Any
    receive: Any
    headers: dict[bytes, bytes]
    id: bytes
    endpoint: Endpoint | None = None
    answer: tuple[Header, ...] = ()


class Edge:
    """The ASGI application."""

    def __init__(
        self, kernel: Kernel, settings: Settings, routes: Routes, metrics: Metrics, names: frozenset[str]
    ) -> None:
        """``names`` are those that the Host header may have, besides any port."""
        self._kernel, self._settings, self._routes, self._metrics = kernel, settings, routes, metrics
        self._names = names
        self._hosts: set[bytes] = set()
        self._origins = frozenset(origin.encode() for origin in settings.origins)
        self._trusted = frozenset(settings.trusted)
        self._buckets = Buckets(settings.burst_seconds)
        self._answers: OrderedDict[tuple[str, bytes], tuple[bytes, int, bytes, tuple[Header, ...]]] = OrderedDict()
        self._pages = Pages(kernel, routes, metrics)
        self._raw = RawRoutes(kernel)
        self._salt, self._count = os.urandom(6).hex(), 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        began = perf_counter()
        headers = dict(scope["headers"])
        request = Asking(scope, receive, headers, self._request_id(headers))
        try:
            status, body = await self._served(request, send)
            if status == _STREAMED:
                return
        except Exception as problem:
            status, code, detail, further = told(problem)
            if status == 500:
                log.exception("request %s failed", request.id.decode())
            if code == "http.gone":
                return
            body = document(status, code, detail, request.id.decode())
            request.answer += ((b"content-type", CONTENT_TYPE), *further)
        await self._send(send, status, body, (*self._common(request.id, headers), *request.answer))
        self._metrics.seen(request.endpoint, status, perf_counter() - began)

    async def _served(self, request: Asking, send: Any) -> tuple[int, bytes]:
        scope, headers = request.scope, request.headers
        if len(headers) != len(scope["headers"]):
            _check_doubled(scope["headers"])
        if b"origin" in headers:
            request.answer += self._origin(headers[b"origin"], scope)
        if headers.get(b"host") not in self._hosts:
            self._check_host(headers)
        method, path = scope["method"], scope["raw_path"]
        page = self._pages.find(method, path)
        if page is not None:
            status, body, further = await page(self._access(scope, headers) if page.needs_token else None)
            request.answer += further
            return status, body
        if method == "OPTIONS":
            request.answer += ((b"allow", self._routes.allowed(path)), _CORS)
            return 204, b""
        if (raw := self._raw.find(method, path)) is not None:
            return await self._as_it_came(request, *raw)
        endpoint, parameters = self._routes.find("GET" if method == "HEAD" else method, path)
        request.endpoint = endpoint
        access = self._access(scope, headers) if endpoint.operation.scope else Access(scopes=frozenset())
        if access.token or scope["client"] is None or scope["client"][0] not in self._trusted:
            request.answer += self._bounded(scope, access)
        if not endpoint.streams:
            status, body, further = await self._answered(request, parameters, access)
            request.answer += further
            return status, body
        asked = endpoint.request(parameters, scope["query_string"], b"")
        answer = (*self._common(request.id, headers), *request.answer)
        await stream(
            Following(self._kernel, asked, access, headers, scope, answer), send, self._settings, self._metrics
        )
        return _STREAMED, b""

    async def _as_it_came(
        self, request: Asking, operation: Operation[Any, Any], parameters: tuple[str, ...]
    ) -> tuple[int, bytes]:
        scope = request.scope
        access = self._access(scope, request.headers) if operation.scope else Access(scopes=frozenset())
        if scope["client"] is None or scope["client"][0] not in self._trusted:
            request.answer += self._bounded(scope, access)
        answer = await self._raw.answer(operation, parameters, access, scope, request.receive)
        further = [(name.encode(), value.encode()) for name, value in answer.headers]
        request.answer += ((b"content-type", answer.media.encode()), *further)
        return answer.status, answer.body

    async def _send(self, send: Any, status: int, body: bytes, headers: tuple[Header, ...]) -> None:
        if status != 204:
            headers = (*headers, (b"content-length", b"%d" % len(body)))
        cycle = getattr(send, "__self__", None)
        if isinstance(cycle, RequestResponseCycle):
            await answered(cycle, status, headers, body)
            return
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _request_id(self, headers: dict[bytes, bytes]) -> bytes:
        given = headers.get(b"x-request-id")
        if given is not None and _ID.fullmatch(given):
            return given
        self._count += 1
        return f"{self._salt}-{self._count:x}".encode()

    def _common(self, request_id: bytes, headers: dict[bytes, bytes]) -> tuple[Header, ...]:
        position = (b"kingpost-position", b"%d" % self._kernel.position)
        common = (*_ALWAYS, (b"x-request-id", request_id), position)
        parent = headers.get(b"traceparent")
        if parent is not None and (found := _PARENT.fullmatch(parent)):
            mine = b"00-%b-%b-%b" % (found[1], sha256(request_id).hexdigest()[:16].encode(), found[2])
            return (*common, (b"traceparent", mine))
        return common

    def _check_host(self, headers: dict[bytes, bytes]) -> None:
        """Names in a browser's address bar that only seem to be this machine must not reach it."""
        host = headers.get(b"host")
        if host is None:
            raise Refusal(400, "http.host", "the Host header is missing")
        name = host.decode("latin-1").lower()
        name = name[: name.rfind("]") + 1] if name.startswith("[") else name.partition(":")[0]
        if "*" not in self._names and name not in self._names:
            raise Refusal(
                421, "http.host", f"this server is not {name[:80]!r}; name it under hosts in the section [http]"
            )
        if len(self._hosts) < 64:
            self._hosts.add(host)

    def _origin(self, origin: bytes, scope: Any) -> tuple[Header, ...]:
        own = f"{scope['scheme']}://".encode() + dict(scope["headers"]).get(b"host", b"")
        if origin == own:
            return ()
        if origin not in self._origins:
            raise Refusal(
                403, "http.origin", "this web origin may not ask; name it under origins in the section [http]"
            )
        return (
            (b"access-control-allow-origin", origin),
            (b"vary", b"origin"),
            (b"access-control-allow-headers", _ACCEPTED),
            (b"access-control-expose-headers", _EXPOSED),
        )  # fmt: skip

    def _access(self, scope: Any, headers: dict[bytes, bytes]) -> Access:
        given = headers.get(b"authorization")
        client = scope["client"]
        if given is None:
            if not self._kernel.guarded and client is not None and client[0] not in _LOCAL:
                raise Unauthorized("without tokens only this machine is let in; 'kingpost token create' makes one")
            return self._kernel.admit(None)
        kind, _, token = given.partition(b" ")
        if kind.lower() != b"bearer":
            raise Unauthorized("show a token as 'Authorization: Bearer kp_...'")
        try:
            return self._kernel.admit(token.strip().decode("latin-1"))
        except Unauthorized:
            # Who guesses is slowed down, whatever else is let through from there.
            if client is not None and client[0] not in self._trusted:
                self._buckets.take(f"guess {client[0]}", 5.0)
            raise

    def _bounded(self, scope: Any, access: Access) -> tuple[Header, ...]:
        """Count a request; the headers that tell how many are left.

        Raises:
            Refusal: 429, there are none.
        """
        client = scope["client"]
        address = client[0] if client is not None else ""
        if address in self._trusted and access.rate is None:
            return ()
        if access.token:
            rate = access.rate or self._settings.rate
            # Tenants are bounded as a whole: another token gives nobody more.
            left = self._buckets.take(f"tenant {access.tenant}" if access.rate else f"token {access.token}", rate)
        else:
            rate = self._settings.address_rate
            left = self._buckets.take(f"address {address}", rate)
        return (
            (b"ratelimit-limit", b"%d" % max(rate, 1)),
            (b"ratelimit-remaining", b"%d" % left),
            (b"ratelimit-reset", b"1"),
        )

    async def _answered(
        self, request: Asking, parameters: Sequence[bytes], access: Access
    ) -> tuple[int, bytes, tuple[Header, ...]]:
        endpoint, headers, scope = request.endpoint, request.headers, request.scope
        assert endpoint is not None
        if endpoint.has_body:
            body = await self._body(headers, request.receive)
        else:
            body = b""
            if headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers:
                await self._body(headers, request.receive)
                raise Refusal(400, "http.body", f"{endpoint.method} takes no body")
        seen = headers.get(b"kingpost-position")
        if seen is not None and not _POSITION.fullmatch(seen):
            raise Refusal(400, "http.position", "Kingpost-Position is a number that an answer has given")
        key = headers.get(b"idempotency-key")
        if key is None or endpoint.method != "POST":
            asked = endpoint.request(parameters, scope["query_string"], body)
            if seen is not None:
                await self._reach(seen)
            return await self._performed(endpoint, asked, access, None)
        if not _KEY.fullmatch(key):
            raise Refusal(400, "idempotency.key", "an Idempotency-Key is 1 to 255 visible characters of ASCII")
        return await self._once(request, parameters, access, body, key)

    async def _once(
        self, asking: Asking, parameters: Sequence[bytes], access: Access, body: bytes, key: bytes
    ) -> tuple[int, bytes, tuple[Header, ...]]:
        endpoint, scope = asking.endpoint, asking.scope
        assert endpoint is not None
        digest = sha256(b"%b %b?%b\n%b" % (endpoint.method.encode(), scope["raw_path"], scope["query_string"], body))
        known = self._answers.get((access.tenant, key))
        if known is not None and access.allows(endpoint.operation.scope):
            if known[0] != digest.digest():
                raise Refusal(422, "idempotency.mismatch",
                              "this idempotency key came before, with another request; take a new key")  # fmt: skip
            return known[1:]
        once = Once(key.decode(), digest.hexdigest()[:32])
        request = endpoint.request(parameters, scope["query_string"], body)
        if (seen := asking.headers.get(b"kingpost-position")) is not None:
            await self._reach(seen)
        answer = await self._performed(endpoint, request, access, once)
        self._answers[access.tenant, key] = (digest.digest(), *answer)
        if len(self._answers) > _KEPT_ANSWERS:
            self._answers.popitem(last=False)
        return answer

    async def _performed(
        self, endpoint: Endpoint, request: Any, access: Access, once: Once | None
    ) -> tuple[int, bytes, tuple[Header, ...]]:
        value = await endpoint.answer(self._kernel, request, access, once)
        body, headers = endpoint.written(value)
        return endpoint.success, body, headers

    async def _body(self, headers: dict[bytes, bytes], receive: Any) -> bytes:
        most = self._settings.body_bytes
        length = headers.get(b"content-length")
        if length is not None and (len(length) > 15 or int(length) > most):
            raise _too_large(most)
        message = await receive()
        body: bytes = message.get("body", b"")
        while message.get("more_body", False):
            if len(body) > most:
                raise _too_large(most)
            message = await receive()
            body += message.get("body", b"")
        if message["type"] == "http.disconnect":
            raise Refusal(408, "http.gone", "the caller has gone")
        if len(body) > most:
            raise _too_large(most)
        if body:
            kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
            if kind != b"application/json":
                raise Refusal(415, "http.content_type", "send the body as application/json")
            if headers.get(b"content-encoding", b"identity").lower() != b"identity":
                raise Refusal(415, "http.content_encoding", "send the body as it is, not compressed")
        return body

    async def _reach(self, given: bytes) -> None:
        """Wait until reads are as new as what the caller has seen.

        Raises:
            Refusal: 409, the log does not get there.
        """
        wanted, until = int(given), perf_counter() + _AHEAD_SECONDS
        while self._kernel.position < wanted:
            if perf_counter() > until:
                raise Refusal(409, "position.ahead", f"the log is at {self._kernel.position}, not yet at {wanted}")
            await asyncio.sleep(0.01)


def _too_large(most: int) -> Refusal:
    return Refusal(413, "http.too_large", f"the body is larger than {most:,} bytes; send less, or in parts")


def _check_doubled(headers: list[Header]) -> None:
    """Two values for one of these mean two things to two readers."""
    if len(headers) > _MOST_HEADERS:
        raise Refusal(431, "http.headers", f"more than {_MOST_HEADERS} headers")
    seen = set()
    for name, _ in headers:
        if name in _SINGLE and name in seen:
            raise Refusal(400, "http.headers", f"the header {name.decode('latin-1')} came twice")
        seen.add(name)
