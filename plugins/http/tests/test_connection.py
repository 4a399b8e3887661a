"""Several requests on one connection, bodies that come in parts, and callers that do not read."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
import pytest
from kingpost import Ports
from kingpost_http.connection import Connection
from kingpost_http.face import HttpFace
from kingpost_http.settings import Settings
from kingpost_http.status import Standing

READY = b"GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST /v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
BODY = b'{"description": "count the lions"}'


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        async with asyncio.timeout(30):
            yield reader, writer
    finally:
        writer.close()


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body of the next one."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    found = re.search(rb"content-length: (\d+)", head)
    assert found is not None
    return int(head[9:12]), await reader.readexactly(int(found[1]))


async def test_requests_that_come_at_once_are_answered_in_their_order(serving: Any) -> None:
    """A long poll holds back what was sent behind it, and loses nothing of it."""
    async with serving(work=False) as (_, url), connected(url) as (reader, writer):
        writer.write(POST + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY)
        id = json.loads((await answer(reader))[1])["id"]
        poll = f"GET /v1/tasks/{id}/wait?seconds=0.3 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        read = f"GET /v1/tasks/{id} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        writer.write(poll + READY + read * 500 + READY)
        answers = [await answer(reader) for _ in range(503)]

    assert {status for status, _ in answers} == {200}
    assert [b'"ready"' in body for _, body in answers] == [False, True, *[False] * 500, True]
    assert {json.loads(body)["id"] for _, body in answers if b'"ready"' not in body} == {id}


async def test_a_request_before_a_broken_one_is_answered_and_none_behind_it(serving: Any) -> None:
    async with serving(work=False) as (_, url), connected(url) as (reader, writer):
        writer.write(POST + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY + b"nonsense\r\n\r\n" + READY)
        whole = await reader.read()

    assert whole.startswith(b"HTTP/1.1 202")
    assert b'"ready"' not in whole


async def test_a_body_may_come_in_any_parts(serving: Any) -> None:
    """Byte by byte, in chunks, behind ``100 Continue``; and the connection goes on."""
    async with serving(work=False) as (_, url), connected(url) as (reader, writer):
        for byte in POST + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        assert (await answer(reader))[0] == 202
        chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in BODY)
        writer.write(POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")
        assert (await answer(reader))[0] == 202
        writer.write(POST + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(BODY))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        writer.write(BODY)
        assert (await answer(reader))[0] == 202


@pytest.mark.parametrize("asked", [b"h2c", b"websocket"])
@pytest.mark.parametrize("apart", [1, 50, 10_000])
async def test_who_asks_for_another_protocol_is_answered_in_this_one(serving: Any, asked: bytes, apart: int) -> None:
    """Its body is its body, and no request that somebody has hidden there; what comes behind it is answered too."""
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: %b\r\nHTTP2-Settings: AAMAAABk\r\n" % asked
    hidden = json.dumps({"text": READY.decode()}).encode()
    asking = POST.replace(b"/v1/tasks", b"/v1/context/count") + upgrade
    framed = [
        asking + b"Content-Length: %d\r\n\r\n%b" % (len(hidden), hidden),
        asking + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(hidden), hidden),
        READY.replace(b"\r\n\r\n", b"\r\n" + upgrade + b"\r\n"),
        READY,
    ]
    sent = b"".join(framed)
    async with serving(work=False) as (_, url), connected(url) as (reader, writer):
        for place in range(0, len(sent), apart):
            writer.write(sent[place : place + apart])
            await asyncio.sleep(0)
        answers = [await answer(reader) for _ in framed]

    assert [status for status, _ in answers] == [200] * 4
    assert [b"tokens" in body for _, body in answers] == [True, True, False, False]


async def test_who_speaks_http_1_0_is_not_told_to_continue(serving: Any) -> None:
    """It knows no such answer (RFC 9110, 10.1.1)."""
    head = POST.replace(b"HTTP/1.1", b"HTTP/1.0") + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(BODY)
    async with serving(work=False) as (_, url), connected(url) as (reader, writer):
        writer.write(head)
        async with httpx.AsyncClient(base_url=url) as client:
            # What was sent before this is answered was read before it.
            await client.get("/ready")
        writer.write(BODY)
        whole = await reader.read()

    assert whole.startswith(b"HTTP/1.1 202")


async def test_who_speaks_http_1_0_gets_an_answer_and_the_end_of_the_connection(serving: Any) -> None:
    async with serving(work=False) as (_, url), connected(url) as (reader, writer):
        writer.write(READY.replace(b"HTTP/1.1", b"HTTP/1.0"))
        whole = await reader.read()

    assert whole.startswith(b"HTTP/1.1 200")
    assert whole.endswith(b'{"ready":true}')


async def test_who_takes_an_answer_slowly_gets_all_of_it_and_who_takes_nothing_is_let_go(
    ports: Ports, serving: Any
) -> None:
    """As long as some of it is taken between two looks; a pipeline that nobody reads holds no connection for ever."""
    standing = Standing()
    face = HttpFace(Settings(port=0), ports, standing)
    asked = READY.replace(b"/ready", b"/openapi.json") * 400
    async with serving(work=False, faces=[face]), connected(face.url) as (reader, writer):
        writer.write(asked)
        await reader.read(1)
        (held,) = cast("set[Connection]", standing._connections)  # noqa: SLF001 - the very connection, and its looks
        later = asyncio.get_running_loop().time()
        for _ in range(3):
            while not (before := held.transport.get_write_buffer_size()):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0)
            while held.transport.get_write_buffer_size() == before:
                assert await reader.read(65536)
            later += 1000
            held.overdue(later)
            assert not held.transport.is_closing()
        while not held.lost:
            later += 1000
            held.overdue(later)
            await asyncio.sleep(0)

    assert not standing._connections  # noqa: SLF001 - as above


async def test_answers_that_are_more_than_the_caller_takes_at_once_all_come(serving: Any) -> None:
    """Forty megabytes of them through buffers of some hundred kilobytes, in answer to one write."""
    async with serving(work=False) as (_, url), connected(url) as (reader, writer):
        writer.write(READY.replace(b"/ready", b"/openapi.json") * 100 + READY)
        found = [await answer(reader) for _ in range(101)]

    assert {status for status, _ in found} == {200}
    assert len({body for _, body in found[:-1]}) == 1
    assert found[-1][1] == b'{"ready":true}'
