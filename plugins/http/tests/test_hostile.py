"""Whatever comes in gets a 4xx as a problem document, soon, and the server goes on."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import tracemalloc
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

BODIES: dict[str, bytes] = {
    "broken": b'{"description": "x"',
    "empty": b"",
    "not an object": b"[1, 2]",
    "a string": b'"x"',
    "null": b"null",
    "trailing": b'{"description": "x"} x',
    "doubled names": b'{"description": "x", "description": "y"}',
    "doubled deep": b'{"description": "x", "scopes": [], "scopes": []}',
    "depth": b'{"description": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "depth of objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "NaN": b'{"description": "x", "deadline": NaN}',
    "infinity": b'{"description": "x", "deadline": Infinity}',
    "too large exponent": b'{"description": "x", "deadline": 1e999}',
    "large exponent": b'{"description": "x", "deadline": 1e308}',
    "huge number": b'{"description": "x", "budget": ' + b"9" * 5000 + b"}",
    "beyond 2^53": b'{"description": "x", "budget": 9007199254740993}',
    "half a pair": b'{"description": "\\ud800"}',
    "half a pair in a name": b'{"description": "x", "\\udfff": 1}',
    "no UTF-8": b'{"description": "\xff\xfe"}',
    "overlong": b'{"description": "\xc0\x80"}',
    "BOM": b'\xef\xbb\xbf{"description": "x"}',
    "UTF-16": '{"description": "x"}'.encode("utf-16"),
    "NUL": b'{"description": "a\\u0000b"}',
    "raw NUL": b'{"description": "a\x00b"}',
    "wrong type": b'{"description": 1}',
    "wrong type of a number": b'{"description": "x", "budget": "5"}',
    "a bool for a number": b'{"description": "x", "priority": true}',
    "null for what may be absent": b'{"description": "x", "model": null}',
    "unknown field": b'{"description": "x", "descripton": "y"}',
    "prototype": b'{"description": "x", "__proto__": {}}',
    "only spaces": b'{"description": "   "}',
    "too long": json.dumps({"description": "x" * 200_000}).encode(),
    "negative": b'{"description": "x", "tokens": -5}',
    "a comment": b'{"description": "x" /* y */}',
    "single quotes": b"{'description': 'x'}",
    "gzip": gzip.compress(b'{"description": "' + b"x" * 1000 + b'"}'),
}


def is_problem(answer: httpx.Response) -> None:
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["code"]
    assert problem["detail"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_is_no_request_is_refused(client: httpx.AsyncClient, name: str) -> None:
    for path in ("/v1/tasks", "/v1/memories", "/v1/tokens", "/v1/tasks/batch", "/v1/tasks/x/messages"):
        if name in {"empty", "unknown field", "prototype"} and path == "/v1/tokens":
            continue
        async with asyncio.timeout(60):
            is_problem(await client.post(path, content=BODIES[name], headers={"content-type": "application/json"}))
    assert (await client.get("/ready")).status_code == 200


@pytest.mark.parametrize("named", ["n" * 300, "/" + "d/" * 3000, "notes.md/x", "", "/dev/null"])
async def test_a_path_that_nobody_can_look_at_is_refused(client: httpx.AsyncClient, tmp_path: Path, named: str) -> None:
    """Too long a name, or one below a file: it is the caller's to mend."""
    (tmp_path / "notes.md").write_text("lions")
    where = str(tmp_path / named) if named else named
    for method, path, body in (
        ("POST", "/v1/tasks", {"description": "x", "inputs": [where]}),
        ("POST", "/v1/tasks", {"description": "x", "workspace": where}),
        ("POST", "/v1/context/pack", {"query": "x", "inputs": [where]}),
        ("PUT", "/v1/schedules/s", {"every": 60.0, "request": {"description": "x", "inputs": [where]}}),
    ):
        answer = await client.request(method, path, json=body)
        is_problem(answer)
        assert answer.status_code == 422, answer.text


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/v1/tasks/batch", b'{"tasks": [' + b"{}," * 300_000 + b"{}]}", "tasks.0.description: field required"),
        (
            "/v1/tasks",
            b'{"description": "x", "scopes": [' + b"1," * 400_000 + b"1]}",
            "scopes.0: input should be a valid string",
        ),
    ],
)
async def test_of_a_million_things_that_are_wrong_the_first_is_told(
    client: httpx.AsyncClient, path: str, body: bytes, told: str
) -> None:
    """To look for the others would take seconds, in which nobody else is answered."""
    answer = await client.post(path, content=body, headers={"content-type": "application/json"})

    is_problem(answer)
    assert answer.json()["detail"] == told


