"""A server that says what a script tells it, byte by byte: what a real one cannot be made to do on purpose.

Used by the tests of behaviour. It reads HTTP/1.1 just well enough for the SDKs' own requests.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as it came; header names in lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


Script = Callable[[Asked], bytes]

HELD = b"held\r\n"
"""Before an answer: the connection stays open behind it, so that whoever waits for more has to give up."""


def answer(status: int, body: Any = None, headers: dict[str, str] | None = None) -> bytes:
    """A whole answer; ``body`` is written as JSON unless it is bytes."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    lines = {"content-type": "application/json", "connection": "close"} | (headers or {})
    lines.setdefault("content-length", str(len(content)))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Scripted\r\n{head}\r\n".encode() + content


_PASSED_ON = {"content-type", "kingpost-position", "x-request-id"}


def passed_on(url: str, asked: Asked) -> tuple[int, bytes, dict[str, str]]:
    """What the server at a URL says to a request: status, body and what of its headers is about them."""
    target = asked.path + (f"?{urlencode(asked.query, doseq=True)}" if asked.query else "")
    headers = {name: value for name, value in asked.headers.items() if name not in {"host", "connection"}}
    with contextlib.closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=100)) as connection:
        connection.request(asked.method, target, asked.body or None, headers)
        came = connection.getresponse()
        said = {name.lower(): value for name, value in came.headers.items()}
        about: dict[str, str] = {name: said[name] for name in _PASSED_ON & said.keys()}
        return came.status, came.read(), about


class Scripted:
    """Listens on a free port of loopback. Every connection gets what the script says, and is closed."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.seen: list[Asked] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Scripted:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        # Whoever asks may go away in the middle of it.
        with connection, contextlib.suppress(OSError):
            asked = _read(connection)
            if asked is None:
                return
            self.seen.append(asked)
            said = self._script(asked)
            connection.sendall(said.removeprefix(HELD))
            if not said.startswith(HELD):
                connection.shutdown(socket.SHUT_WR)
            # Closing earlier could reset what the other side has not read yet.
            connection.settimeout(60)
            while connection.recv(4096):
                pass


def _read(connection: socket.socket) -> Asked | None:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return None
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    method, target, _ = first.split(" ")
    split = urlsplit(target)
    return Asked(method, split.path, parse_qs(split.query), headers, body)
