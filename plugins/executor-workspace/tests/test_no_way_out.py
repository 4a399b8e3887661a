"""No path leads out of the workspace, in either of the two ways in which paths are resolved."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # a folder of tests is no package when it runs
    from conftest import Do


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


READING = ("read_file", "list_files", "search_files")


def _arguments(tool: str, path: str) -> dict[str, str]:
    more = {"search_files": {"query": "secret"}, "write_file": {"content": "mine"}}
    return {"path": path, **more.get(tool, {})}


@pytest.mark.parametrize("tool", [*READING, "write_file"])
@pytest.mark.parametrize(
    "path",
    ["../outside/file", "..", "a/../../outside/file", "a/..", "./../outside/file", "/etc/passwd", "//etc/passwd"],
)
async def test_a_path_that_climbs_or_is_absolute_is_refused(
    do: Do, inside: Path, outside: Path, tool: str, path: str
) -> None:
    (inside / "a").mkdir()

    seen = await do(tool, **_arguments(tool, path))

    assert seen.error == "tool.refused"
    assert (outside / "file").read_text() == "secret"


@pytest.mark.parametrize("tool", [*READING, "write_file"])
@pytest.mark.parametrize("path", ["a\0b", "a/\0", "\ud800"])
async def test_what_is_no_path_is_refused(do: Do, tool: str, path: str) -> None:
    assert (await do(tool, **_arguments(tool, path))).error == "tool.arguments"


@pytest.mark.parametrize("tool", [*READING, "write_file"])
@pytest.mark.parametrize("path", ["folder/file", "file", "chain", "folder", "loop", "dead"])
async def test_no_link_is_followed(do: Do, inside: Path, outside: Path, tool: str, path: str) -> None:
    """Not in the middle of a path, not at its end, not to a folder, not to nowhere."""
    (inside / "folder").symlink_to(outside)
    (inside / "file").symlink_to(outside / "file")
    (inside / "chain").symlink_to("file")
    (inside / "loop").symlink_to("loop")
    (inside / "dead").symlink_to(outside / "new")

    seen = await do(tool, **_arguments(tool, path))

    assert seen.error == "tool.refused"
    assert "secret" not in seen.text
    assert names(outside) == ["file"]
    assert (outside / "file").read_text() == "secret"


async def test_a_link_inside_the_workspace_is_not_followed_either(do: Do, inside: Path) -> None:
    """Where it leads may change at any time."""
    (inside / "real").write_text("words")
    (inside / "link").symlink_to("real")

    assert (await do("read_file", path="link")).error == "tool.refused"


async def test_links_are_listed_but_not_walked_or_searched(do: Do, inside: Path, outside: Path) -> None:
    (inside / "folder").symlink_to(outside)
    (inside / "file").symlink_to(outside / "file")

    listed = await do("list_files", recursive=True)
    found = await do("search_files", query="secret")

    assert listed.text.splitlines() == ["file\ta link, not followed", "folder\ta link, not followed"]
    assert found.text == "[0 matches in 0 files]"


async def test_a_file_with_a_second_name_is_refused(do: Do, inside: Path, outside: Path) -> None:
    """The other name of a hard link may lie anywhere."""
    os.link(outside / "file", inside / "here")

    seen = [await do(tool, **_arguments(tool, "here")) for tool in ("read_file", "write_file")]
    found = await do("search_files", query="secret")

    assert [each.error for each in seen] == ["tool.refused", "tool.refused"]
    assert found.text == "[0 matches in 0 files, 1 left out as no plain text]"
    assert (outside / "file").read_text() == "secret"


def _special(kind: str, path: Path) -> None:
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        # The name of a socket is short; that of a temporary folder is not.
        with pytest.MonkeyPatch.context() as patch, socket.socket(socket.AF_UNIX) as server:
            patch.chdir(path.parent)
            server.bind(path.name)
    else:
        try:
            os.mknod(path, 0o20666, os.makedev(1, 5))
        except PermissionError:
            pytest.skip("devices are made by root")


@pytest.mark.parametrize("kind", ["fifo", "socket", "device"])
async def test_special_files_are_refused_and_nobody_waits_for_them(do: Do, inside: Path, kind: str) -> None:
    _special(kind, inside / "special")

    seen = [await do(tool, **_arguments(tool, "special")) for tool in ("read_file", "write_file")]
    found = await do("search_files", query="x")

    assert [each.error for each in seen] == ["tool.refused", "tool.refused"]
    assert "special" in (await do("list_files")).text
    assert found.text == "[0 matches in 0 files]"


async def test_the_workspace_itself_is_no_file(do: Do) -> None:
    assert (await do("read_file", path=".")).error == "tool.refused"
    assert (await do("write_file", path=".", content="")).error == "tool.arguments"
    assert (await do("write_file", path="a/", content="")).error == "tool.arguments"


async def test_without_a_workspace_there_are_no_files(do: Do) -> None:
    for tool in (*READING, "write_file"):
        seen = await do(tool, {"workspace": None}, **_arguments(tool, "a"))
        assert seen.error == "tool.no_workspace"


async def test_a_workspace_that_is_gone_is_told(do: Do, inside: Path) -> None:
    assert (await do("list_files", {"workspace": str(inside / "gone")})).error == "tool.no_workspace"
    assert (await do("list_files", {"workspace": "a\0b"})).error == "tool.no_workspace"


async def test_a_path_is_read_in_one_way_only(do: Do, inside: Path) -> None:
    """Dots and doubled slashes mean nothing; a backslash and a tilde are letters."""
    await do("write_file", path="./a//b/./c", content="one")
    await do("write_file", path="~/..\\x", content="two")

    assert (inside / "a/b/c").read_text() == "one"
    assert (inside / "~" / "..\\x").read_text() == "two"


async def test_names_that_would_act_on_a_terminal_are_written_out(do: Do, inside: Path) -> None:
    (inside / "a\nb\x1b[31m\u202egnp.exe").write_text("")

    listed = await do("list_files")

    assert listed.text == "a\\nb\\x1b[31m\\u202egnp.exe\t0 bytes\n"


def _latin(folder: Path) -> None:
    try:
        (folder / os.fsdecode(b"caf\xe9")).touch()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")


async def test_names_in_another_encoding_are_listed(do: Do, inside: Path) -> None:
    _latin(inside)

    assert (await do("list_files")).text == "caf\\udce9\t0 bytes\n"