async def test_a_body_that_may_be_large_is_refused_where_it_is_many_small_things(client: httpx.AsyncClient) -> None:
    """It may hold files, and they are long texts."""
    body = b'{"observation": {"call": "1", "text": "x"}, "files": [' + b"{}," * 600_000 + b"{}]}"
    answer = await client.post("/v1/tasks/x/observations", content=body, headers={"content-type": "application/json"})

    is_problem(answer)
    assert (answer.status_code, "send fewer" in answer.json()["detail"]) == (413, True)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404), ("GET", "/nothing", 404),
        ("PATCH", "/v1/tasks", 405), ("DELETE", "/v1/tasks", 405),
        ("TRACE", "/v1/tasks", 405), ("POST", "/ready", 405), ("DELETE", "/metrics", 405),
        ("GET", "/v1/tasks/%00", 400), ("GET", "/v1/tasks/%ff", 400),
        ("GET", "/v1/tasks/..%2f..%2fetc", 404), ("GET", "/v1/tasks//", 404), ("GET", "/v1/tasks?limit=x", 422),
        ("GET", "/v1/tasks?limit=1&limit=2", 422), ("GET", "/v1/tasks?limit=99999999999999999999", 422),
        ("GET", "/v1/tasks?nothing=1", 422), ("GET", "/v1/tasks?thread=%00", 400), ("GET", "/v1/tasks?thread=%ff", 400),
        ("GET", "/v1/tasks?statuses=gone", 422), ("GET", "/v1/tasks?limit=0", 422), ("GET", "/v1/tasks?limit=-1", 422),
        ("GET", "/v1/events?after=nan", 422), ("GET", "/v1/events/stream?after=x", 422),
        ("GET", "/v1/tasks/x/wait?seconds=nan", 422), ("GET", "/v1/tasks/x/wait?seconds=inf", 422),
        ("POST", "/v1/tasks?x=1", 422), ("GET", "/v1/tasks/x?y=1", 422), ("GET", "/docs/../v1/tasks/x", 404),
    ],
)  # fmt: skip
async def test_a_path_or_query_that_leads_nowhere_is_refused(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path, json={"description": "x"} if method == "POST" else None)

    is_problem(answer)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "text/plain"}, 415), ({"content-type": "application/xml"}, 415),
        ({"content-type": "application/json; charset=utf-16"}, 415),
        ({"content-encoding": "gzip"}, 415), ({"idempotency-key": "x" * 300}, 400), ({"idempotency-key": "a b"}, 400),
        ({"kingpost-position": "x"}, 400), ({"kingpost-position": "999999999999"}, 409),
        ({"authorization": "Basic eDp5"}, 401), ({"authorization": "Bearer"}, 401),
        ({"authorization": "Bearer kp_0_0_0"}, 401), ({"host": "evil.example"}, 421),
        ({"origin": "https://evil.example"}, 403), ({"content-length": "5", "transfer-encoding": "chunked"}, 400),
    ],
)  # fmt: skip
async def test_a_header_that_does_not_fit_is_refused(
    client: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    given = {"content-type": "application/json", **headers}

    answer = await client.post("/v1/tasks", content=b'{"description": "x"}', headers=given)

    is_problem(answer)
    assert answer.status_code == status


RAW: dict[str, bytes] = {
    "two lengths": b"POST /v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 20\r\n\r\n{}",
    "length and chunks": b"POST /v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/tasks HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "chunks of another kind": b"POST /v1/tasks HTTP/1.1\r\nHost: localhost\r\n"
    b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunks twice": b"POST /v1/tasks HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a space before the colon": b"GET /v1/tasks HTTP/1.1\r\nHost : localhost\r\n\r\n",
    "a folded header": b"GET /v1/tasks HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n" + b"\0",
    "NUL in a header": b"GET /v1/tasks HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n",
    "no host": b"GET /v1/tasks HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /v1/tasks HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n",
    "another host in the target": b"GET http://evil/v1/tasks HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "this host as a user of another": b"GET http://localhost@evil/v1/tasks HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no method": b" / HTTP/1.1\r\n\r\n",
    "strange method": b"FETCH /v1/tasks HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": bytes.fromhex("16030100c8010000c40303") + b"\0" * 40,
    "long line": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "long header": b"GET /v1/tasks HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    "many headers": b"GET /v1/tasks HTTP/1.1\r\nHost: localhost\r\n" + b"X-A: b\r\n" * 2000 + b"\r\n",
    "negative chunk": b"POST /v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "signed length": b"POST /v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: +2\r\n\r\n{}",
    "endless length": b"POST /v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
    "chunks of HTTP/1.0": b"POST /v1/context/count HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b'Transfer-Encoding: chunked\r\n\r\nc\r\n{"text":"a"}\r\n0\r\n\r\n',
    "HTTP/2.0 in a line": b"GET /ready HTTP/2.0\r\nHost: localhost\r\n\r\n",
    "a target of another kind": b"GET ftp://localhost/ready HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a place in a page": b"GET /ready#/v1/tasks HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "another host behind the port": b"GET /ready HTTP/1.1\r\nHost: localhost:80@evil\r\n\r\n",
    "a port that is none": b"GET /ready HTTP/1.1\r\nHost: localhost:999999\r\n\r\n",
    "a tunnel": b"CONNECT /ready HTTP/1.1\r\nHost: localhost\r\n\r\nGET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "websocket": b"GET /v1/tasks/x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
}


async def raw(url: str, sent: bytes, seconds: float = 5.0) -> bytes:
    """What comes back for these bytes, until the server closes or has nothing more to say."""
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    came = b""
    try:
        writer.write(sent)
        async with asyncio.timeout(seconds):
            while part := await reader.read(65536):
                came += part
                if b"\r\n\r\n" in came and came.endswith(b"}"):
                    break
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    return came


@pytest.mark.parametrize("name", RAW)
async def test_bytes_that_two_servers_could_read_differently_get_one_refusal(serving: Any, name: str) -> None:
    async with serving() as (_, url):
        came = await raw(url, RAW[name])

        assert came[:10].startswith(b"HTTP/1.1 4"), came[:200]
        assert came.count(b"HTTP/1.1") == 1, came
        assert b"application/problem+json" in came
        id = re.search(rb"\r\nx-request-id: (\S+)\r\n", came)
        assert id is not None
        assert b'"request_id":"%b"' % id[1] in came
        assert (await raw(url, b"GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n")).startswith(b"HTTP/1.1 200")


async def test_a_head_that_trickles_in_is_cut_off(serving: Any) -> None:
    async with serving({"header_seconds": 0.5}) as (_, url):
        came = await raw(url, b"GET /v1/tasks HTTP/1.1\r\nHost: local", 6)

    assert came.startswith(b"HTTP/1.1 408")


async def test_a_body_that_does_not_come_is_cut_off(serving: Any) -> None:
    head = (
        b"POST /v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
    )
    async with serving({"body_seconds": 0.5}) as (_, url):
        came = await raw(url, head, 6)

    assert came.startswith(b"HTTP/1.1 408")


async def test_a_body_of_25_megabytes_is_refused_and_its_sender_is_told(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/v1/tasks", content=b" " * 25_000_000, headers={"content-type": "application/json"}
    )  # fmt: skip

    is_problem(answer)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST /v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1, 2\r\n\r\n", 400),
        (b"POST /v1/tasks HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST /no HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 9000000\r\n\r\n", 404),
        (b"GET /ready HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", 431),
        (b"GET /ready HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 10_000, 431),
    ],
)
async def test_whoever_goes_on_sending_gets_to_read_the_refusal(serving: Any, head: bytes, status: int) -> None:
    """A connection that is closed over bytes that nobody has read is reset, and the answer with it."""
    failed: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, problem: failed.append(problem))
    async with serving() as (_, url):
        reader, writer = await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port)
        async with asyncio.timeout(30):
            writer.write(head)
            for _ in range(40):
                writer.write(b"x" * 100_000)
                await writer.drain()
                await asyncio.sleep(0)
            came = await reader.read()
        writer.close()

    assert came.startswith(b"HTTP/1.1 %d" % status), came[:200]
    assert came.count(b"HTTP/1.1") == 1
    assert failed == []


