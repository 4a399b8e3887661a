"""Events on their way out: signed, in the specification's schedule, and none lost, whatever the far side does."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from far_side import FarSide
from kingpost import Event, Ports, Receipt
from kingpost.testing import MemoryLog, SeededClock, facts
from kingpost_webhooks.arrived import Arrived, Headers
from kingpost_webhooks.courier import Courier
from kingpost_webhooks.endpoint import Endpoint, Key, stream_of
from kingpost_webhooks.ledger import MARK, Ledger
from kingpost_webhooks.pace import DELAYS, LONGEST_RETRY_AFTER, delay, retry_after
from kingpost_webhooks.schemes import SCHEMES
from kingpost_webhooks.sign import new_private, shown
from kingpost_webhooks.source import Source
from post import SECRET, Post

HANGING = {"stall", "drip", "body", "early"}


async def _tried(post: Post, id: str) -> list[Event]:
    """Every attempt that is written down."""
    assert post.sink is not None
    assert post.sink.outbox is not None
    await post.sink.outbox.keep()
    frames = await post.log.read(0, 1000, stream_of("default", id))
    return [event for frame in frames for event in frame.events if event.kind == "delivery.tried"]


async def _settled(post: Post) -> None:
    """Until nothing is on its way."""
    assert post.sink is not None
    assert post.sink.outbox is not None
    async with asyncio.timeout(60):
        await post.sink.outbox.settled()


async def test_an_event_arrives_signed_and_verifies(post: Post, far: FarSide, clock: SeededClock) -> None:
    """What leaves here is what our own receiving side takes for genuine, with v1 and v1a beside each other."""
    private = new_private(post.ports.entropy)
    await post.open()
    await post.endpoint("e", far.url(), keys=(Key(secret=SECRET), Key(secret=private)), events=("task.*",))
    await post.say("t-1", facts.started())
    arrived = await far.until("/ok", 2)

    assert [one.document["type"] for one in arrived] == ["task.queued", "task.started"]
    assert arrived[1].document["data"]["task"] == "t-1"
    for secret in (SECRET, shown(private)):
        given = Arrived(Headers.of(arrived[0].headers.items()), arrived[0].body)
        SCHEMES["standard"].verify(given, Source(name="s", scheme="standard", secrets=(secret,)), clock.now())


async def test_only_what_an_endpoint_wants_is_sent(post: Post, far: FarSide) -> None:
    """By kind, by fields, and by tenant: nobody is told of another tenant's tasks."""
    await post.open()
    await post.endpoint("kinds", far.url("/kinds"), events=("task.started",))
    await post.endpoint("fields", far.url("/fields"), events=("task.queued",), where={"agent": "extract*"})
    await post.endpoint("other", far.url("/other"), tenant="acme")
    await post.say("t-1", facts.started())
    await post.say("t-2", agent="extract-7")
    await post.say("t-3", tenant="acme")
    await far.until("/other", 1)
    await _settled(post)

    assert [one.document["data"]["task"] for one in far.at("/kinds")] == ["t-1"]
    assert [one.document["data"]["task"] for one in far.at("/fields")] == ["t-2"]
    assert [one.document["data"]["task"] for one in far.at("/other")] == ["t-3"]


async def test_a_filter_that_is_set_anew_holds_from_then_on(post: Post, far: FarSide) -> None:
    """For one of two endpoints that had the same; a removed one is told of nothing more."""
    await post.open()
    only = {"agent": "extract*"}
    await post.endpoint("one", far.url("/one"), events=("task.queued",), where=only)
    await post.endpoint("two", far.url("/two"), events=("task.queued",), where=only)
    await post.say("t-1", agent="extract")
    await post.endpoint("one", far.url("/one"), events=("task.queued",), where={"agent": "other*"})
    await post.say("t-2", agent="other")
    await post.say("t-3", agent="extract")
    await post.registry.append(post.log, "default", Event("endpoint.removed", {"name": "two"}))
    await post.hand_over()
    await post.say("t-4", agent="extract")
    await _settled(post)

    assert [one.document["data"]["task"] for one in far.at("/one")] == ["t-1", "t-2"]
    assert [one.document["data"]["task"] for one in far.at("/two")] == ["t-1", "t-3"]


