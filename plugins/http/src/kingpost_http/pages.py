"""Pages beside the operations: health, readiness, metrics, version, the OpenAPI document and its documentation.

Asked by the edge before the routes.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from importlib.resources import files
from time import monotonic
from typing import Any

from kingpost import Access, Forbidden, Kernel, Record, operations
from pydantic_core import to_json

from .headers import Answer, lines
from .metrics import Metrics
from .openapi import described
from .problem import Refusal
from .routes import Routes
from .shapes import dumped

_HEALTHY_SECONDS = 1.0
_ALLOWED = b"GET, HEAD, OPTIONS"

_JSON = b"content-type: application/json\r\n"
_HTML = lines(
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-security-policy", b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'"),
    (b"referrer-policy", b"no-referrer"),
)


class Page(Record):
    """One page. ``needs_token`` says that whoever asks is looked at first."""

    show: Callable[[Access | None], Coroutine[Any, Any, Answer]]
    needs_token: bool = False

    def __call__(self, access: Access | None) -> Coroutine[Any, Any, Answer]:
        """What it shows."""
        return self.show(access)


class Pages:
    """The pages of one face."""

    def __init__(self, kernel: Kernel, routes: Routes, metrics: Metrics) -> None:
        self._kernel, self._metrics = kernel, metrics
        self._document: bytes | None = None
        self._healthy: tuple[float, Answer] | None = None
        self._pages = {
            b"/": Page(self._home),
            b"/ready": Page(self._ready),
            b"/health": Page(self._health),
            b"/version": Page(self._version),
            b"/metrics": Page(self._text, needs_token=True),
            b"/status": Page(self._status, needs_token=True),
            b"/openapi.json": Page(self._openapi),
            b"/docs": Page(self._docs),
            b"/docs/page.js": Page(self._file("page.js", b"text/javascript; charset=utf-8")),
            b"/docs/page.css": Page(self._file("page.css", b"text/css; charset=utf-8")),
        }

    def find(self, method: str, path: bytes) -> Page | None:
        """The page of a path, if there is one.

        Raises:
            Refusal: 405, it takes another method.
        """
        page = self._pages.get(path)
        if page is None or method in {"GET", "HEAD"}:
            return page
        if method == "OPTIONS":
            return None
        detail = f"this path takes {_ALLOWED.decode()}, not {method}"
        raise Refusal(405, "http.method", detail, (b"allow", _ALLOWED))

    def allowed(self, path: bytes) -> bytes:
        """The methods that a page takes, empty where there is none."""
        return _ALLOWED if path in self._pages else b""

    async def _home(self, access: Access | None) -> Answer:
        return 307, b"", b"location: /docs\r\n"

    async def _ready(self, access: Access | None) -> Answer:
        return 200, to_json({"ready": True}), _JSON

    async def _version(self, access: Access | None) -> Answer:
        from importlib.metadata import version  # a twentieth of a start, which nobody else needs

        return 200, to_json({"version": version("kingpost-core"), "api": "v1"}), _JSON

    async def _health(self, access: Access | None) -> Answer:
        """Without names of files and plugins: whoever needs them asks ``system.health`` with a token."""
        now = monotonic()
        if self._healthy is not None and now < self._healthy[0]:
            return self._healthy[1]
        health = await self._kernel.perform(operations.system.DOCTOR, operations.system.Nothing())
        checks = {check.name: "well" if check.well else "unwell" for check in health.checks}
        well = all(check.well for check in health.checks)
        answer = 200, to_json({"status": "well" if well else "unwell", "checks": checks}), _JSON
        # Anybody may ask, and to look at everything is dear.
        self._healthy = now + _HEALTHY_SECONDS, answer
        return answer

    async def _status(self, access: Access | None) -> Answer:
        tenant = self._may(access).tenant
        health = await self._kernel.perform(operations.system.DOCTOR, operations.system.Nothing(), tenant)
        return 200, dumped(operations.system.Health)(health), _JSON

    async def _text(self, access: Access | None) -> Answer:
        self._may(access)
        gauges = [("kingpost_log_position", "Frames in the log.", float(self._kernel.position))]
        text = self._metrics.text(gauges, self._kernel.counted())
        return 200, text, b"content-type: text/plain; version=0.0.4; charset=utf-8\r\n"

    def _may(self, access: Access | None) -> Access:
        if access is None or not access.allows("system:read"):
            raise Forbidden("system:read")
        return access

    async def _openapi(self, access: Access | None) -> Answer:
        if self._document is None:
            self._document = described(self._kernel)
        return 200, self._document, _JSON

    async def _docs(self, access: Access | None) -> Answer:
        return 200, (files("kingpost_http") / "page.html").read_bytes(), _HTML

    def _file(self, name: str, kind: bytes) -> Callable[[Access | None], Coroutine[Any, Any, Answer]]:
        async def show(access: Access | None) -> Answer:
            return 200, (files("kingpost_http") / name).read_bytes(), lines((b"content-type", kind))

        return show