@pytest.mark.parametrize("apart", [0, 1, 3, 1000])
@pytest.mark.parametrize(
    "chunks", [b"ffffffff\r\n", b"FFFFFF;name=value\r\n{", b'2\r\n{"\r\n7fffffff\r\ndescr', b"0000000fffffff\r\n"]
)
async def test_a_chunk_that_says_that_it_is_too_large_is_refused_at_once(
    serving: Any, chunks: bytes, apart: int
) -> None:
    """Nobody waits for what will not be taken, in however many pieces its first line comes."""
    head = (
        b"POST /v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n"
    )
    async with serving({"body_seconds": 60.0}) as (_, url):
        where = urlsplit(url)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        writer.write(head if apart else head + chunks)
        for place in range(0, len(chunks), apart) if apart else ():
            await asyncio.sleep(0.001)
            writer.write(chunks[place : place + apart])
        async with asyncio.timeout(30):
            came = await reader.readuntil(b"}")
        writer.close()

    assert came.startswith(b"HTTP/1.1 413")
    assert b"http.too_large" in came


@pytest.mark.parametrize("apart", [1, 2, 5, 1000])
async def test_a_body_in_chunks_is_taken_however_it_is_cut(serving: Any, apart: int) -> None:
    """Its words may look like the first line of a chunk."""
    body = b'{"description": "ffffffff", "context": "\\r\\nffffffff\\r\\n"}'
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:9], body[9:17], body[17:]))
    sent = b"POST /v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
    sent += b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"
    async with serving({"body_seconds": 60.0}, work=False) as (_, url):
        where = urlsplit(url)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        for place in range(0, len(sent), apart):
            writer.write(sent[place : place + apart])
            await asyncio.sleep(0)
        async with asyncio.timeout(30):
            came = await reader.read()
        writer.close()

    assert came.startswith(b"HTTP/1.1 202"), came


