"""Problem documents (RFC 9457): every failure as ``application/problem+json`` with a stable code.

Called by the edge and by the protocol below it. Never holds a stack trace or a secret.
"""

from __future__ import annotations

from http import HTTPStatus

from kingpost import (
    Conflict,
    Corrupted,
    FinalError,
    Forbidden,
    InFlight,
    InputError,
    KingpostError,
    NotFound,
    Overloaded,
    TransientError,
    Unauthorized,
)
from pydantic_core import to_json

CONTENT_TYPE = b"application/problem+json"

_STATUS: tuple[tuple[type[KingpostError], int], ...] = (
    (Unauthorized, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (InFlight, 409),
    (Conflict, 409),
    (InputError, 422),
    (Overloaded, 429),
    (TransientError, 503),
    (Corrupted, 500),
    (FinalError, 409),
)


class Refusal(Exception):
    """What the face itself refuses, before any operation is asked."""

    def __init__(self, status: int, code: str, detail: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers


def status_of(problem: KingpostError | type[KingpostError]) -> int:
    """The HTTP status of a failure that the kernel reports."""
    shape = problem if isinstance(problem, type) else type(problem)
    return next((status for kind, status in _STATUS if issubclass(shape, kind)), 503)


def told(problem: BaseException) -> tuple[int, str, str, tuple[tuple[bytes, bytes], ...]]:
    """Status, code, detail and further headers of a failure; what nobody foresaw says nothing about itself."""
    if isinstance(problem, Refusal):
        return problem.status, problem.code, problem.detail, problem.headers
    if isinstance(problem, KingpostError):
        status = status_of(problem)
        headers: tuple[tuple[bytes, bytes], ...] = ()
        if status == 401:
            headers = ((b"www-authenticate", b'Bearer realm="kingpost"'),)
        elif status in {429, 503}:
            headers = ((b"retry-after", b"1"),)
        return status, problem.code, str(problem), headers
    return 500, "internal", "a fault in kingpost itself; its log has more under this request id", ()


def document(status: int, code: str, detail: str, request_id: str) -> bytes:
    """The body."""
    return to_json(
        {
            "type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": code,
            "detail": detail.encode("utf-8", "replace").decode()[:2000], "request_id": request_id,
        }
    )  # fmt: skip
