"""Tokens, idempotency, limits, positions and streams, over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from kingpost import Clock, ConfigurationError, Context, Ports, Recorded, Say, Unavailable, operations
from kingpost.testing import MemoryLog, ScriptedAgent, WordCounter, open_kernel
from kingpost_http.face import HttpFace
from kingpost_http.settings import Settings
from kingpost_http.status import Standing

TASK = {"description": "count the lions"}


async def test_a_task_goes_all_the_way(client: httpx.AsyncClient) -> None:
    """Submitted, waited for, read, listed; its turns and its tree."""
    submitted = await client.post("/v1/tasks", json=TASK)
    id = submitted.json()["id"]
    ended = (await client.get(f"/v1/tasks/{id}/wait?seconds=10")).json()

    assert submitted.status_code == 202
    assert ended["status"] == "succeeded"
    assert (await client.get(f"/v1/tasks/{id}")).json() == ended
    assert [task["id"] for task in (await client.get("/v1/tasks?statuses=succeeded")).json()["tasks"]] == [id]
    assert (await client.get(f"/v1/tasks/{id}/turns")).json()["turns"]
    assert (await client.get(f"/v1/tasks/{id}/tree")).json()["tasks"]
    assert int(submitted.headers["kingpost-position"]) >= submitted.json()["position"]


async def test_from_the_first_token_on_everybody_shows_one(serving: Any, token: Any) -> None:
    async with serving() as (opened, url), httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/v1/agents")).status_code == 200
        headers = await token(opened, "default", "system:read")

        assert (await client.get("/v1/agents")).status_code == 401
        assert (await client.get("/v1/agents", headers=headers)).status_code == 200
        refused = await client.post("/v1/tasks", json=TASK, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "access.forbidden")
        assert (await client.get("/ready")).status_code == 200
        assert (await client.get("/metrics")).status_code == 401


async def test_metrics_tell_how_many_counts_were_remembered(serving: Any) -> None:
    """By counter, whatever its name; their quotient is the rate at which the cache is hit."""

    class Remembering(WordCounter):
        known = SimpleNamespace(hits=3, misses=1)

    async with (
        serving(counter=Remembering('words "as said"')) as (opened, url),
        httpx.AsyncClient(base_url=url) as client,
    ):
        opened.kernel.plugins.get("counters", 'words "as said"')
        told = (await client.get("/metrics")).text

    assert '\nkingpost_token_counts_total{counter="words \\"as said\\"",remembered="true"} 3\n' in told
    assert '\nkingpost_token_counts_total{counter="words \\"as said\\"",remembered="false"} 1\n' in told


async def test_a_token_lives_as_it_should(serving: Any, token: Any) -> None:
    """Rotated with an overlap, once; revoked at once; nobody gives away more than they have."""
    async with serving() as (opened, url), httpx.AsyncClient(base_url=url) as client:
        admin = await token(opened)
        made = (await client.post("/v1/tokens", json={"scopes": ["tasks:read"]}, headers=admin)).json()
        first, id = {"authorization": f"Bearer {made['token']}"}, made["view"]["id"]
        rotated = await client.post(f"/v1/tokens/{id}/rotate", headers=admin)
        second = {"authorization": f"Bearer {rotated.json()['token']}"}

        for each in (first, second):
            assert (await client.get("/v1/tasks", headers=each)).status_code == 200
        again = await client.post(f"/v1/tokens/{id}/rotate", headers=admin)
        assert (again.status_code, rotated.json()["view"]["id"] in again.json()["detail"]) == (409, True)
        assert (await client.delete(f"/v1/tokens/{id}", headers=admin)).json()["revoked"]
        assert (await client.get("/v1/tasks", headers=first)).status_code == 401
        small = await token(opened, "default", "tokens:write")
        assert (await client.post("/v1/tokens", json={"scopes": ["*"]}, headers=small)).status_code == 403
        listed = (await client.get("/v1/tokens", headers=admin)).text
        assert made["token"] not in listed
        frames = await (await opened.kernel.log()).read(0, 1000)
        assert made["token"] not in repr(frames)


class Late:
    """A clock that can be set ahead."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self.ahead = clock, 0.0
        self.monotonic, self.sleep = clock.monotonic, clock.sleep

    def now(self) -> float:
        return self._clock.now() + self.ahead


