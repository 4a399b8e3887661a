"""A folder that somebody swaps with a link, as fast as they can, never leads a read or a write outside."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # a folder of tests is no package when it runs
    from conftest import Do


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


FOOLED = 25


@contextmanager
def _swapping(inside: Path, outside: Path) -> Iterator[None]:
    """``inside/d`` is a folder, then a link to ``outside``, then the folder again, until the block ends."""
    over = threading.Event()
    (inside / "link").symlink_to(outside)

    def swap() -> None:
        steps = (("d", "real"), ("link", "d"), ("d", "link"), ("real", "d"))
        while not over.is_set():
            for before, after in steps:
                with suppress(OSError):
                    (inside / before).rename(inside / after)
            # A write that met no folder made one, and now there are two.
            shutil.rmtree(inside / "real", ignore_errors=True)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _fooled(inside: Path) -> int:
    """How often, in a few tries, somebody who checks a path and then opens it reads the secret."""
    path, root = inside / "d/file", inside.resolve()
    fooled = 0
    for _ in range(30):
        with suppress(OSError):
            if Path(os.path.realpath(path)).is_relative_to(root):
                fooled += path.read_text() == "secret"
    return fooled


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk has no part in these races."""
    for module in ("beneath", "writing"):
        monkeypatch.setattr(f"kingpost_executor_workspace.{module}.flush", lambda descriptor: None)


async def test_reads_never_leave_while_a_folder_is_swapped(do: Do, inside: Path, outside: Path) -> None:
    """It goes on until a check of the path has been fooled often enough: so long the race was a real one."""
    (inside / "d").mkdir()
    (inside / "d/file").write_text("open")
    fooled, seen = 0, set()

    with _swapping(inside, outside):
        while fooled < FOOLED or "open" not in seen:
            fooled += _fooled(inside)
            for tool, more in (("read_file", {}), ("search_files", {"query": "e"})):
                observation = await do(tool, path="d/file", **more)
                seen |= {word for word in ("open", "secret") if word in observation.text}

    assert seen == {"open"}


async def test_writes_never_leave_while_a_folder_is_swapped(do: Do, inside: Path, outside: Path) -> None:
    (inside / "d").mkdir()
    (inside / "d/file").write_text("open")
    fooled = written = 0

    with _swapping(inside, outside):
        while fooled < FOOLED or not written:
            fooled += _fooled(inside)
            written += (await do("write_file", path="d/file", content="open")).error is None
            await do("write_file", path="d/new/file", content="open")

    assert names(outside) == ["file"]
    assert (outside / "file").read_text() == "secret"


async def test_lists_never_leave_while_a_folder_is_swapped(do: Do, inside: Path, outside: Path) -> None:
    (inside / "d").mkdir()
    (inside / "d/file").write_text("open")
    (outside / "private").write_text("")
    fooled = 0

    with _swapping(inside, outside):
        while fooled < FOOLED:
            fooled += _fooled(inside)
            for path in (".", "d"):
                assert "private" not in (await do("list_files", path=path, recursive=True)).text