async def test_what_comes_behind_a_body_is_no_header_and_is_not_kept(serving: Any) -> None:
    """Trailers of a request change nothing of it, and a flood of them takes no memory."""
    body = b'{"text": "two words"}'
    head = b"POST /v1/context/count HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    head += b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n" % (len(body), body)
    flood = b"Host: evil\r\nAuthorization: Bearer x\r\nContent-Type: text/plain\r\n" + b"X: y\r\n" * 50_000
    async with serving(work=False) as (_, url):
        where = urlsplit(url)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        writer.write(head)
        await writer.drain()
        tracemalloc.start()
        try:
            writer.write(flood)
            await writer.drain()
            writer.write(b"\r\nGET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            async with asyncio.timeout(60):
                came = await reader.read()
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            writer.close()

    assert re.findall(rb"HTTP/1.1 (\d+)", came) == [b"200", b"200"], came
    assert most < 4_000_000


async def test_what_nobody_foresaw_says_nothing_about_itself(serving: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving() as (opened, url), httpx.AsyncClient(base_url=url) as client:

        async def broken(*_: object) -> None:
            raise RuntimeError("the secret of the house")

        monkeypatch.setattr(opened.kernel, "ask", broken)
        answer = await client.get("/v1/agents")

    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "secret" not in answer.text
