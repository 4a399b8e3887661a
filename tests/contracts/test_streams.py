"""Event streams that are cut, doubled, closed too early or say what nobody knows: every SDK tells the same events."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contracts.drivers import Driver
from tests.contracts.scripted import HELD, Asked, Scripted, answer

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\nconnection: close\r\n"
END = b"event: end\ndata: {}\n\n"


def event(number: int, kind: str, text: str = "") -> tuple[str, bytes]:
    """An event as the server writes it."""
    id = f"{number}.0"
    data = {
        "id": id, "position": number, "at": 1.5, "stream": "task/t", "kind": kind, "v": 1, "header": {"text": text},
    }  # fmt: skip
    return id, f"id: {id}\nevent: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


EVENTS = [
    event(1, "task.queued", "größer → 漢字"), event(2, "task.dreamt"), event(10, "turn.decided", "\\n data: no"),
    event(11, "task.succeeded"),
]  # fmt: skip
IDS = [id for id, _ in EVENTS]


def written(after: str | None) -> bytes:
    """The stream behind an event, with a greeting, a comment in the middle, and its end."""
    begin = IDS.index(after) + 1 if after in IDS else 0
    return b"retry: 1000\n\n" + b": still here\n\n".join(frame for _, frame in EVENTS[begin:]) + END


def abruptly(content: bytes) -> bytes:
    """A body whose end never comes: the last chunk is missing."""
    return (
        HEAD + b"transfer-encoding: chunked\r\n\r\n" + (b"%x\r\n%b\r\n" % (len(content), content) if content else b"")
    )


def cleanly(content: bytes) -> bytes:
    """A body that ends as if that were all."""
    return HEAD + b"\r\n" + content


def asked_task(asked: Asked) -> str:
    return asked.query.get("task", [asked.path.rpartition("/")[2]])[0]


@pytest.mark.long
def test_a_stream_that_is_cut_anywhere_is_told_whole_and_once(driver: Driver) -> None:
    """At every byte, by a clean end and by a broken one in turn; the second connection resumes behind the last id."""
    whole = written(None)
    first: set[str] = set()

    def script(asked: Asked) -> bytes:
        task = asked_task(asked)
        if not asked.path.endswith("/stream"):
            return answer(200, {"id": task, "status": "running"})
        if task not in first:
            first.add(task)
            cut = int(task.partition("-")[2])
            return (abruptly if cut % 2 else cleanly)(whole[:cut])
        return cleanly(written(asked.headers.get("last-event-id")))

    with Scripted(script) as server:
        client = {"url": server.url, "first": 0.0001, "longest": 0.0001}
        for cut in range(len(whole) + 1):
            said = driver.do("stream", client=client, task=f"cut-{cut}")
            assert [one["id"] for one in said.get("value", [])] == IDS, (cut, said)
            assert [one["kind"] for one in said["value"]][1] == "task.dreamt"


def test_what_comes_twice_is_told_once(driver: Driver) -> None:
    """A server that begins anew whatever it is asked, as one behind a cache might."""
    connections = []

    def script(asked: Asked) -> bytes:
        if not asked.path.endswith("/stream"):
            return answer(200, VIEW | {"status": "running"})
        connections.append(asked.headers.get("last-event-id"))
        cut = len(b"".join(frame for _, frame in EVENTS[: len(connections)]))
        return cleanly(b"".join(frame for _, frame in EVENTS)[:cut])

    with Scripted(script) as server:
        said = driver.do("stream", client={"url": server.url}, task="t")

    assert [one["id"] for one in said["value"]] == IDS
    assert connections == [None, "1.0", "2.0", "10.0"]


def test_a_task_that_had_ended_before_ends_the_stream(driver: Driver) -> None:
    """Nothing comes behind the last event: the task is looked at, and the stream ends instead of asking for ever."""

    def script(asked: Asked) -> bytes:
        if asked.path.endswith("/stream"):
            return cleanly(b"retry: 1000\n\n")
        return answer(200, VIEW)

    with Scripted(script) as server:
        said = driver.do("stream", client={"url": server.url}, task="t")

    assert said["value"] == []
    assert len(server.seen) == 3


VIEW: dict[str, Any] = {
    "id": "t", "description": "d", "status": "failed", "agent": "a", "tenant": "default", "root": "t",
    "created": 1.0, "updated": 2.0, "attempt": 1, "turns": 1, "usage": {}, "cancel_requested": False,
    "spent": [0, 0, 0], "granted": [None, None, None], "retries": 0, "waits": {},
}  # fmt: skip


def test_a_refusal_is_told_and_not_tried_again(driver: Driver) -> None:
    with Scripted(lambda asked: answer(404, {"code": "input.not_found", "detail": "no"})) as server:
        said = driver.do("stream", client={"url": server.url}, task="t")

    assert said["error"]["kind"] == "NotFound"
    assert len(server.seen) == 1


def test_what_breaks_again_and_again_is_told(driver: Driver) -> None:
    with Scripted(lambda asked: answer(503, {"code": "transient.unavailable", "detail": "no"})) as server:
        said = driver.do("stream", client={"url": server.url}, task="t")

    assert said["error"]["kind"] == "Unavailable"
    assert len(server.seen) == 3


def test_what_is_no_stream_is_refused(driver: Driver) -> None:
    with Scripted(lambda asked: answer(200, b"<html>", {"content-type": "text/html"})) as server:
        said = driver.do("stream", client={"url": server.url}, task="t")

    assert said["error"]["kind"] == "StreamInvalid"
    assert all(word in said["error"]["message"] for word in (server.url, "text/html", "<html>"))


def test_line_ends_of_all_kinds_fields_of_tomorrow_and_speech(driver: Driver) -> None:
    """CR, LF and CR LF end a line; an unknown field is passed over; what has no id is speech."""
    frames = written(None).replace(b"\n", b"\r\n").replace(b"retry: 1000", b"mood: fine\rretry: 1000")
    speech = b'event: text\rdata: {"task": "t",\rdata:  "kind": "text", "text": "hi"}\r\r'

    with Scripted(lambda asked: cleanly(b"\xef\xbb\xbf" + speech + frames)) as server:
        said = driver.do("stream", client={"url": server.url}, task="t")

    assert said["value"][0]["kind"] == "text"
    assert said["value"][0]["data"] == {"task": "t", "kind": "text", "text": "hi"}
    assert [one["id"] for one in said["value"][1:]] == IDS


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CR LF", "CR"])
def test_bytes_that_come_one_by_one_are_the_same_stream(driver: Driver, end: bytes) -> None:
    """Half a character, half a line end and half a byte order mark wait for the other half."""
    whole = b"\xef\xbb\xbf" + written(None).replace(b"\n", end)
    chunks = b"".join(b"1\r\n%c\r\n" % one for one in whole)
    with Scripted(lambda asked: HEAD + b"transfer-encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n") as server:
        said = driver.do("stream", client={"url": server.url}, task="t")

    assert [one["id"] for one in said["value"]] == IDS
    assert said["value"][0]["header"] == {"text": "größer → 漢字"}


@pytest.mark.parametrize("data", [b"null", b"[1]", b"5", b"hello", b'{"at": NaN}', b"[" * 200_000])
@pytest.mark.parametrize("id", [b"id: 1.0\n", b""], ids=["event", "speech"])
def test_what_is_no_object_is_refused(driver: Driver, id: bytes, data: bytes) -> None:
    """Neither passed on as an event nor passed over: whoever reads the stream would miss one."""
    with Scripted(lambda asked: cleanly(id + b"event: x\ndata: " + data + b"\n\n" + END)) as server:
        said = driver.do("stream", client={"url": server.url}, task="t")

    assert said["error"]["kind"] == "StreamInvalid", said


def test_an_event_that_lacks_what_all_have_is_no_crash(driver: Driver) -> None:
    """Python refuses it; the others have nothing where it lacks something."""
    with Scripted(lambda asked: cleanly(b'id: 1.0\nevent: x\ndata: {"kind": "x"}\n\n' + END)) as server:
        said = driver.do("stream", client={"url": server.url}, task="t")

    if driver.sdk.startswith("python"):
        assert said["error"]["kind"] == "StreamInvalid"
    else:
        assert said["value"][0]["kind"] == "x"


@pytest.mark.parametrize(
    ("kind", "is_stream"),
    [
        ("Text/Event-Stream", True),
        ("text/event-stream ;charset=utf-8", True),
        ("text/event-streams", False),
        ("", False),
    ],
)
def test_a_stream_is_known_by_its_media_type(driver: Driver, kind: str, is_stream: bool) -> None:
    """In whatever case (RFC 9110, section 8.3.1), and by the whole of it."""
    with Scripted(lambda asked: answer(200, written(None), {"content-type": kind})) as server:
        said = driver.do("stream", client={"url": server.url}, task="t")

    assert ("value" in said) is is_stream, said


def test_a_silent_connection_is_given_up(driver: Driver) -> None:
    """The idle bound of a stream, not the time-out of a call, and the next connection goes on."""
    held: list[Asked] = []

    def script(asked: Asked) -> bytes:
        if not held:
            held.append(asked)
            return HELD + HEAD + b"content-length: 100000\r\n\r\n" + EVENTS[0][1]
        return cleanly(written(asked.headers.get("last-event-id")))

    with Scripted(script) as server:
        said = driver.do("stream", client={"url": server.url, "idle": 0.2}, task="t")

    assert [one["id"] for one in said["value"]] == IDS
