from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # a folder of tests is no package when it runs
    from conftest import Do


async def test_a_file_is_read_with_line_numbers(do: Do, inside: Path) -> None:
    (inside / "a.md").write_bytes("\ufeffeins\r\nzwei\u2028noch zwei\n\ndr\u00fcber".encode())

    seen = await do("read_file", path="a.md")

    assert seen.text == "     1\teins\n     2\tzwei\u2028noch zwei\n     3\t\n     4\tdr\u00fcber"
    assert seen.error is None
    assert not seen.truncated


async def test_a_window_says_where_it_stands_and_how_to_go_on(do: Do, inside: Path) -> None:
    (inside / "a.md").write_text("".join(f"line {number}\n" for number in range(1, 11)))

    seen = await do("read_file", path="a.md", offset=4, limit=2)
    last = await do("read_file", path="a.md", offset=9, limit=2)

    assert seen.text == "     4\tline 4\n     5\tline 5\n[lines 4-5 of 10; go on with offset=6]"
    assert last.text == "     9\tline 9\n    10\tline 10\n"


async def test_an_empty_file_is_said_to_be_empty(do: Do, inside: Path) -> None:
    (inside / "a.md").touch()

    assert (await do("read_file", path="a.md")).text == "[the file is empty]"


async def test_a_window_behind_the_end_is_an_error_that_names_the_end(do: Do, inside: Path) -> None:
    (inside / "a.md").write_text("one\ntwo\n")

    seen = await do("read_file", path="a.md", offset=3)

    assert seen.error == "tool.arguments"
    assert "line 2" in seen.text


@pytest.mark.parametrize("most", [0, 1, 9, 10, 11, 12, 40, 100, 500])
async def test_what_is_read_stays_within_the_bytes_and_says_so(do: Do, inside: Path, most: int) -> None:
    (inside / "a.md").write_text("äöü 漢字\n" * 200)

    seen = await do("read_file", {"output_bytes": most}, path="a.md")

    assert len(seen.text.encode()) <= most
    assert seen.truncated


async def test_reading_on_from_where_it_was_cut_gives_every_line_once(do: Do, inside: Path) -> None:
    lines = [f"{number} {'x' * (number % 70)}" for number in range(1, 200)]
    (inside / "a.md").write_text("\n".join(lines))
    read: list[str] = []

    while len(read) < len(lines):
        seen = await do("read_file", {"output_bytes": 700}, path="a.md", offset=len(read) + 1)
        read += [line[7:] for line in seen.text.splitlines() if not line.startswith("[")]

    assert read == lines


async def test_a_line_that_is_too_long_is_shown_in_part_and_does_not_hold_up_the_rest(do: Do, inside: Path) -> None:
    (inside / "a.json").write_text("x" * 300_000 + "\nend\n")

    seen = await do("read_file", {"output_bytes": 1000}, path="a.json")
    rest = await do("read_file", {"output_bytes": 1000}, path="a.json", offset=2)

    assert seen.text.endswith("[no room for more of this line; go on with offset=2]")
    assert rest.text == "     2\tend\n"


@pytest.mark.parametrize("content", [b"\x7fELF\0\0", b"text\n" * 100 + b"\0"], ids=["at once", "later"])
async def test_a_binary_file_is_an_error(do: Do, inside: Path, content: bytes) -> None:
    (inside / "a.out").write_bytes(content)

    assert (await do("read_file", path="a.out")).error == "tool.unreadable"


async def test_text_in_another_encoding_is_shown_and_named(do: Do, inside: Path) -> None:
    (inside / "a.txt").write_bytes(b"caf\xe9\n")

    seen = await do("read_file", path="a.txt")

    assert seen.text.startswith("     1\tcaf\N{REPLACEMENT CHARACTER}\n[not all of it is UTF-8")


async def test_a_character_that_lies_on_the_edge_of_a_block_is_no_error(do: Do, inside: Path) -> None:
    (inside / "a.txt").write_text("x" + "ä" * 100_000)

    assert "UTF-8" not in (await do("read_file", {"output_bytes": 10**6}, path="a.txt")).text


async def test_a_file_that_is_not_there_is_not_found(do: Do) -> None:
    for path in ("a.md", "no/such/a.md"):
        assert (await do("read_file", path=path)).error == "tool.not_found"


async def test_arguments_that_do_not_fit_are_told_with_what_is_expected(do: Do) -> None:
    seen = await do("read_file", path=3, begin=1)

    assert seen.error == "tool.arguments"
    assert "path: input should be a valid string" in seen.text
    assert "begin: extra inputs are not permitted" in seen.text
    assert "takes path (string, required), offset (integer, default 1)" in seen.text


async def test_what_takes_too_long_is_told(do: Do, inside: Path) -> None:
    (inside / "a.md").write_text("words\n")

    for tool, more in (("read_file", {}), ("search_files", {"query": "x"}), ("write_file", {"content": "new"})):
        seen = await do(tool, {"seconds": -1.0}, path="a.md", **more)
        assert seen.error == "tool.timeout"
    assert (inside / "a.md").read_text() == "words\n"
