"""What a task has handed in comes over HTTP byte for byte, as a file to save, to those who may read its tasks."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
from kingpost import Answer, Call, Calls, Context, HandedIn, Made, Observation, Say
from kingpost.testing import FunctionExecutor, ScriptedAgent

if TYPE_CHECKING:  # a folder of tests is no package when it runs
    from conftest import Serving

PAGE = b"<script>alert(1)</script>" + bytes(range(256)) * 4000
NAME = 'a "page"?%.html'


async def draw() -> Observation:
    """Draw a page."""
    return HandedIn(call="", text="drawn", files=(Made(NAME, PAGE, "text/html"),))


def _script(context: Context, _: Say) -> Answer | Calls:
    return Answer(text="done") if context.turns else Calls(calls=(Call("1", "draw"),))


async def test_a_file_comes_as_it_was_and_never_as_a_page(serving: Serving, token: Callable[..., Any]) -> None:
    """Listed by its task with name, type, digest and size; a browser saves it, whatever it is."""
    doors = {"agents": [ScriptedAgent(_script)], "executors": [FunctionExecutor([draw])]}
    async with serving(**doors) as (opened, url), httpx.AsyncClient(base_url=url, timeout=60) as client:
        ours, other = await token(opened), await token(opened, "other")
        nobody: dict[str, str] = {}
        task = await opened.run("draw it")
        listed = (await client.get(f"/v1/tasks/{task.id}", headers=ours)).json()["outcome"]["artefacts"]
        target = f"/v1/tasks/{task.id}/artefacts/{quote(NAME, safe='')}"
        came = await client.get(target, headers=ours)
        refused = [await client.get(target, headers=headers) for headers in (other, nobody)]

    assert [(one["name"], one["media_type"], one["size"]) for one in listed] == [(NAME, "text/html", len(PAGE))]
    assert (came.status_code, came.content) == (200, PAGE)
    assert came.headers["content-type"] == "application/octet-stream"
    assert came.headers["content-disposition"] == 'attachment; filename="a__page___.html"'
    assert came.headers["x-content-type-options"] == "nosniff"
    assert [one.status_code for one in refused] == [404, 401]


async def test_a_worker_hands_in_what_is_larger_than_another_body_may_be(
    serving: Serving, token: Callable[..., Any]
) -> None:
    """As base64, in either alphabet of RFC 4648; beyond what such a body may hold it is refused unread."""
    agent = ScriptedAgent(_script)
    tool = {"name": "draw", "description": "Draw it.", "parameters": {"type": "object"}}
    async with serving(agents=[agent]) as (opened, url), httpx.AsyncClient(base_url=url, timeout=60) as client:
        ours = await token(opened)
        worker = (await client.post("/v1/workers", json={"tools": [tool]}, headers=ours)).json()["id"]
        task = (await client.post("/v1/tasks", json={"description": "draw it"}, headers=ours)).json()["id"]
        await opened.kernel.work()
        target = f"/v1/workers/{worker}"
        (work,) = (await client.post(f"{target}/claim", json={"seconds": 20}, headers=ours)).json()["work"]
        said = {"task": task, "call": work["call"], "observation": {"call": work["call"], "text": "drawn"}}
        large = said | {"files": [{"name": "huge", "content": "A" * 20_000_000}]}
        refused = await client.post(f"{target}/observations", json=large, headers=ours)
        files = [
            {"name": NAME, "content": b64encode(PAGE).decode(), "media_type": "text/html"},
            {"name": "safe", "content": urlsafe_b64encode(PAGE).decode()},
        ]
        broken = said | {"files": [files[0] | {"content": "no base64"}]}
        unread = await client.post(f"{target}/observations", json=broken, headers=ours)
        taken = await client.post(f"{target}/observations", json=said | {"files": files}, headers=ours)
        view = (await client.get(f"/v1/tasks/{task}/wait", params={"seconds": 60}, headers=ours)).json()
        names = [quote(one["name"], safe="") for one in view["outcome"]["artefacts"]]
        came = [await client.get(f"/v1/tasks/{task}/artefacts/{name}", headers=ours) for name in names]

    assert (refused.status_code, refused.json()["code"]) == (413, "http.too_large")
    assert (unread.status_code, unread.json()["code"]) == (422, "input.invalid")
    assert len(taken.request.content) > 2_000_000
    assert (taken.status_code, view["outcome"]["answer"]) == (200, "done")
    assert [one.content for one in came] == [PAGE, PAGE]


TAG = f'"{sha256(PAGE).hexdigest()}"'
SIZE = len(PAGE)
PARTS: list[tuple[dict[str, str], int, int]] = [
    ({"range": "bytes=0-0"}, 0, 1),
    ({"range": "bytes=100-"}, 100, SIZE),
    ({"range": "Bytes= 5-9"}, 5, 10),
    ({"range": "bytes=-7"}, SIZE - 7, SIZE),
    ({"range": f"bytes=-{SIZE + 5}"}, 0, SIZE),
    ({"range": f"bytes={SIZE - 1}-{'9' * 500}"}, SIZE - 1, SIZE),
    ({"range": "bytes=0-9", "if-range": TAG}, 0, 10),
    ({"range": "bytes=1-1", "if-match": "*"}, 1, 2),
]
WHOLE: list[dict[str, str]] = [
    {"range": "bytes=0-9", "if-range": f"W/{TAG}"},
    {"range": "bytes=0-9", "if-range": '"another"'},
    {"range": "bytes=0-9", "if-range": "Sat, 21 Nov 2026 10:00:00 GMT"},
    {"range": "bytes=9-5"},
    {"range": "bytes=0-1,3-4"},
    {"range": "bytes=-"},
    {"range": "bytes=+1-2"},
    {"range": "lines=0-1"},
    {"if-none-match": '"another"'},
    {"if-none-match": TAG.strip('"')},
    {"if-match": TAG},
]
KNOWN: list[dict[str, str]] = [
    {"if-none-match": TAG, "range": "bytes=0-1"},
    {"if-none-match": f'"another", W/{TAG}'},
    {"if-none-match": "*"},
]
REFUSED: list[tuple[dict[str, str], int, str]] = [
    ({"range": f"bytes={SIZE}-"}, 416, "http.range"),
    ({"range": f"bytes={'9' * 500}-"}, 416, "http.range"),
    ({"range": "bytes=-0"}, 416, "http.range"),
    ({"if-match": '"another"'}, 412, "http.changed"),
    ({"if-match": f"W/{TAG}", "if-none-match": TAG}, 412, "http.changed"),
]


async def test_a_part_of_a_file_comes_and_a_file_that_is_known_does_not(
    serving: Serving, token: Callable[..., Any]
) -> None:
    """As RFC 9110 says in sections 13 and 14; a condition that cannot be read is none."""
    doors = {"agents": [ScriptedAgent(_script)], "executors": [FunctionExecutor([draw])]}
    async with serving(**doors) as (opened, url), httpx.AsyncClient(base_url=url, timeout=60) as client:
        client.headers.update(await token(opened))
        task = await opened.run("draw it")
        target = f"/v1/tasks/{task.id}/artefacts/{quote(NAME, safe='')}"
        head = await client.head(target, headers={"range": "bytes=0-1"})
        parts = [await client.get(target, headers=asked) for asked, _, _ in PARTS]
        whole = [await client.get(target, headers=asked) for asked in WHOLE]
        known = [await client.get(target, headers=asked) for asked in KNOWN]
        known.append(await client.get(target, headers=[("if-none-match", '"a"'), ("if-none-match", TAG)]))
        refused = [await client.get(target, headers=asked) for asked, _, _ in REFUSED]
        doubled = await client.get(target, headers=[("range", "bytes=0-1"), ("range", "bytes=2-3")])

    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(SIZE), b"")
    for answer, (_, begin, end) in zip(parts, PARTS, strict=True):
        assert (answer.status_code, answer.content) == (206, PAGE[begin:end])
        assert answer.headers["content-range"] == f"bytes {begin}-{end - 1}/{SIZE}"
    assert [(one.status_code, one.content == PAGE) for one in whole] == [(200, True)] * len(WHOLE)
    for answer in known:
        assert (answer.status_code, answer.content, "content-length" in answer.headers) == (304, b"", False)
    for answer in (head, *parts, *whole, *known):
        assert (answer.headers["etag"], answer.headers["accept-ranges"]) == (TAG, "bytes")
    for answer, (asked, status, code) in zip(refused, REFUSED, strict=True):
        assert (answer.status_code, answer.json()["code"], answer.headers["etag"]) == (status, code, TAG), asked
        assert answer.headers.get("content-range") == (f"bytes */{SIZE}" if status == 416 else None)
    assert doubled.status_code == 400