async def test_what_happened_before_an_endpoint_was_there_is_not_sent(post: Post, far: FarSide) -> None:
    await post.say("t-1")
    await post.open()
    await post.endpoint("e", far.url())
    await post.say("t-2")
    await far.until("/ok", 1)
    await _settled(post)

    assert [one.document["data"]["task"] for one in far.received] == ["t-2"]


async def test_a_failure_is_tried_again_with_the_same_id_and_bytes(
    post: Post, far: FarSide, clock: SeededClock
) -> None:
    """In the specification's schedule, with at most a fifth more or less."""
    far.answers["/flaky"] = lambda count: 500 if count < 3 else 204
    await post.open()
    await post.endpoint("e", far.url("/flaky"), events=("task.queued",))
    await post.say("t-1")
    await far.until("/flaky", 1)
    await _settled(post)
    await clock.advance(DELAYS[0] * 0.79)
    await _settled(post)
    assert len(far.received) == 1

    for count, wait in ((2, DELAYS[0]), (3, DELAYS[1] * 1.2)):
        await clock.advance(wait)
        await far.until("/flaky", count)
        await _settled(post)

    assert len({one.id for one in far.received}) == 1
    assert len({one.body for one in far.received}) == 1
    assert len({one.headers["webhook-timestamp"] for one in far.received}) == 3
    assert [event.header["fate"] for event in await _tried(post, "e")] == ["failed", "failed", "delivered"]


@pytest.mark.parametrize(
    "answer",
    [
        "stall",
        "reset",
        "drip",
        "body",
        "short",
        "doubled",
        "both",
        "rubbish",
        "ancient",
        "headers",
        "head",
        "early",
        "upgrade",
        301,
        302,
        303,
        307,
        308,
        400,
        401,
        429,
        500,
        503,
        599,
        600,
    ],
)
async def test_whoever_behaves_badly_holds_nobody_else(post: Post, far: FarSide, answer: str | int) -> None:
    """It fails, is tried again later, and a redirect is not followed; the neighbour has its events meanwhile."""
    far.answers["/bad"] = answer if isinstance(answer, str) else (answer, {"Location": far.url("/elsewhere")})
    await post.open(timeout=120.0)
    await post.endpoint("bad", far.url("/bad"), events=("task.queued",))
    await post.endpoint("good", far.url("/good"), events=("task.queued",))
    await post.say("t-1")
    await post.say("t-2")
    await far.until("/good", 2)
    if answer in HANGING:
        # It hangs still; a process that waits less long sees it end.
        await far.until("/bad", 1)
        assert not await _tried(post, "bad")
        assert post.sink is not None
        assert post.sink.outbox is not None
        await post.sink.outbox.abandon()
        await post.open(timeout=0.2)
        await post.hand_over()
    await _settled(post)
    first = (await _tried(post, "bad"))[0]

    assert first.header["fate"] == "failed"
    assert first.payload is not None
    assert first.payload["why"]
    assert not far.at("/elsewhere")


@pytest.mark.parametrize("answer", ["flood", "trailers", "extension", "long", "packed"])
async def test_an_answer_without_end_is_an_answer(post: Post, far: FarSide, answer: str) -> None:
    """The status has come; what follows is not waited for, kept or unpacked. The next event has a new connection."""
    far.answers["/much"] = answer
    await post.open()
    await post.endpoint("e", far.url("/much"), events=("task.queued",))
    for number in range(2):
        await post.say(f"t-{number}")
        await far.until("/much", number + 1)
        await _settled(post)

    tried = await _tried(post, "e")
    assert [event.header["fate"] for event in tried] == ["delivered", "delivered"]
    assert far.connections == 2
    assert all(len(json.dumps(event.payload)) < 30_000 for event in tried)


