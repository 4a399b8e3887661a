"""What an agent hands in is the file as it was at that moment, and never one from outside the workspace."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kingpost import HandedIn, Made

if TYPE_CHECKING:  # a folder of tests is no package when it runs
    from conftest import Do


async def test_a_file_is_handed_in_with_its_bytes_and_its_type(do: Do, inside: Path) -> None:
    """Binary or text, under its own name or another one; what it is called says of what type it is."""
    content = bytes(range(256)) * 20_000
    (inside / "out").mkdir()
    (inside / "out" / "plan.PDF").write_bytes(content)

    own = await do("hand_in", path="out/plan.PDF")
    other = await do("hand_in", path="out/plan.PDF", name="what to do.txt")

    assert isinstance(own, HandedIn)
    assert isinstance(other, HandedIn)
    assert own.files == (Made("plan.PDF", content, "application/pdf"),)
    assert other.files == (Made("what to do.txt", content, "text/plain"),)
    assert "'what to do.txt', 5120000 bytes" in other.text


@pytest.mark.parametrize(
    ("name", "media_type"), [("a.md", "text/markdown"), ("a.json", "application/json"), ("a.YML", "application/yaml")]
)
async def test_the_usual_types_are_known_on_every_machine(do: Do, inside: Path, name: str, media_type: str) -> None:
    (inside / name).write_bytes(b"x")

    seen = await do("hand_in", path=name)

    assert isinstance(seen, HandedIn)
    assert seen.files[0].media_type == media_type


@pytest.mark.parametrize("name", ["plan", "plan.unheard", "plan.tar.gz"])
async def test_a_file_of_no_known_type_is_bytes(do: Do, inside: Path, name: str) -> None:
    (inside / name).write_bytes(b"x")

    seen = await do("hand_in", path=name)

    assert isinstance(seen, HandedIn)
    assert seen.files[0].media_type == "application/octet-stream"


async def test_a_file_larger_than_a_task_may_hand_in_is_refused_unread(do: Do, inside: Path) -> None:
    """The agent is told both sizes; a file that fits to the byte is taken."""
    (inside / "huge").touch()
    os.truncate(inside / "huge", 10**12)
    (inside / "fits").write_bytes(b"12345")

    refused = await do("hand_in", {"file_bytes": 5}, path="huge")
    taken = await do("hand_in", {"file_bytes": 5}, path="fits")

    assert (refused.error, isinstance(refused, HandedIn)) == ("tool.too_large", False)
    assert "1000000000000 bytes; a task may hand in 5" in refused.text
    assert isinstance(taken, HandedIn)


@pytest.mark.parametrize("name", ["..", ".", "a/b", "a\\b", "two\nlines", "\u202egnp.exe", "x" * 201])
async def test_a_name_that_is_more_than_a_name_is_refused(do: Do, inside: Path, name: str) -> None:
    """No folders, nothing that acts on a terminal: somebody will save it under this name."""
    (inside / "plan").write_bytes(b"x")

    seen = await do("hand_in", path="plan", name=name)

    assert seen.error == "tool.arguments"


@pytest.mark.parametrize("path", ["link", "folder/file", "twin", "folder", "pipe", ".", "../outside/file", "none"])
async def test_nothing_but_a_plain_file_of_the_workspace_is_handed_in(
    do: Do, inside: Path, outside: Path, path: str
) -> None:
    """No link at the end or on the way, no second name, no folder, no fifo, and nobody waits for one."""
    (inside / "link").symlink_to(outside / "file")
    (inside / "folder").symlink_to(outside)
    os.link(outside / "file", inside / "twin")
    os.mkfifo(inside / "pipe")

    seen = await do("hand_in", path=path)

    assert seen.error in ("tool.refused", "tool.not_found", "tool.arguments")
    assert not isinstance(seen, HandedIn)