@pytest.mark.parametrize("how", ["it is revoked", "it expires", "its tenant is erased", "the first token is made"])
async def test_a_stream_ends_when_who_follows_is_let_in_no_more(
    ports: Ports, serving: Any, token: Any, how: str
) -> None:
    """Nothing that comes later is told by it, and who is let in follows on."""
    clock = Late(ports.clock)
    doors = {"ports": Ports(home=ports.home, clock=clock), "work": False}
    async with serving(**doors) as (opened, url), httpx.AsyncClient(base_url=url, timeout=60) as client:
        kernel, tenant = opened.kernel, "default" if how.startswith("the") else "north"
        await kernel.perform(operations.tenants.CREATE, operations.tenants.SetTenant(id=tenant))
        theirs = {} if how.startswith("the") else await token(opened, tenant)
        admin = {} if how.startswith("the") else await token(opened, "default")
        clock.ahead = 29 * 86_400.0
        later = {} if how.startswith("the") else await token(opened, tenant)
        came, others = asyncio.Queue[str](), asyncio.Queue[str]()

        async def follow(headers: dict[str, str], told: asyncio.Queue[str]) -> None:
            async for one in messages(url, "/v1/events/stream?after=0", headers):
                told.put_nowait(one.get("event", ""))

        async def another(told: asyncio.Queue[str]) -> None:
            while await told.get() != "task.queued":
                pass

        streams = [asyncio.create_task(follow(theirs, came)), asyncio.create_task(follow(later, others))]
        await kernel.perform(operations.tasks.SUBMIT, operations.tasks.Submit(description="x"), tenant)
        async with asyncio.timeout(60):
            await another(came)
            await another(others)
            if how == "it expires":
                clock.ahead = 30.5 * 86_400
            elif how == "its tenant is erased":
                assert (await client.post(f"/v1/tenants/{tenant}/erase", headers=admin)).status_code == 200
            elif how == "it is revoked":
                id = theirs["Authorization"].split("_")[1]
                await kernel.perform(operations.tokens.REVOKE, operations.tokens.TokenId(id), tenant)
            else:
                await token(opened, "default")
            with pytest.raises(httpx.RemoteProtocolError):
                await streams[0]
            before = came.qsize()
            await kernel.perform(operations.tasks.SUBMIT, operations.tasks.Submit(description="x"), tenant)
            if how in {"it is revoked", "it expires"}:
                await another(others)
            else:
                with pytest.raises(httpx.RemoteProtocolError):
                    await streams[1]
        streams[1].cancel()
        await asyncio.gather(*streams, return_exceptions=True)

    assert came.qsize() == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/tasks/{id}/wait?seconds=60", None), ("GET", "/v1/events?after={head}&wait=60", None),
        ("POST", "/v1/workers/one/claim", {"seconds": 60.0}), ("POST", "/v1/tasks", TASK),
    ],
)  # fmt: skip
@pytest.mark.parametrize("keyed", [False, True])
async def test_what_is_waited_for_ends_when_a_token_is_revoked(
    serving: Any, token: Any, method: str, path: str, body: dict[str, Any] | None, keyed: bool
) -> None:
    """A long poll is refused; what was begun with it, and would be waited for, is told as accepted."""
    async with serving(work=False) as (opened, url), httpx.AsyncClient(base_url=url, timeout=60) as client:
        kernel, theirs = opened.kernel, await token(opened, "north")
        worker = {"id": "one", "agents": [{"name": "buyer"}]}
        (await client.post("/v1/workers", json=worker, headers=theirs)).raise_for_status()
        id = (await client.post("/v1/tasks", json=TASK, headers=theirs)).json()["id"]
        sent = asyncio.Event()

        async def trace(name: str, info: Any) -> None:
            if name == "http11.send_request_body.complete":
                sent.set()

        headers = {**theirs, "prefer": "wait=60", **({"idempotency-key": "one"} if keyed else {})}
        where = path.format(id=id, head=kernel.position)
        waiting = asyncio.create_task(
            client.request(method, where, json=body, headers=headers, extensions={"trace": trace})
        )
        async with asyncio.timeout(60):
            await sent.wait()
            # What was sent before this is answered has been read before it.
            await client.get("/ready")
            await kernel.perform(
                operations.tokens.REVOKE, operations.tokens.TokenId(theirs["Authorization"].split("_")[1]), "north"
            )
            answer = await waiting

    assert answer.status_code == (202 if path == "/v1/tasks" else 401), answer.text