class Ahead(asyncio.Protocol):
    """Begins a second answer behind the first one, and ends it when more is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.asked += 1
        self.transport.write(
            b"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 410 Go" if self.asked == 1 else b"ne\r\nContent-Length: 0\r\n\r\n"
        )


async def test_what_an_endpoint_says_ahead_is_no_answer_to_the_next_event(post: Post) -> None:
    """Else whoever answers twice, or a proxy that mixes answers up, decides on an event that nobody has seen."""
    server = await asyncio.get_running_loop().create_server(Ahead, "127.0.0.1", 0)
    await post.open()
    await post.endpoint("e", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", events=("task.queued",))
    for number in range(2):
        await post.say(f"t-{number}")
        await _settled(post)
    server.close()

    assert [event.header["fate"] for event in await _tried(post, "e")] == ["delivered", "delivered"]


async def test_retry_after_is_honoured(post: Post, far: FarSide, clock: SeededClock) -> None:
    far.answers["/busy"] = lambda count: (429, {"Retry-After": "120"}) if count == 1 else 204
    await post.open()
    await post.endpoint("e", far.url("/busy"), events=("task.queued",))
    await post.say("t-1")
    await far.until("/busy", 1)
    await _settled(post)
    await clock.advance(119)
    await _settled(post)
    assert len(far.received) == 1

    await clock.advance(2)
    await far.until("/busy", 2)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0), ("0", 0.0), ("-5", None), ("1e9", None), ("1.5", None), ("nan", None), ("", None),
        ("soon", None), ("\u0661\u0662", None), ("1000000000", 1e9), ("9" * 400, LONGEST_RETRY_AFTER),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0), ("Thu, 01 Jan 1970 00:20:00 GMT", 200.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_299_799.0),
        ("Thu, 01 Jan 99999 00:00:00 GMT", None),
    ],
)  # fmt: skip
def test_what_retry_after_says_is_read_strictly_and_never_waited_for_longer_than_a_day(
    said: str, seconds: float | None
) -> None:
    """Seconds or a date (RFC 9110, section 10.2.3); what says nothing leaves the schedule as it is."""
    found = retry_after({"Retry-After": said}, 1000.0)

    assert found == seconds
    assert DELAYS[0] * 0.8 <= (delay(1, bytes, found) or 0) <= LONGEST_RETRY_AFTER


async def test_gone_disables_at_once_and_keeps_the_events(post: Post, far: FarSide) -> None:
    """410 ends it; what happens meanwhile is sent once somebody enables the endpoint."""
    far.answers["/gone"] = lambda count: 410 if count == 1 else 204
    await post.open()
    await post.endpoint("e", far.url("/gone"), events=("task.queued",))
    await post.say("t-1")
    await far.until("/gone", 1)
    await _settled(post)
    await post.hand_over()
    assert post.registry.endpoint("default", "e").disabled == "it answered 410 Gone"
    await post.say("t-2")
    await post.say("t-3")
    await _settled(post)
    assert len(far.received) == 1

    await post.registry.append(post.log, "default", Event("endpoint.enabled", {"name": "e"}))
    await post.hand_over()
    arrived = await far.until("/gone", 3)

    assert [one.document["data"]["task"] for one in arrived[1:]] == ["t-2", "t-3"]


async def test_after_the_last_attempt_it_is_a_dead_letter_and_can_be_replayed(
    post: Post, far: FarSide, clock: SeededClock
) -> None:
    """Ten attempts in 75.6 hours; a replay has the same id."""
    far.answers["/dead"] = lambda count: 500 if count <= 10 else 204
    await post.open(give_up_days=100)
    await post.endpoint("e", far.url("/dead"), events=("task.queued",))
    position = await post.say("t-1")
    for count, wait in enumerate((0.0, *DELAYS), 1):
        await clock.advance(wait * 1.21)
        await far.until("/dead", count)
        await _settled(post)
    await _tried(post, "e")
    frames = await post.log.read(0, 1000, stream_of("default", "e"))
    dead = [event for frame in frames for event in frame.events if event.kind == "delivery.dead"]
    assert [event.header["class"] for event in dead] == ["theirs"]

    await post.registry.append(post.log, "default", Event("endpoint.replay", {"name": "e", "places": [[position, 0]]}))
    await post.hand_over()
    arrived = await far.until("/dead", 11)

    assert len({one.id for one in arrived}) == 1


async def test_our_own_faults_are_dead_letters_of_another_class(post: Post, far: FarSide) -> None:
    """An address that may not be connected to is no fault of the receiver, and trying again does not help."""
    await post.open(allow=())
    await post.endpoint("inside", far.url("/ok", scheme="https"), events=("task.queued",))
    await post.say("t-1")
    await _settled(post)
    await _tried(post, "inside")
    frames = await post.log.read(0, 1000, stream_of("default", "inside"))
    dead = [event for frame in frames for event in frame.events if event.kind == "delivery.dead"]

    assert [event.header["class"] for event in dead] == ["ours"]
    assert far.connections == 0


async def test_in_order_a_task_waits_for_its_own_failures_only(post: Post, far: FarSide, clock: SeededClock) -> None:
    failed: list[str] = []

    def answer(count: int) -> int:
        data = far.at("/order")[-1].document["data"]
        if data["task"] == "t-1" and len(failed) < 1:
            failed.append(data["task"])
            return 500
        return 204

    far.answers["/order"] = answer
    await post.open()
    await post.endpoint("e", far.url("/order"), order="task")
    await post.say("t-1", facts.started())
    await post.say("t-2", facts.started())
    await far.until("/order", 3)
    await _settled(post)
    await clock.advance(7)
    arrived = await far.until("/order", 5)

    told = [(one.document["data"]["task"], one.document["type"]) for one in arrived]
    assert told[:3] == [("t-1", "task.queued"), ("t-2", "task.queued"), ("t-2", "task.started")]
    assert told[3:] == [("t-1", "task.queued"), ("t-1", "task.started")]


async def test_another_process_goes_on_where_the_last_one_stopped(post: Post, far: FarSide, clock: SeededClock) -> None:
    """What had arrived does not come again after an orderly stop; what failed is tried again at its time."""
    far.answers["/flaky"] = lambda count: 500 if count == 2 else 204
    await post.open()
    await post.endpoint("e", far.url("/flaky"), events=("task.queued",))
    await post.say("t-1")
    await far.until("/flaky", 1)
    await post.say("t-2")
    await far.until("/flaky", 2)
    await _settled(post)
    await post.close()
    await post.say("t-3")
    await post.open()
    await far.until("/flaky", 3)
    await _settled(post)
    await clock.advance(7)
    arrived = await far.until("/flaky", 4)

    assert [one.document["data"]["task"] for one in arrived] == ["t-1", "t-2", "t-3", "t-2"]


async def test_a_mark_that_names_many_is_written_seldom(ports: Ports, clock: SeededClock) -> None:
    """Thousands of dead endpoints must not fill the log; the last mark is written all the same."""
    log, news = MemoryLog(ports), [0]
    dead = {("default", f"e-{n}"): Courier(Endpoint(id=f"e-{n}", url="https://e.example/"), 0) for n in range(101)}
    for courier in dead.values():
        courier.behind = 0
    ledger = Ledger(log, ports, lambda: (news[0], news[0]))

    async def kept(*, last: bool = False) -> int:
        news[0] += 1
        next(iter(dead.values())).dirty = True
        await ledger.keep(dead, last=last)
        return len(await log.read(0, 1000, MARK))

    assert [await kept() for _ in range(3)] == [1, 1, 1]
    await clock.advance(10)
    assert await kept() == 2
    assert await kept() == 2
    assert await kept(last=True) == 3


@pytest.mark.parametrize("end", ["stop", "crash"])
async def test_what_has_arrived_does_not_come_again_after_a_quiet_moment(post: Post, far: FarSide, end: str) -> None:
    """Nor does a dead letter, once it is written down: whether the process ends in order or not."""
    await post.open()
    await post.endpoint("e", far.url(), events=("task.queued",))
    await post.endpoint("inside", "https://10.0.0.1/", events=("task.queued",))
    await post.say("t-1")
    await far.until("/ok", 1)
    await _settled(post)
    assert post.sink is not None
    assert post.sink.outbox is not None
    if end == "stop":
        await post.close()
    else:
        await post.sink.outbox.keep()
        await post.sink.outbox.abandon()
    await post.open()
    await post.hand_over()
    await post.say("t-2")
    arrived = await far.until("/ok", 2)
    await _settled(post)

    assert [one.document["data"]["task"] for one in arrived] == ["t-1", "t-2"]
    assert [event.header["task"] for event in await _tried(post, "inside")] == ["t-1", "t-2"]


async def test_a_mark_reaches_to_what_was_settled_while_standings_were_written(ports: Ports) -> None:
    """Else a later start would send it again."""
    courier, position = Courier(Endpoint(id="e", url="https://example.com/"), 0, dirty=True), [10]

    class Between(MemoryLog):
        async def append(self, stream: str, expected: str | None, events: Sequence[Event]) -> Receipt:
            if position == [10]:
                position[0], courier.dirty = 11, True
            return await super().append(stream, expected, events)

    ledger = Ledger(Between(ports), ports, lambda: (position[0], position[0]))

    assert await ledger.keep({("default", "e"): courier})
    assert await ledger.newest() == (11, [])


async def test_a_replay_of_something_old_brings_nothing_else_back(post: Post, far: FarSide) -> None:
    """Killed while it is on its way, and beside an attempt that hangs: what came later stays where it is."""
    far.answers["/old"] = lambda count: "stall" if count == 4 else 204
    await post.open()
    await post.endpoint("e", far.url("/old"), events=("task.queued",))
    position = await post.say("t-1")
    await post.say("t-2")
    await post.say("t-3")
    await far.until("/old", 3)
    await _settled(post)
    await post.registry.append(post.log, "default", Event("endpoint.replay", {"name": "e", "places": [[position, 0]]}))
    await post.hand_over()
    await far.until("/old", 4)
    assert post.sink is not None
    assert post.sink.outbox is not None
    await post.sink.outbox.keep()
    await post.sink.outbox.abandon()
    await post.open()
    await post.hand_over()
    arrived = await far.until("/old", 5)
    await _settled(post)

    assert [one.document["data"]["task"] for one in arrived] == ["t-1", "t-2", "t-3", "t-1", "t-1"]
    assert len(far.received) == 5


async def test_a_process_that_dies_loses_nothing(post: Post, far: FarSide) -> None:
    """Killed at any moment: everything arrives at least once, with the same id."""
    await post.open()
    await post.endpoint("e", far.url(), events=("task.queued",))
    for number in range(30):
        await post.say(f"t-{number}")
        if number % 7 == 3:
            assert post.sink is not None
            assert post.sink.outbox is not None
            await post.sink.outbox.abandon()
            await post.open()
            await post.hand_over()
    await _settled(post)

    by_task: dict[str, set[str]] = {}
    for one in far.received:
        by_task.setdefault(one.document["data"]["task"], set()).add(one.id)
    assert len(by_task) == 30
    assert all(len(ids) == 1 for ids in by_task.values())


async def test_who_is_slow_without_failing_crowds_nobody_out(post: Post, far: FarSide, clock: SeededClock) -> None:
    """Endpoints that answer well and late hold every connection once; from then on they share those of the failing."""
    far.answers["/slow"] = "late"
    await post.open(connections=4, places=4)
    for number in range(4):
        await post.endpoint(f"slow-{number}", far.url("/slow"), events=("task.queued",))
    await post.endpoint("good", far.url("/good"), events=("task.queued",))
    await post.say("t-1")
    await far.until("/slow", 4)
    await clock.advance(3)
    far.patient.set()
    await far.until("/good", 1)
    await _settled(post)
    far.patient.clear()
    await post.say("t-2")

    assert len(await far.until("/good", 2)) == 2
    assert {event.header["fate"] for event in await _tried(post, "slow-0")} == {"delivered"}


async def test_the_dead_of_one_tenant_keep_no_retries_of_another_waiting(
    post: Post, far: FarSide, clock: SeededClock
) -> None:
    """Whatever hangs on there, those that share the lane of the failing have connections left."""
    far.answers["/hangs"] = lambda count: 500 if count <= 12 else "stall"
    far.answers["/flaky"] = lambda count: 500 if count == 1 else 204
    await post.open(connections=40, timeout=60)
    for number in range(12):
        await post.endpoint(f"e-{number}", far.url("/hangs"), tenant="acme", events=("task.queued",))
    await post.endpoint("e", far.url("/flaky"), events=("task.queued",))
    await post.say("t-1", tenant="acme")
    await _settled(post)
    await clock.advance(3)
    await post.say("t-2")
    await _settled(post)
    await clock.advance(3.1)
    await far.until("/hangs", 12 + 8)
    await clock.advance(3)

    assert len(await far.until("/flaky", 2)) == 2


async def test_a_host_that_fails_one_tenant_is_not_let_rest_for_another(post: Post, far: FarSide) -> None:
    """A tenant whose endpoints of a shared host break off keeps nobody's events from it."""
    far.answers["/bad"] = "reset"
    await post.open()
    for number in range(8):
        await post.endpoint(f"bad-{number}", far.url("/bad"), tenant="acme", events=("task.queued",))
    await post.endpoint("good", far.url("/good"), events=("task.queued",))
    await post.say("t-1", tenant="acme")
    await _settled(post)
    await post.say("t-2")

    assert len(await far.until("/good", 1)) == 1


