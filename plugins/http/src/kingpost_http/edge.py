"""The edge: one layer between the connection and the operations.

Everything that each request needs happens here in one pass: host and origin, token, rate limit, correlation id,
dispatch, idempotency, problem documents, metrics. Called by ``connection`` for every request.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections import OrderedDict
from collections.abc import Awaitable, Coroutine, Generator, Sequence
from functools import partial
from hashlib import sha256
from time import perf_counter
from types import coroutine
from typing import Any

from kingpost import Access, Kernel, Once, Operation, Unauthorized, operations

from .file import delivered
from .headers import Answer, Header, lines
from .limits import Buckets
from .metrics import Metrics
from .pages import Pages
from .prefer import awaited, preferred
from .problem import CONTENT_TYPE, Refusal, document, told
from .raw import RawRoutes
from .request import Request
from .routes import Routes
from .settings import Settings
from .stream import Streams

log = logging.getLogger("kingpost.http")

_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")
_PARENT = re.compile(rb"00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})")
_KEY = re.compile(rb"[\x21-\x7e]{1,255}")
_HOST = re.compile(rb"([^\[\]:@/?#\s,]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
_CHARSET = re.compile(rb"(?:^|[;\s])charset\s*=\s*\"?([^\s;\"]*)", re.IGNORECASE)
_POSITION = re.compile(rb"[0-9]{1,15}")
_SINGLE = frozenset(
    (b"host", b"content-length", b"content-type", b"authorization", b"idempotency-key", b"transfer-encoding",
     b"content-encoding", b"origin", b"last-event-id", b"kingpost-position", b"x-request-id",
     b"range", b"if-range")
)  # fmt: skip
_MOST_HEADERS = 100
_KEPT_ANSWERS = 10_000
_COMMON = b"x-content-type-options: nosniff\r\ncache-control: no-store\r\nx-request-id: %b\r\nkingpost-position: %d\r\n"
_LEFT = b"ratelimit-limit: %d\r\nratelimit-remaining: %d\r\nratelimit-reset: 1\r\n"
_MOST_LET_IN = 1000
_AHEAD_SECONDS = 2.0
_LOCAL = frozenset({"127.0.0.1", "::1"})
_CORS = (b"access-control-allow-methods", b"GET, POST, PUT, DELETE, OPTIONS")
_ACCEPTED = (
    b"authorization, content-type, idempotency-key, kingpost-position, last-event-id, x-request-id, x-retry-count, "
    b"traceparent, prefer, range, if-range, if-match, if-none-match"
)
_EXPOSED = (
    b"kingpost-position, x-request-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, "
    b"preference-applied, etag, content-range, accept-ranges"
)


class Edge:
    """Answers requests."""

    def __init__(
        self, kernel: Kernel, settings: Settings, routes: Routes, metrics: Metrics, names: frozenset[str]
    ) -> None:
        """``names`` are those that the Host header may have, besides any port."""
        self._kernel, self._settings, self._routes, self._metrics = kernel, settings, routes, metrics
        self._names = names
        self._loop = asyncio.get_running_loop()
        self._hosts: set[bytes] = set()
        self._origins = frozenset(origin.encode() for origin in settings.origins)
        self._trusted = frozenset(settings.trusted)
        self._buckets = Buckets(settings.burst_seconds)
        self._answers: OrderedDict[tuple[str, str, bytes], tuple[bytes, Answer]] = OrderedDict()
        self._pages = Pages(kernel, routes, metrics)
        self._raw = RawRoutes(kernel)
        self._streams = Streams(kernel, self.common, settings, metrics)
        self._let_in: dict[bytes, Access] = {}
        """By what was shown; only until the next look, which each change of a token brings, and each second."""
        self._salt, self._count = os.urandom(6).hex().encode(), 0
        self.tasks: dict[Request, asyncio.Task[None]] = {}
        """Requests that are being answered."""
        self._patient: dict[Request, asyncio.Task[Any]] = {}
        self._dismissed: set[Request] = set()

    def take(self, request: Request) -> None:
        """Answer a request: at once, where nothing has to be waited for."""
        request.began = perf_counter()
        request.id = self._request_id(request.fields)
        try:
            answering = self._admitted(request)
            if request.endpoint is None or not request.endpoint.at_once:
                self._later(request, answering)
                return
            try:
                waiting = answering.send(None)
            except StopIteration as done:
                self._answer(request, done.value)
            else:
                self._later(request, going_on(answering, waiting))
        except Exception as problem:  # noqa: BLE001 - whatever it is, somebody waits for an answer
            self._failed(request, problem)

    def refused(self, status: int) -> bytes:
        """Count what was refused before it was a request; the id that it is told by."""
        self._metrics.seen(None, status, 0.0)
        return self._request_id({})

    def _later(self, request: Request, answering: Awaitable[Answer | None]) -> None:
        self.tasks[request] = self._loop.create_task(self._carried(request, answering))

    async def _carried(self, request: Request, answering: Awaitable[Answer | None]) -> None:
        try:
            answer = await answering
        except Exception as problem:  # noqa: BLE001 - as above
            self._failed(request, problem)
        else:
            if answer is not None:
                self._answer(request, answer)
        finally:
            # A callback for when it is done would cost another turn of the loop.
            del self.tasks[request]

    def _answer(self, request: Request, answer: Answer) -> None:
        status, body, headers = answer
        request.carrier.answer(request, status, self.common(request) + request.answer + headers, body)
        self._metrics.seen(request.endpoint, status, perf_counter() - request.began)

    def _failed(self, request: Request, problem: Exception) -> None:
        status, code, detail, further = told(problem)
        if status == 500:
            log.error("request %s failed", request.id.decode(), exc_info=problem)
        if code == "http.gone":
            return
        body = document(status, code, detail, request.id.decode())
        self._answer(request, (status, body, lines((b"content-type", CONTENT_TYPE), *further)))

    def _admitted(self, request: Request) -> Coroutine[Any, Any, Answer | None]:
        """Who asks, what for, and whether they may: what is left is to answer."""
        fields, path, method = request.fields, request.path, request.method
        if len(fields) != len(request.headers):
            _check_doubled(request.headers)
        if b"origin" in fields:
            request.answer += self._origin(fields[b"origin"], request)
        if fields.get(b"host") not in self._hosts:
            self._check_host(fields)
        found = self._routes.known(method, path)
        if found is None:
            page = self._pages.find(method, path)
            if page is not None:
                return page(self._access(request) if page.needs_token else None)
            if method == "OPTIONS":
                return _options(self._pages.allowed(path) or self._routes.allowed(path))
            if (raw := self._raw.find(method, path)) is not None:
                return self._as_it_came(request, *raw)
            found = self._routes.find("GET" if method == "HEAD" else method, path)
        endpoint, parameters = found
        request.endpoint = endpoint
        access = self._access(request) if endpoint.operation.scope else Access(scopes=frozenset())
        if access.token or request.client is None or request.client[0] not in self._trusted:
            request.answer += self._bounded(request, access)
        if endpoint.streams:
            return self._followed(request, parameters, access)
        return self._answered(request, parameters, access)

    async def _while_admitted(self, request: Request, answering: Awaitable[Any]) -> Any:
        """Wait for an answer as long as the caller is let in.

        Raises:
            Unauthorized: its token was revoked meanwhile, or has expired.
        """
        task = asyncio.current_task()
        assert task is not None
        self._patient[request] = task
        try:
            return await answering
        except asyncio.CancelledError:
            if request not in self._dismissed:
                raise
            task.uncancel()
            raise Unauthorized("this token was revoked or has expired while its answer was waited for") from None
        finally:
            self._dismissed.discard(request)
            del self._patient[request]

    def look(self) -> None:
        """Look anew who is let in, and let go of whoever waits for something and is not any more."""
        self._let_in.clear()
        known: dict[bytes | None, bool] = {}
        for request, task in list(self._patient.items()):
            token = request.fields.get(b"authorization")
            if token not in known:
                known[token] = self._is_admitted(token)
            if not known[token] and request not in self._dismissed:
                self._dismissed.add(request)
                task.cancel()

    def _is_admitted(self, given: bytes | None) -> bool:
        try:
            self._kernel.admit(None if given is None else _shown(given))
        except Unauthorized:
            return False
        return True

    async def _followed(self, request: Request, parameters: Sequence[bytes], access: Access) -> None:
        assert request.endpoint is not None
        asked = request.endpoint.request(parameters, request.query, b"")
        await self._while_admitted(request, self._streams.follow(asked, access, request))

    async def _as_it_came(
        self, request: Request, operation: Operation[Any, Any], parameters: tuple[str, ...]
    ) -> Answer:
        access = self._access(request) if operation.scope else Access(scopes=frozenset())
        if request.client is None or request.client[0] not in self._trusted:
            request.answer += self._bounded(request, access)
        answer = await self._raw.answer(operation, parameters, access, request)
        further = [(name.encode(), value.encode()) for name, value in answer.headers]
        return answer.status, answer.body, lines((b"content-type", answer.media.encode()), *further)

    def _request_id(self, fields: dict[bytes, bytes]) -> bytes:
        given = fields.get(b"x-request-id")
        if given is not None and _ID.fullmatch(given):
            return given
        self._count += 1
        return b"%b-%x" % (self._salt, self._count)

    def common(self, request: Request) -> bytes:
        """The headers of every answer."""
        common = _COMMON % (request.id, self._kernel.position)
        parent = request.fields.get(b"traceparent")
        if parent is not None and (found := _PARENT.fullmatch(parent)):
            own = sha256(request.id).hexdigest()[:16].encode()
            common += b"traceparent: 00-%b-%b-%b\r\n" % (found[1], own, found[2])
        return common

    def _check_host(self, headers: dict[bytes, bytes]) -> None:
        """Names in a browser's address bar that only seem to be this machine must not reach it."""
        host = headers.get(b"host")
        if host is None:
            raise Refusal(400, "http.host", "the Host header is missing")
        found = _HOST.fullmatch(host)
        name = (found[1] if found else host).decode("latin-1").lower()
        if found is None or ("*" not in self._names and name not in self._names):
            raise Refusal(
                421, "http.host", f"this server is not {name[:80]!r}; name it under hosts in the section [http]"
            )
        if len(self._hosts) < 64:
            self._hosts.add(host)

    def _origin(self, origin: bytes, request: Request) -> bytes:
        own = f"{request.scheme}://".encode() + request.fields.get(b"host", b"")
        if origin == own:
            return b""
        if origin not in self._origins:
            raise Refusal(
                403, "http.origin", "this web origin may not ask; name it under origins in the section [http]"
            )
        return lines(
            (b"access-control-allow-origin", origin), (b"vary", b"origin"),
            (b"access-control-allow-headers", _ACCEPTED), (b"access-control-expose-headers", _EXPOSED),
        )  # fmt: skip

    def _access(self, request: Request) -> Access:
        given, client = request.fields.get(b"authorization"), request.client
        if given is None:
            if not self._kernel.guarded and client is not None and client[0] not in _LOCAL:
                raise Unauthorized("without tokens only this machine is let in; 'kingpost token create' makes one")
            return self._kernel.admit(None)
        if (known := self._let_in.get(given)) is not None:
            return known
        try:
            access = self._kernel.admit(_shown(given))
        except Unauthorized:
            # Who guesses is slowed down, whatever else is let through from there.
            if client is not None and client[0] not in self._trusted:
                self._buckets.take(f"guess {client[0]}", 5.0)
            raise
        if len(self._let_in) < _MOST_LET_IN:
            self._let_in[given] = access
        return access

    def _bounded(self, request: Request, access: Access) -> bytes:
        """Count a request; the headers that tell how many are left.

        Raises:
            Refusal: 429, there are none.
        """
        address = request.client[0] if request.client is not None else ""
        if address in self._trusted and access.rate is None:
            return b""
        if access.token:
            rate = access.rate or self._settings.rate
            # Tenants are bounded as a whole: another token gives nobody more.
            left = self._buckets.take(f"tenant {access.tenant}" if access.rate else f"token {access.token}", rate)
        else:
            rate = self._settings.address_rate
            left = self._buckets.take(f"address {address}", rate)
        return _LEFT % (max(rate, 1), left)

    async def _answered(self, request: Request, parameters: Sequence[bytes], access: Access) -> Answer:
        endpoint, fields, body = request.endpoint, request.fields, b""
        assert endpoint is not None
        if endpoint.has_body:
            body = _described(fields, await request.body(max(self._settings.body_bytes, endpoint.body_bytes)))
        elif request.has_body:
            await request.body(self._settings.body_bytes)
            raise Refusal(400, "http.body", f"{endpoint.method} takes no body")
        seen = fields.get(b"kingpost-position")
        if seen is not None and not _POSITION.fullmatch(seen):
            raise Refusal(400, "http.position", "Kingpost-Position is a number that an answer has given")
        key = fields.get(b"idempotency-key")
        if key is not None and endpoint.method == "POST":
            if not _KEY.fullmatch(key):
                raise Refusal(400, "idempotency.key", "an Idempotency-Key is 1 to 255 visible characters of ASCII")
            return await self._once(request, parameters, access, body, key)
        asked = endpoint.request(parameters, request.query, body)
        if seen is not None:
            await self._reach(seen)
        value = await self._asked(request, asked, access, None)
        if endpoint.is_file:
            return delivered(value, request.headers, request.method)
        if (seconds := self._patience(request, access)) is not None:
            return await self._awaited(request, value, seconds, access)
        return endpoint.written(value)

    def _asked(self, request: Request, asked: Any, access: Access, once: Once | None) -> Awaitable[Any]:
        """The kernel's answer, for as long as the caller is let in where it may take long."""
        endpoint = request.endpoint
        assert endpoint is not None
        answering = endpoint.answer(self._kernel, asked, access, once)
        return self._while_admitted(request, answering) if endpoint.is_patient else answering

    async def _awaited(self, request: Request, begun: Any, seconds: int, access: Access) -> Answer:
        endpoint = request.endpoint
        assert endpoint is not None
        try:
            answering = awaited(self._kernel, endpoint, begun, seconds, access)
            answer: Answer = await self._while_admitted(request, answering)
        except Unauthorized:
            # What was begun was begun by who was let in then, and is answered so.
            return endpoint.written(begun)
        return answer

    def _patience(self, request: Request, access: Access) -> int | None:
        """The seconds that the answer is held back at most, if the caller likes that and may look at the task."""
        if b"prefer" not in request.fields or request.endpoint is None or not request.endpoint.waits:
            return None
        return preferred(request.headers) if access.allows(operations.tasks.AWAIT.scope) else None

    async def _once(
        self, asking: Request, parameters: Sequence[bytes], access: Access, body: bytes, key: bytes
    ) -> Answer:
        endpoint = asking.endpoint
        assert endpoint is not None
        digest = sha256(b"%b %b?%b\n%b" % (endpoint.method.encode(), asking.path, asking.query, body))
        seconds = self._patience(asking, access)
        # What one token was answered, another one asks for anew, as far as it may.
        known = self._answers.get(whose := (access.tenant, access.token, key))
        if known is not None and access.allows(endpoint.operation.scope):
            if known[0] != digest.digest():
                raise Refusal(422, "idempotency.mismatch",
                              "this idempotency key came before, with another request; take a new key")  # fmt: skip
            if seconds is None:
                return known[1]
        once = Once(key.decode(), digest.hexdigest()[:32])
        request = endpoint.request(parameters, asking.query, body)
        if (seen := asking.fields.get(b"kingpost-position")) is not None:
            await self._reach(seen)
        value = await self._asked(asking, request, access, once)
        answer = endpoint.written(value)
        self._answers[whose] = digest.digest(), answer
        if len(self._answers) > _KEPT_ANSWERS:
            self._answers.popitem(last=False)
        return answer if seconds is None else await self._awaited(asking, value, seconds, access)

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


