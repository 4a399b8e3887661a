"""A provider that deliberately breaks its promises: somebody before the real server who changes its answers.

Used to prove that the gates turn red. What cannot be broken in an answer is left as it is.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, TypeAlias

import httpx

from tests.contracts.verification import Node


class Answer(NamedTuple):
    """What a server says."""

    status: int
    kind: str
    body: bytes


Deed: TypeAlias = Callable[[Answer], Answer]


def _json(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Deed:
    def deed(answer: Answer) -> Answer:
        if "json" not in answer.kind:
            return answer
        return answer._replace(body=json.dumps(change(json.loads(answer.body))).encode())

    return deed


def _without(value: dict[str, Any]) -> dict[str, Any]:
    first = min(value, default=None)
    return {name: each for name, each in value.items() if name != first}


def _otherwise(value: dict[str, Any]) -> dict[str, Any]:
    first = min(value, default=None)
    other = {name: "text" if isinstance(each, list | dict) else [each] for name, each in value.items()}
    return value | {name: other[name] for name in value if name == first}


def _recoded(value: dict[str, Any]) -> dict[str, Any]:
    return value | {"code": f"{value['code']}.s"} if "code" in value else value


def _cut(answer: Answer) -> Answer:
    return answer._replace(body=answer.body.rpartition(b"event: end")[0]) if "event-stream" in answer.kind else answer


BREAKS: dict[str, Deed] = {
    "a field less": _json(_without),
    "a field of another type": _json(_otherwise),
    "another code": _json(_recoded),
    "another status": lambda answer: answer._replace(status={200: 204, 201: 200}.get(answer.status, 400)),
    "another media type": lambda answer: answer._replace(kind="text/html"),
    "a stream without its end": _cut,
    "no answer": lambda answer: Answer(500, "text/plain", b"it broke"),
}
"""Each a way in which a server might stop keeping its promises."""


def reach(deed: str, said: list[Node]) -> list[Node]:
    """The interactions of some that a deed breaks, so that a gate has to see every one of them."""
    return [one for one in said if BREAKS[deed](_example(one)) != _example(one) and _told(deed, one)]


def _told(deed: str, interaction: Node) -> bool:
    """Whether it was promised at all: a code is one in failures only, and a field of that name no promise elsewhere."""
    return deed != "another code" or interaction["response"]["status"] >= 400


def _example(interaction: Node) -> Answer:
    response = interaction["response"]
    body, kind = response["body"].get("content"), response["headers"]["Content-Type"][0]
    if "json" in kind:
        return Answer(response["status"], kind, json.dumps(body).encode())
    encoded = response["body"]["encoded"] == "base64"
    return Answer(response["status"], kind, base64.b64decode(body) if encoded else str(body).encode())


def renamed(document: Node) -> Any:
    """A document with another field in the view of a task."""
    text = json.dumps(document)
    assert '"not_before"' in text
    return json.loads(text.replace('"not_before"', '"not_sooner"'))


class Broken:
    """Listens before a server, and breaks every answer in one way."""

    def __init__(self, url: str, deed: Deed) -> None:
        self._through = httpx.Client(base_url=url, timeout=90, trust_env=False)
        outer = self

        class Through(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                got = outer._through.request(self.command, self.path, content=body, headers=headers)
                answer = deed(Answer(got.status_code, got.headers.get("content-type", ""), got.content))
                self.send_response(answer.status)
                self.send_header("content-type", answer.kind)
                if answer.status != 204:
                    self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                if answer.status != 204:
                    self.wfile.write(answer.body)

            do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names that http.server asks for

            def log_message(self, format: str, *args: object) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Through)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Broken:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._through.close()
