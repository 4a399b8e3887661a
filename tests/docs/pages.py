"""What a page is made of: blocks of code, links, headings, and the words set as code.

Called by the tests beside it. Reads Markdown with markdown-it, runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
_MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Block:
    """One fenced block below a heading. ``file``, the second word behind the fence, is what the reader calls it."""

    language: str
    file: str
    text: str
    section: str
    place: str


@dataclass(frozen=True)
class Step:
    """One command of a console block and what the page says that it prints."""

    command: str
    output: str
    place: str


@dataclass(frozen=True)
class Page:
    """One Markdown file, parsed."""

    path: Path

    @property
    def name(self) -> str:
        """The path from the root of the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def _tokens(self) -> list[Token]:
        return _MARKDOWN.parse(self.path.read_text("utf-8"))

    @cached_property
    def blocks(self) -> list[Block]:
        """Its blocks of code, in order; one that is only indented has no language."""
        found, section = [], ""
        for number, token in enumerate(self._tokens):
            if token.type == "heading_open":
                section = self._tokens[number + 1].content
            elif token.type in {"fence", "code_block"}:
                language, _, file = token.info.strip().partition(" ")
                line = token.map[0] + 1 if token.map else 0
                found.append(Block(language, file, token.content, section, f"{self.name}:{line}"))
        return found

    @cached_property
    def links(self) -> list[str]:
        """Where its links and pictures lead."""
        targets = [(token.attrs.get("href"), token.attrs.get("src")) for token in self._inline()]
        return [str(target) for pair in targets for target in pair if target]

    @cached_property
    def words(self) -> list[str]:
        """What is set as code inside its text."""
        return [token.content for token in self._inline() if token.type == "code_inline"]

    @cached_property
    def headings(self) -> list[str]:
        """Its headings, as they are written."""
        return [
            text.content
            for token, text in zip(self._tokens, self._tokens[1:], strict=False)
            if token.type == "heading_open"
        ]

    @cached_property
    def rows(self) -> list[tuple[str, ...]]:
        """The rows of all its tables, heads left out, each cell as it is written."""
        rows: list[list[str]] = []
        body = False
        for token in self._tokens:
            body = (body or token.type == "tbody_open") and token.type != "tbody_close"
            if body and token.type == "tr_open":
                rows.append([])
            elif body and token.type == "inline":
                rows[-1].append(token.content)
        return [tuple(row) for row in rows]

    def section(self, heading: str) -> str:
        """The text below a heading, up to the next one of the same rank."""
        _, _, after = self.path.read_text("utf-8").partition(f"\n## {heading}\n")
        return after.partition("\n## ")[0]

    def _inline(self) -> Iterator[Token]:
        for token in self._tokens:
            yield from token.children or ()


def steps(block: Block) -> list[Step]:
    """The commands of a console block: a line with ``$ ``, lines with ``> `` that go on, then the output."""
    found: list[Step] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append(Step(line[2:], "", block.place))
        elif line.startswith("> ") and found and not found[-1].output:
            found[-1] = Step(f"{found[-1].command}\n{line[2:]}", "", block.place)
        elif found:
            found[-1] = Step(found[-1].command, f"{found[-1].output}{line}\n", block.place)
        else:
            raise ValueError(f"{block.place}: a console block begins with a command")
    return found


def anchor(heading: str) -> str:
    """The fragment that leads to a heading, as the usual viewers make it."""
    kept = "".join(sign for sign in heading.lower() if sign.isalnum() or sign in " -_")
    return kept.replace(" ", "-")


_MADE = ROOT / "docs/api"
"""Pages that are made out of the table of operations; ``test_operations`` tries what they show."""

PAGES = [
    Page(ROOT / "README.md"),
    Page(ROOT / "core/README.md"),
    *(Page(path) for path in sorted((ROOT / "docs").rglob("*.md")) if _MADE not in path.parents),
]