def _shown(given: bytes) -> str:
    """The token in a header.

    Raises:
        Unauthorized: there is none.
    """
    if given[:7].lower() != b"bearer ":
        raise Unauthorized("show a token as 'Authorization: Bearer kp_...'")
    return given[7:].strip().decode("latin-1")


async def _options(allowed: bytes) -> Answer:
    return 204, b"", lines((b"allow", allowed), _CORS)


def _described(fields: dict[bytes, bytes], body: bytes) -> bytes:
    """The body, if its headers say that it is what bodies are.

    Raises:
        Refusal: 415, it is something else.
    """
    if body:
        kind = fields.get(b"content-type", b"")
        if kind != b"application/json":
            media, _, more = kind.partition(b";")
            charset = _CHARSET.search(more)
            if media.strip().lower() != b"application/json" or (charset and charset[1].lower() != b"utf-8"):
                raise Refusal(415, "http.content_type", "send the body as application/json, in UTF-8")
        if b"content-encoding" in fields and fields[b"content-encoding"].lower() != b"identity":
            raise Refusal(415, "http.content_encoding", "send the body as it is, not compressed")
    return body


@coroutine
def going_on(begun: Coroutine[Any, Any, Any], waiting: Any) -> Generator[Any, Any, Any]:
    """The rest of a coroutine that was begun outside of any task, and waits."""
    while True:
        try:
            given = yield waiting
        except BaseException as problem:  # noqa: BLE001 - a cancellation among others: it is the coroutine's
            resume = partial(begun.throw, problem)
        else:
            resume = partial(begun.send, given)
        try:
            waiting = resume()
        except StopIteration as done:
            return done.value


def _check_doubled(headers: list[Header]) -> None:
    """Two values for one of these mean two things to two readers."""
    if len(headers) > _MOST_HEADERS:
        raise Refusal(431, "http.headers", f"more than {_MOST_HEADERS} headers")
    seen = set()
    for name, _ in headers:
        if name in _SINGLE and name in seen:
            raise Refusal(400, "http.headers", f"the header {name.decode('latin-1')} came twice")
        seen.add(name)
