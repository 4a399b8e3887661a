"""Any bytes at all: no answer is a 5xx, every refusal is a problem document, and the server goes on."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

_BODY = b'{"description": "count the lions", "scopes": ["default"], "priority": 3}'
_HEADERS = (
    b"Host: localhost", b"Content-Type: application/json", b"Idempotency-Key: a-key", b"Kingpost-Position: 1",
    b"X-Request-Id: mine", b"traceparent: 00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01", b"Origin: http://localhost",
    b"Authorization: Bearer kp_0_0_0", b"Transfer-Encoding: chunked", b"Content-Length: 5", b"Expect: 100-continue",
    b"Connection: Upgrade", b"Last-Event-ID: 1.0", b"Content-Encoding: gzip", b"Accept: */*",
)  # fmt: skip
_TARGETS = (
    b"/v1/tasks", b"/v1/tasks/x", b"/v1/tasks?limit=1", b"/v1/memory/recall", b"/v1/context/count", b"/v1/agents",
    b"/metrics", b"/docs", b"/openapi.json", b"*", b"http://localhost/v1/tasks", b"/v1/%2e%2e/tasks", b"//v1/tasks",
)  # fmt: skip
_ODD = st.sampled_from(
    [b"\0", b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b"\xff", b"\xc0\x80", b"%00", b"%zz", b"%ff", b"{", b"[" * 3000,
     b'"', b"9" * 400, b"1e999", b"\\ud800", b"\\u0000", b"0\r\n\r\n", b"ffffffff\r\n", b",", b";" * 50, b"a" * 9000]
)  # fmt: skip


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """A request that is nearly one, with up to two pieces put in or taken out anywhere."""
    method = draw(st.sampled_from([b"GET", b"POST", b"PUT", b"DELETE", b"PATCH", b"HEAD", b"OPTIONS", b"TRACE"]))
    headers = draw(st.lists(st.sampled_from(_HEADERS), max_size=5, unique=True))
    body = draw(st.sampled_from([b"", _BODY, b"{}", b"[]", b"5\r\n" + _BODY[:5] + b"\r\n0\r\n\r\n"]))
    length = [b"Content-Length: %d" % len(body)] if draw(st.booleans()) else []
    lines = [method + b" " + draw(st.sampled_from(_TARGETS)) + b" HTTP/1.1", b"Host: localhost", *headers, *length]
    made = b"\r\n".join(lines) + b"\r\n\r\n" + body
    for _ in range(draw(st.integers(0, 2))):
        where = draw(st.integers(0, len(made)))
        until = where + draw(st.sampled_from([0, 0, 1, 2, 10, 60]))
        made = made[:where] + draw(st.one_of(_ODD, st.binary(max_size=12), st.just(b""))) + made[until:]
    return made


@pytest.mark.long
async def test_any_bytes_get_no_5xx_and_the_server_goes_on(serving: Any) -> None:
    async with serving({"header_seconds": 1.0, "body_seconds": 1.0}) as (_, url):
        await asyncio.to_thread(_attack, url)

        async with httpx.AsyncClient(base_url=url) as client:
            submitted = await client.post("/v1/tasks", json={"description": "count the lions"})
            ended = await client.get(f"/v1/tasks/{submitted.json()['id']}/wait?seconds=30")

    assert ended.json()["status"] == "succeeded"


def _attack(url: str) -> None:
    where = urlsplit(url)
    assert where.hostname is not None
    assert where.port is not None
    address = where.hostname, where.port

    @settings(
        max_examples=300, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(sent=requests(), cut=st.integers(0, 400))
    def attack(sent: bytes, cut: int) -> None:
        came = _exchanged(address, sent, cut)
        for status, head, body in _answers(came):
            assert status < 500, (sent, came)
            if status >= 400 and b"content-length" in head and not sent.startswith(b"HEAD"):
                problem = json.loads(body)
                assert b"application/problem+json" in head, came
                assert (problem["status"], bool(problem["code"] and problem["detail"])) == (status, True)

    attack()


def _exchanged(address: tuple[str, int], sent: bytes, cut: int) -> bytes:
    """What comes back for two pieces of a request, until nothing more does. What is held back is asserted by nobody."""
    came = b""
    with socket.create_connection(address, 30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            connection.sendall(sent[:cut])
            connection.sendall(sent[cut:])
            connection.settimeout(0.05)
            while part := connection.recv(65536):
                came += part
        except OSError:
            pass
    return came


def _answers(came: bytes) -> list[tuple[int, bytes, bytes]]:
    """Status, head and body of the answers whose length is told."""
    found = []
    while match := re.match(rb"HTTP/1\.1 (\d{3}) ", came):
        head, _, rest = came.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: (\d+)", head)
        size = int(length[1]) if length else 0
        if len(rest) < size:
            break
        found.append((int(match[1]), head, rest[:size]))
        came = rest[size:]
    return found