async def test_a_host_that_is_gone_is_let_rest_and_no_attempt_is_used_up(post: Post, clock: SeededClock) -> None:
    """After five failed connections nothing is tried for half a minute; then one is."""
    gone = FarSide()
    await gone.start()
    url = gone.url()
    await gone.stop()
    await asyncio.sleep(0)
    await post.open()
    for number in range(8):
        await post.endpoint(f"e-{number}", url, events=("task.queued",))
    await post.say("t-1")
    await _settled(post)

    async def attempts() -> int:
        return sum([len(await _tried(post, f"e-{number}")) for number in range(8)])

    assert await attempts() == 8
    await post.say("t-2")
    await clock.advance(20)
    await _settled(post)
    assert await attempts() == 8

    await clock.advance(11)
    await _settled(post)
    assert await attempts() == 9


async def test_an_attempt_that_breaks_off_for_a_reason_that_nobody_foresaw_loses_no_event(
    post: Post, far: FarSide, clock: SeededClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here the system's resolver raises what it never should; once that is over everything arrives."""

    def broken(*_: object, **__: object) -> list[object]:
        raise RuntimeError("out of its mind")

    await post.open(allow=("localhost", "127.0.0.0/8", "::1/128"))
    await post.endpoint("e", far.url(host="localhost"), events=("task.queued",))
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("kingpost_webhooks.resolve.socket.getaddrinfo", broken)
        for number in range(2):
            await post.say(f"t-{number}")
            await _settled(post)
    tried = await _tried(post, "e")
    await clock.advance(7)
    arrived = await far.until("/ok", 2)

    assert [event.header["fate"] for event in tried] == ["failed", "failed"]
    assert "RuntimeError" in (tried[0].payload or {})["why"]
    assert {one.document["data"]["task"] for one in arrived} == {"t-0", "t-1"}


@pytest.mark.parametrize(
    "kind", ["right", "right, with a last dot", "other name", "expired", "not yet", "unknown issuer"]
)
async def test_tls_is_to_the_name(post: Post, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection goes to the address that was checked; the certificate must be for the name, and hold."""
    served, trusting = _certificates(
        tmp_path, "other.example" if kind == "other name" else "localhost", _DAYS.get(kind)
    )
    if kind == "unknown issuer":
        trusting = ssl.create_default_context()
    side, beside = FarSide(), FarSide()
    await side.start(served)
    await beside.start()
    try:
        await post.open(trusting, allow=("localhost", "127.0.0.0/8", "::1/128"))
        host = "localhost." if kind == "right, with a last dot" else "localhost"
        # Not every system knows the name with its dot.
        system = socket.getaddrinfo
        monkeypatch.setattr(
            "kingpost_webhooks.resolve.socket.getaddrinfo",
            lambda name, *rest, **more: system(name.rstrip("."), *rest, **more),
        )
        await post.endpoint("e", side.url("/ok", host, "https"), events=("task.queued",))
        await post.endpoint("beside", beside.url(), events=("task.queued",))
        await post.say("t-1")
        await beside.until("/ok", 1)
        await _settled(post)
        (tried,) = await _tried(post, "e")
    finally:
        await side.stop()
        await beside.stop()

    right = kind.startswith("right")
    assert tried.header["fate"] == ("delivered" if right else "failed")
    assert right or "TLS to localhost failed" in (tried.payload or {})["why"]
    assert len(side.received) == right, "nothing is said before the certificate was looked at"


class Foreign(asyncio.Protocol):
    """Greets in another language than TLS."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(b"220 mail.example.com ESMTP\r\n")


@pytest.mark.parametrize("speaks", [Foreign, asyncio.Protocol])
async def test_a_port_that_speaks_no_tls_holds_nobody_else(
    post: Post, far: FarSide, speaks: type[asyncio.Protocol]
) -> None:
    """Whether it answers in another language or says nothing at all."""
    server = await asyncio.get_running_loop().create_server(speaks, "127.0.0.1", 0)
    await post.open(timeout=20.0 if speaks is Foreign else 0.5)
    await post.endpoint("bad", f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/", events=("task.queued",))
    await post.say("t-1")
    await _settled(post)
    assert [event.header["fate"] for event in await _tried(post, "bad")] == ["failed"]
    server.close()


_DAYS = {"expired": (-2, -1), "not yet": (1, 2)}


def _certificates(
    folder: Path, name: str, days: tuple[int, int] | None = None
) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate for a name, and one that trusts it; it holds from and to so many days."""
    from datetime import UTC, datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now, (begins, ends) = datetime.now(UTC), days or (-1, 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=begins))
        .not_valid_after(now + timedelta(days=ends))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "c.pem", folder / "k.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate, private)
    return served, ssl.create_default_context(cafile=str(certificate))


async def test_an_old_key_signs_beside_the_new_one_until_its_time_is_over(
    post: Post, far: FarSide, clock: SeededClock
) -> None:
    await post.open()
    old = Key(secret=SECRET, until=clock.now() + 100)
    new = Key(secret="whsec_" + "QUFB" * 10)
    await post.endpoint("e", far.url(), keys=(new, old), events=("task.queued",))
    await post.say("t-1")
    await far.until("/ok", 1)
    await clock.advance(101)
    await post.say("t-2")
    first, second = await far.until("/ok", 2)

    assert len(first.headers["webhook-signature"].split(" ")) == 2
    assert len(second.headers["webhook-signature"].split(" ")) == 1