async def test_who_may_not_name_files_of_this_machine_cannot(serving: Any, token: Any, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("lions")
    async with serving() as (opened, url), httpx.AsyncClient(base_url=url) as client:
        headers = await token(opened, "default", "tasks:write", "memory:write")
        for path, body in (
            ("/v1/tasks", {**TASK, "inputs": [str(tmp_path / "secret.md")]}),
            ("/v1/tasks", {**TASK, "workspace": str(tmp_path)}),
            ("/v1/tasks/batch", {"tasks": [{**TASK, "inputs": ["/etc/passwd"]}]}),
            ("/v1/context/pack", {"query": "x", "inputs": ["/etc/passwd"]}),
        ):
            answer = await client.post(path, json=body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "access.forbidden"), path


def test_beyond_this_machine_it_listens_only_with_tokens(ports: Ports) -> None:
    async def try_it() -> None:
        async with open_kernel(ports=ports) as opened:
            await opened.kernel.reception()
            await HttpFace(Settings(host="0.0.0.0", port=0), ports, Standing()).open(opened.kernel)

    with pytest.raises(ConfigurationError, match="token"):
        asyncio.run(try_it())


@pytest.mark.parametrize(
    ("path", "body", "other"),
    [
        ("/v1/tasks", TASK, {"description": "count the cranes"}),
        ("/v1/tasks/batch", {"tasks": [TASK, TASK]}, {"tasks": [TASK]}),
        ("/v1/memories", {"memories": [{"id": "", "scope": "default", "body": "a"}]}, {"memories": []}),
        ("/v1/tokens", {"name": "ci"}, {"name": "cd"}),
    ],
)
async def test_the_same_key_gets_the_same_answer_also_after_a_crash(
    ports: Ports, serving: Any, token: Any, path: str, body: dict[str, Any], other: dict[str, Any]
) -> None:
    """The second server knows nothing but the log."""
    log, answers = MemoryLog(ports), []
    tasks: list[Any] = []
    headers: dict[str, str] = {}
    for _ in range(2):
        async with serving(log=log, work=False) as (opened, url), httpx.AsyncClient(base_url=url) as client:
            headers = headers or {**await token(opened), "idempotency-key": "one"}
            answers += [await client.post(path, json=body, headers=headers) for _ in range(2)]
            different = await client.post(path, json=other, headers=headers)
            assert (different.status_code, different.json()["code"]) == (422, "idempotency.mismatch")
            tasks = (await client.get("/v1/tasks", headers=headers)).json()["tasks"]

    assert len({(answer.status_code, answer.text) for answer in answers}) == 1, [answer.text for answer in answers]
    assert answers[0].is_success
    assert len(tasks) == len(body.get("tasks", [1] if path == "/v1/tasks" else []))


async def test_a_question_under_a_key_is_not_kept_and_another_one_is_refused(serving: Any, token: Any) -> None:
    """The key means one request as long as its process remembers it, and leaves nothing in the log."""
    path, body = "/v1/context/count", {"text": "two words"}
    async with serving(work=False) as (opened, url), httpx.AsyncClient(base_url=url) as client:
        headers = {**await token(opened), "idempotency-key": "one"}
        before = (await client.get("/v1/log/head", headers=headers)).json()["position"]
        answers = [await client.post(path, json=body, headers=headers) for _ in range(2)]
        different = await client.post(path, json={"text": "other words"}, headers=headers)
        after = (await client.get("/v1/log/head", headers=headers)).json()["position"]

    assert [answer.json()["tokens"] for answer in answers] == [2, 2]
    assert (different.status_code, different.json()["code"]) == (422, "idempotency.mismatch")
    assert after == before


async def test_a_full_queue_says_when_to_come_again(serving: Any) -> None:
    settings = {"kernel": {"queue": 2}}
    async with serving(work=False, settings=settings) as (_, url), httpx.AsyncClient(base_url=url) as client:
        codes = [(await client.post("/v1/tasks", json=TASK)).status_code for _ in range(4)]
        last = await client.post("/v1/tasks", json=TASK)
        kept = (await client.get("/v1/tasks")).json()["tasks"]

    assert codes == [202, 202, 429, 429]
    assert last.headers["retry-after"]
    assert len(kept) == 2


async def test_too_many_requests_are_told_to_wait(serving: Any) -> None:
    # Two at once and then one in a thousand seconds, however slowly this machine asks.
    bounds = {"trusted": (), "address_rate": 0.001, "burst_seconds": 2000.0}
    async with serving(bounds) as (_, url), httpx.AsyncClient(base_url=url) as client:
        answers = [await client.get("/v1/agents") for _ in range(3)]

    assert answers[0].headers["ratelimit-limit"] == "1"
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1


async def messages(url: str, path: str, headers: dict[str, str] | None = None) -> AsyncIterator[dict[str, str]]:
    """The messages of a stream, until it ends."""
    async with (
        httpx.AsyncClient(base_url=url, timeout=60) as client,
        client.stream("GET", path, headers=headers) as answer,
    ):
        message: dict[str, str] = {}
        async for line in answer.aiter_lines():
            if line:
                name, _, value = line.partition(": ")
                message[name] = value
            elif message:
                yield message
                message = {}


async def test_a_stream_of_a_task_ends_with_it_and_resumes_anywhere(serving: Any) -> None:
    """From behind any event the same rest comes: no gap and no duplicate."""
    async with serving() as (_, url):
        async with httpx.AsyncClient(base_url=url) as client:
            id = (await client.post("/v1/tasks", json=TASK)).json()["id"]
        path = f"/v1/events/stream?task={id}"
        whole = [one async for one in messages(url, path) if "id" in one or one.get("event") == "end"]
        ids = [one["id"] for one in whole if "id" in one]

        assert whole[0]["event"] == "task.queued"
        assert [one["event"] for one in whole[-2:]] == ["task.succeeded", "end"]
        for place, last in enumerate(ids[:-1]):
            rest = [one["id"] async for one in messages(url, path, {"last-event-id": last}) if "id" in one]
            assert rest == ids[place + 1 :]


@pytest.mark.parametrize("late", [False, True])
async def test_a_stream_behind_the_end_of_its_task_ends_at_once(serving: Any, late: bool) -> None:
    """Who lost the answer that held the end learns that it is over, also when something was done with it later."""

    def script(context: Context, say: Say) -> str:
        if late:
            raise Unavailable("the model is down")
        return "done"

    made = {"agents": [ScriptedAgent(script)], "settings": {"kernel": {"retries": 0}}}
    async with serving(**made) as (_, url), httpx.AsyncClient(base_url=url, timeout=30) as client:
        id = (await client.post("/v1/tasks", json=TASK)).json()["id"]
        path = f"/v1/events/stream?task={id}"
        whole = [one async for one in messages(url, path)]
        if late:
            assert (await client.post(f"/v1/letters/{id}/discard")).status_code == 200
        last = [one["id"] for one in whole if "id" in one][-1]
        head = (await client.get("/v1/agents")).headers["kingpost-position"]

        for more, headers in (
            ("", {"last-event-id": last}), (f"&after={last}", {}), (f"&after={last.partition('.')[0]}", {}),
            (f"&after={head}", {}), ("&kinds=turn.decided", {"last-event-id": last}),
        ):  # fmt: skip
            rest = [one async for one in messages(url, path + more, headers) if "event" in one]
            assert rest == [{"event": "end", "data": "{}"}], more


class Interrupted(MemoryLog):
    """Something happens just after a task's stream was read."""

    then: Callable[[], Awaitable[object]] | None = None

    async def read(self, after: int = 0, limit: int = 1000, stream: str | None = None) -> Sequence[Recorded]:
        frames = await super().read(after, limit, stream)
        if stream is not None and (then := self.then) is not None:
            self.then = None
            await then()
        return frames


async def test_a_task_that_ends_while_its_stream_is_resumed_is_told_whole(ports: Ports, serving: Any) -> None:
    """Its end is seen by whoever is told that it is over."""
    log = Interrupted(ports)
    async with serving(log=log, work=False) as (opened, url), httpx.AsyncClient(base_url=url) as client:
        id = (await client.post("/v1/tasks", json=TASK)).json()["id"]
        cancel = operations.steering.Cancel(id=id)
        path, last = f"/v1/events/stream?task={id}", {"last-event-id": "1.0"}
        log.then = lambda: opened.kernel.perform(operations.steering.CANCEL, cancel)
        rest = [one["event"] async for one in messages(url, path, last) if "event" in one]

    assert rest == ["cancel.requested", "task.cancelled", "end"]


async def test_browsers_may_send_every_header_that_the_sdks_send(serving: Any) -> None:
    """And read those that answers come with."""
    origin = {"origin": "https://app.example"}
    asked = {**origin, "access-control-request-method": "POST"}
    async with serving({"origins": ("https://app.example",)}) as (_, url), httpx.AsyncClient(base_url=url) as client:
        before = await client.options("/v1/tasks", headers=asked)
        answer = await client.get("/v1/agents", headers=origin)

    allowed = set(before.headers["access-control-allow-headers"].split(", "))
    assert before.status_code == 204
    assert "POST" in before.headers["access-control-allow-methods"]
    assert {"authorization", "content-type", "idempotency-key", "last-event-id", "x-retry-count"} <= allowed
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    assert "kingpost-position" in answer.headers["access-control-expose-headers"]


async def test_a_stream_cut_at_every_byte_goes_on_without_gap_or_duplicate(serving: Any) -> None:
    """Whoever has read so far names the id of the last whole message, and is told all that stands behind it."""
    async with serving() as (_, url), httpx.AsyncClient(base_url=url) as client:
        id = (await client.post("/v1/tasks", json=TASK)).json()["id"]
        await client.get(f"/v1/tasks/{id}/wait?seconds=10")
        path = f"/v1/events/stream?task={id}"
        whole = (await client.get(path)).content
        resumed: dict[str, bytes] = {}
        for cut in range(len(whole)):
            read, _, _ = whole[:cut].rpartition(b"\n\n")
            last = next((line[4:].decode() for line in read.split(b"\n")[::-1] if line.startswith(b"id: ")), "")
            if last not in resumed:
                resumed[last] = (await client.get(path, headers={"last-event-id": last} if last else {})).content
            assert [*said(read), *said(resumed[last])] == said(whole), cut

    assert len(resumed) > 5


def said(stream: bytes) -> list[bytes]:
    """The messages of a stream; comments and what says when to come again are none."""
    return [one for one in stream.split(b"\n\n") if b"event: " in one]


async def test_what_is_live_follows_what_was_replayed(serving: Any) -> None:
    """Tasks that come while others are replayed: each event once, in the order of the log."""
    async with serving() as (_, url), httpx.AsyncClient(base_url=url) as client:
        for _ in range(20):
            await client.post("/v1/tasks", json=TASK)
        seen: list[str] = []

        async def follow() -> None:
            async for one in messages(url, "/v1/events/stream?after=0&kinds=task.queued&kinds=task.succeeded"):
                seen.append(one["id"]) if "id" in one else None
                if len(seen) == 80:
                    return

        following = asyncio.create_task(follow())
        for _ in range(20):
            await client.post("/v1/tasks", json=TASK)
        async with asyncio.timeout(60):
            await following

    places = [tuple(map(int, id.split("."))) for id in seen]
    assert places == sorted(set(places))


async def test_a_stream_gives_signs_of_life_between_its_events(serving: Any) -> None:
    """A comment after each silence, as often as it lasts; an event that comes behind them is told as ever."""
    async with (
        serving({"heartbeat_seconds": 0.05}, work=False) as (_, url),
        httpx.AsyncClient(base_url=url, timeout=30) as client,
        client.stream("GET", "/v1/events/stream") as told,
    ):
        lines = told.aiter_lines()
        async with asyncio.timeout(30):
            for _ in range(3):
                while await anext(lines) != ": still here":
                    pass
            await client.post("/v1/tasks", json=TASK)
            while await anext(lines) != "event: task.queued":
                pass
            while await anext(lines) != ": still here":
                pass


async def test_a_slow_reader_is_sent_back_to_the_log(serving: Any) -> None:
    """It holds a bounded number of events however many come, and gets every one of them in the end."""
    async with serving(work=False, settings={"kernel": {"queue": 100_000}}) as (opened, url):
        where = urlsplit(url)
        reader, writer = await asyncio.open_connection(where.hostname, where.port, limit=4096)
        writer.write(b"GET /v1/events/stream?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        one = operations.tasks.Submit(description="x" * 2000)
        for _ in range(20):
            many = operations.tasks.SubmitAll(tasks=(one,) * 100)
            await opened.kernel.perform(operations.tasks.SUBMIT_ALL, many)
            await asyncio.sleep(0)
        feeds = await opened.kernel.feeds()
        held = [len(feed._waiting) for feed in feeds.audiences.everybody()]  # noqa: SLF001 - the bound itself
        assert held
        assert max(held) <= 512
        came = 0
        async with asyncio.timeout(60):
            while came < 2000:
                line = await reader.readline()
                came += line.startswith(b"id: ")
        writer.close()


async def test_who_never_sends_the_body_it_announced_is_followed_by_no_stream(serving: Any) -> None:
    """Its stream is cut without another answer inside it, and everybody else is told as ever."""
    hello = b"\r\n\r\nd\r\nretry: 1000\n\n\r\n"
    async with serving({"body_seconds": 0.1}, work=False) as (opened, url):
        where, cut = urlsplit(url), b""
        owing, other = [await asyncio.open_connection(where.hostname, where.port) for _ in range(2)]
        owing[1].write(b"GET /v1/events/stream HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n")
        other[1].write(b"GET /v1/events/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        async with asyncio.timeout(30):
            await other[0].readuntil(hello)
            with contextlib.suppress(ConnectionResetError):
                while part := await owing[0].read(4096):
                    cut += part
            await opened.kernel.perform(operations.tasks.SUBMIT, operations.tasks.Submit(description="tea"))
            await other[0].readuntil(b"event: task.queued\n")
        for _, writer in (owing, other):
            writer.close()

    assert b"http.slow" not in cut


async def test_what_was_accepted_is_answered_when_the_server_closes(serving: Any) -> None:
    async with serving(work=False) as (opened, url), httpx.AsyncClient(base_url=url, timeout=60) as client:
        id = (await client.post("/v1/tasks", json=TASK)).json()["id"]
        sent = asyncio.Event()

        async def trace(name: str, info: Any) -> None:
            if name == "http11.send_request_body.complete":
                sent.set()

        waiting = asyncio.create_task(client.get(f"/v1/tasks/{id}/wait?seconds=1", extensions={"trace": trace}))
        await sent.wait()
        # What was sent before this is answered was accepted before it.
        await client.get("/ready")
        await opened.kernel.drain()

        assert (await waiting).status_code == 200
        with pytest.raises(httpx.ConnectError):
            await client.get("/ready")
