"""What a task has handed in comes over HTTP byte for byte, as a file to save, to those who may read its tasks."""

from __future__ import annotations

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
