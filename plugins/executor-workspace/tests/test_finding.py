from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kingpost_executor_workspace.listing import fits

if TYPE_CHECKING:  # a folder of tests is no package when it runs
    from conftest import Do


@pytest.fixture
def tree(inside: Path) -> Path:
    """Two folders, three texts, one binary file, and what belongs to git."""
    for name, content in {
        "read.me": b"The crane lifts forty tonnes.\n",
        "docs/crane.md": b"# Crane\n\nA CRANE, and another crane.\n",
        "docs/old/ship.md": b"no such thing here\n",
        "docs/plan.png": b"crane\0",
        ".git/config": b"crane\n",
    }.items():
        (inside / name).parent.mkdir(parents=True, exist_ok=True)
        (inside / name).write_bytes(content)
    return inside


@pytest.mark.usefixtures("tree")
async def test_a_folder_is_listed_by_name_with_sizes(do: Do) -> None:
    assert (await do("list_files")).text == ".git/\ndocs/\nread.me\t30 bytes\n"
    assert (await do("list_files", path="docs/old")).text == "docs/old/ship.md\t19 bytes\n"


@pytest.mark.usefixtures("tree")
async def test_a_pattern_chooses_files_by_name_or_by_path(do: Do) -> None:
    by_name = await do("list_files", pattern="*.md", recursive=True)
    by_path = await do("list_files", pattern="docs/*.md", recursive=True)
    below = await do("list_files", path="docs", pattern="**/s*.md", recursive=True)
    none = await do("list_files", pattern="*.py", recursive=True)

    assert by_name.text == "docs/crane.md\t37 bytes\ndocs/old/ship.md\t19 bytes\n"
    assert by_path.text == "docs/crane.md\t37 bytes\n"
    assert below.text == "docs/old/ship.md\t19 bytes\n"
    assert none.text == "[nothing]"


@pytest.mark.usefixtures("tree")
async def test_a_search_names_file_and_line(do: Do) -> None:
    seen = await do("search_files", query="crane")

    assert seen.text.splitlines() == [
        "docs/crane.md:3: A CRANE, and another crane.",
        "read.me:1: The crane lifts forty tonnes.",
        "[2 matches in 3 files, 1 left out as no plain text]",
    ]


@pytest.mark.usefixtures("tree")
async def test_a_search_can_be_narrowed(do: Do) -> None:
    folded = await do("search_files", query="a crane", ignore_case=True, path="docs", pattern="*.md")
    alone = await do("search_files", query="crane", path="docs/crane.md")
    first = await do("search_files", query="crane", limit=1)
    git = await do("search_files", query="crane", path=".git")

    assert folded.text == "docs/crane.md:3: A CRANE, and another crane.\n[1 match in 2 files]"
    assert alone.text == "docs/crane.md:3: A CRANE, and another crane.\n[1 match in 1 file]"
    assert first.text.endswith("[1 matches, as many as asked for; there may be more]")
    assert git.text == ".git/config:1: crane\n[1 match in 1 file]"


@pytest.mark.parametrize("text", ["(a+)+$", ".*", "[", "crane.lifts"])
async def test_what_is_searched_is_no_pattern(do: Do, tree: Path, text: str) -> None:
    (tree / "signs").write_text(f"{text}\n")

    seen = await do("search_files", query=text)

    assert seen.text.splitlines()[0] == f"signs:1: {text}"
    assert len(seen.text.splitlines()) == 2


async def test_a_search_through_one_endless_line_ends(do: Do, inside: Path) -> None:
    """The worst that a plain search can meet: nearly the query, again and again."""
    (inside / "a").write_text("a" * 2_000_000)

    seen = await do("search_files", query="a" * 999 + "b", ignore_case=True)

    assert seen.text == "[0 matches in 1 file]"


async def test_a_match_in_a_long_line_is_shown_with_what_stands_around_it(do: Do, inside: Path) -> None:
    (inside / "a").write_text("x" * 5000 + " needle " + "y" * 5000)

    seen = await do("search_files", query="needle")

    assert "needle" in seen.text
    assert len(seen.text) < 400


@pytest.mark.parametrize("tool", ["list_files", "search_files"])
@pytest.mark.parametrize("most", [0, 20, 200, 1000])
async def test_lists_stay_within_the_bytes_and_name_only_whole_paths(
    do: Do, inside: Path, tool: str, most: int
) -> None:
    for number in range(100):
        (inside / f"a-long-name-{number:03}").write_text("word\n")

    more = {"query": "word"} if tool == "search_files" else {}
    seen = await do(tool, {"output_bytes": most}, **more)

    assert seen.truncated
    assert len(seen.text.encode()) <= most
    if most >= 200:
        assert all("a-long-name-0" in line for line in seen.text.splitlines()[:-1])


async def test_a_folder_that_may_not_be_opened_does_not_hide_the_rest(do: Do, inside: Path) -> None:
    (inside / "a").mkdir(mode=0o000)
    (inside / "b").write_text("word\n")

    assert "b\t5 bytes" in (await do("list_files", recursive=True)).text
    (inside / "a").chmod(0o700)


@pytest.fixture
def deep(inside: Path) -> Iterator[int]:
    """A leaf below so many folders that whoever calls itself for each of them fails; how many they are."""
    depth = 1020
    here = os.open(inside, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        deeper = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(os.open("leaf", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    yield depth
    # Python's own removal of a tree is one that fails.
    subprocess.run(["rm", "-rf", inside / "d"], check=True)


async def test_a_deep_tree_is_walked_to_its_end(do: Do, deep: int) -> None:
    seen = await do("list_files", {"output_bytes": 10**7}, recursive=True, pattern="**/leaf")

    assert seen.text == f"{'d/' * deep}leaf\t0 bytes\n"


@pytest.mark.parametrize(
    ("path", "pattern", "meant"),
    [
        ("a.py", "*.py", True),
        ("x/y/a.py", "*.py", True),
        ("a.py", "**/*.py", True),
        ("x/y/a.py", "**/*.py", True),
        ("x/y/a.py", "x/*.py", False),
        ("x/y/a.py", "x/*/*.py", True),
        ("x/y/a.py", "x/**", True),
        ("x/y/a.py", "x/**/y/**/a.py", True),
        ("x/y/a.py", "**/z/**", False),
        ("x/y/a.py", "./x/y/a.py", True),
        ("A.py", "a.py", False),
        ("a.py", "[", False),
        ("x", "", True),
    ],
)
def test_a_pattern_means(path: str, pattern: str, meant: bool) -> None:
    assert fits(tuple(path.split("/")), pattern) is meant


def test_no_pattern_runs_for_long() -> None:
    deep = ("a",) * 1000

    assert not fits(deep, "**/a/" * 600 + "b")
    assert not fits(("a" * 200,), "*a" * 100 + "b")
