from __future__ import annotations

import os
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kingpost import Call, Limits
from kingpost.testing import seeded_ports
from kingpost_executor_workspace.bounds import Deadline
from kingpost_executor_workspace.executor import Workspace

if TYPE_CHECKING:  # a folder of tests is no package when it runs
    from conftest import Do


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_file_is_written_with_the_folders_that_it_needs(do: Do, inside: Path) -> None:
    seen = await do("write_file", path="a/b/c.md", content="zwölf\r\n")

    assert seen.error is None
    assert seen.text == "wrote 'a/b/c.md', 8 bytes"
    assert (inside / "a/b/c.md").read_bytes() == "zwölf\r\n".encode()


async def test_writing_the_same_again_changes_nothing(do: Do, inside: Path) -> None:
    await do("write_file", path="a.md", content="one")
    seen = await do("write_file", path="a.md", content="one")

    assert seen.text == "replaced 'a.md', 3 bytes"
    assert names(inside) == ["a.md"]


async def test_a_file_that_is_replaced_keeps_its_mode(do: Do, inside: Path) -> None:
    (inside / "run.sh").write_text("old")
    (inside / "run.sh").chmod(0o750)

    await do("write_file", path="run.sh", content="new")

    assert stat.S_IMODE((inside / "run.sh").stat().st_mode) == 0o750


async def test_a_reader_sees_the_old_file_or_the_new_one(do: Do, inside: Path) -> None:
    old, new = "o" * 300_000, "n" * 300_000
    (inside / "a").write_text(old)
    over, torn = threading.Event(), []

    def read() -> None:
        while not over.is_set():
            if (text := (inside / "a").read_text()) not in (old, new):
                torn.append(text)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(10):
        await do("write_file", path="a", content=new)
        await do("write_file", path="a", content=old)
    over.set()
    reader.join()

    assert not torn


async def test_what_a_crash_left_behind_is_not_shown_and_goes_when_the_call_is_repeated(
    tmp_path: Path, inside: Path, limits: Limits
) -> None:
    """The crash comes between the new file's bytes and its name."""
    ports = seeded_ports(0, tmp_path)
    workspace = Workspace(ports)
    call = Call("c", "write_file", {"path": "a", "content": "new"})

    def die(*paths: object, **folders: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "rename", die)
        patch.setattr(os, "unlink", die)
        with pytest.raises(KeyboardInterrupt):
            workspace._do(call, limits, Deadline(ports.clock, 60))  # noqa: SLF001 - as the thread would run it

    left = names(inside)
    listed = await workspace.execute(Call("c", "list_files"), limits)
    await workspace.execute(call, limits)

    assert len(left) == 1
    assert left[0].startswith(".kingpost-")
    assert listed.text == "[nothing]"
    assert names(inside) == ["a"]


async def test_a_write_that_fails_leaves_nothing_behind(do: Do, inside: Path) -> None:
    (inside / "a").mkdir()
    (inside / "b").write_text("x")

    for path in ("a", "b/c", "x" * 300):
        assert (await do("write_file", path=path, content="new")).error in ("tool.refused", "tool.arguments")

    assert names(inside) == ["a", "b"]


async def test_content_that_no_file_can_hold_is_an_error(do: Do, inside: Path) -> None:
    lone = await do("write_file", path="a", content="\ud800")
    large = await do("write_file", path="a", content="x" * (4 * 1024 * 1024 + 1))

    assert [lone.error, large.error] == ["tool.arguments", "tool.arguments"]
    assert names(inside) == []


async def test_a_disk_that_is_full_is_told(do: Do, inside: Path) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kingpost_executor_workspace.writing.os.write", full)
        seen = await do("write_file", path="a", content="new")

    assert seen.error == "tool.failed"
    assert "disk is full" in seen.text
    assert names(inside) == []
