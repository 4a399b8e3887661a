"""What a task has handed in comes over HTTP byte for byte, as a file to save, to those who may read its tasks."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
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
