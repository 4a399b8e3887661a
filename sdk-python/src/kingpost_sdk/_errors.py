"""Every failure that the SDK reports, drawn first. A class says what the caller can do; ``code`` never changes.

::

    KingpostError
    ├── ApiError                  the server said no: status, code, detail, request id
    │   ├── InputError            mend the request
    │   │   ├── InvalidRequest · UnreadableInput · UnknownName · BudgetTooSmall · NotFound
    │   │   └── Unauthorized · Forbidden · KeyReused
    │   ├── ConfigurationError    mend the installation
    │   ├── TransientError        try again later (the SDK already has)
    │   │   └── Unavailable · Conflict · InFlight · Overloaded · Behind
    │   ├── FinalError            give up
    │   └── AnswerInvalid         something else than the API answered
    ├── ConnectionFailed          nobody answered
    │   └── TimedOut              not in time
    ├── StreamInvalid             an event stream is none
    ├── WebhookInvalid            a delivery is not from who it says
    ├── ClaimLost                 another worker has the call now, or nobody waits for it any more
    ├── UnknownOperation          no installed plugin has such an operation
    └── SettingsInvalid           the environment names a number that is none, or the URL is none

Raised by the transports; ``told`` alone decides which class a problem document (RFC 9457) is, and ``read`` what is an
answer of the API.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from ._policy import asked


class KingpostError(Exception):
    """Anything that this SDK reports."""


class ApiError(KingpostError):
    """The server refused. ``request_id`` is what its log knows the request by.

    ``retry_after`` is for how many seconds it asks to be left alone, ``None`` where it does not say.
    """

    retry_after: float | None = None

    def __init__(self, status: int, code: str, detail: str, request_id: str | None, body: bytes = b"") -> None:
        super().__init__(f"{status} {code}: {detail}" + (f" (request {request_id})" if request_id else ""))
        self.status, self.code, self.detail, self.request_id, self.body = status, code, detail, request_id, body


class InputError(ApiError):
    """The request must change."""


class InvalidRequest(InputError):
    """A value is missing, malformed or out of its bounds."""


class UnreadableInput(InputError):
    """A named input cannot be read."""


class UnknownName(InputError):
    """Nobody offers this agent, tool or plugin."""


class BudgetTooSmall(InputError):
    """The task itself does not fit into its budget."""


class NotFound(InputError):
    """Nothing has this id."""


class Unauthorized(InputError):
    """No token, or none that holds."""


class Forbidden(InputError):
    """The token may not do this."""


class KeyReused(InputError):
    """The idempotency key came before, with another request."""


class ConfigurationError(ApiError):
    """The server's configuration must change, or a plugin of it."""


class TransientError(ApiError):
    """The same request may succeed later."""


class Unavailable(TransientError):
    """Something behind the server does not answer."""


class Conflict(TransientError):
    """Somebody else was first."""


class InFlight(TransientError):
    """The first request with this idempotency key is still being answered."""


class Overloaded(TransientError):
    """Too much at once."""


class Behind(TransientError):
    """This server has not yet seen what the client has seen."""


class FinalError(ApiError):
    """Trying again does not help."""


class AnswerInvalid(ApiError):
    """What answered with success is not the API: a proxy's page, most often, or another server. ``url`` says where.

    ``status`` and ``body`` are what came, and ``code`` is ``answer.invalid``. Not tried again: a page stays a page.
    """

    def __init__(self, status: int, url: str, detail: str, request_id: str | None, body: bytes = b"") -> None:
        super().__init__(status, "answer.invalid", detail, request_id, body)
        self.url = url


class ConnectionFailed(KingpostError):
    """Nobody answered, as often as it was tried."""

    request_id: str | None = None


class TimedOut(ConnectionFailed):
    """No answer came in time."""


class StreamInvalid(KingpostError):
    """What came is no event stream."""

    def __init__(self, what: str, request_id: str | None = None) -> None:
        super().__init__(what)
        self.request_id = request_id


class WebhookInvalid(KingpostError):
    """A delivery is malformed, too old, or not signed with any of the secrets."""


class ClaimLost(KingpostError):
    """A call that this worker had claimed went to another one, or nobody waits for it any more."""


class UnknownOperation(KingpostError):
    """No installed plugin has such an operation, or not with these arguments."""


class SettingsInvalid(KingpostError, ValueError):
    """A variable of the environment holds no number, or one out of its bounds, or the server's URL is none."""


_CODES: Mapping[str, type[ApiError]] = {
    "input.invalid": InvalidRequest, "input.unreadable": UnreadableInput, "input.unknown_name": UnknownName,
    "input.budget_too_small": BudgetTooSmall, "input.not_found": NotFound, "access.unauthorized": Unauthorized,
    "access.forbidden": Forbidden, "idempotency.mismatch": KeyReused, "idempotency.in_flight": InFlight,
    "transient.unavailable": Unavailable, "transient.conflict": Conflict, "transient.overloaded": Overloaded,
    "position.ahead": Behind,
}  # fmt: skip
_FAMILIES: Mapping[str, type[ApiError]] = {
    "input": InputError, "access": InputError, "configuration": ConfigurationError, "plugin": ConfigurationError,
    "transient": TransientError, "final": FinalError,
}  # fmt: skip
_STATUSES: Mapping[int, type[ApiError]] = {
    401: Unauthorized, 403: Forbidden, 404: NotFound, 408: TransientError, 409: Conflict, 412: Behind, 429: Overloaded,
}  # fmt: skip


def parsed(text: str | bytes) -> Any:
    """What a text of JSON (RFC 8259) holds; ``None`` where it is none, or nested too deeply."""
    try:
        return json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError):
        return None


def _refused(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def told(status: int, headers: Mapping[str, str], body: bytes) -> ApiError:
    """The failure that an answer tells of; an answer that is no problem document is judged by its status."""
    problem = parsed(body)
    said = {name: one for name, one in problem.items() if isinstance(one, str)} if isinstance(problem, dict) else {}
    code = said.get("code") or f"http.{status}"
    detail = said.get("detail") or said.get("title") or body[:200].decode("utf-8", "replace")
    request_id = headers.get("x-request-id") or said.get("request_id")
    shape = _CODES.get(code) or _FAMILIES.get(code.partition(".")[0]) or _STATUSES.get(status)
    shape = shape or (TransientError if status >= 500 else InputError)
    refused = shape(status, code, detail, request_id, body)
    refused.retry_after = asked(headers, time.time())
    return refused


def read(what: str, url: str, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """The JSON object that an operation answers.

    Raises:
        AnswerInvalid: it is none; a login page or a page of maintenance comes with a 200 too.
    """
    if isinstance(found := parsed(body), dict):
        return found
    raise AnswerInvalid(status, url, f"{what} {no_api(headers, body)}", headers.get("x-request-id"), body)


def no_api(headers: Mapping[str, str], body: bytes) -> str:
    """What came in the place of an answer of the API, and what to look at."""
    kind, start = headers.get("content-type") or "no content type", body[:200].decode("utf-8", "replace")
    came = f"{kind} that begins with {start!r}" if body else f"{kind} and nothing in it"
    return f"got {came}, which no kingpost server says; compare the URL, and look for a proxy that answers in its place"
