"""Every page does what it says: its code runs, its links lead somewhere, its options exist."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path

import click
import pytest
from kingpost.cli import COMMANDS, root

from tests.docs import sections
from tests.docs.pages import PAGES, ROOT, Block, Page, anchor, steps
from tests.docs.reader import Reader

COMMAND = re.compile(r"(?:^|\$ |[|;&] )kingpost(?= |$)(?: ([a-z]+))?([^|;&\n]*)", re.MULTILINE)
RUNS = {"console", "python", "toml", "json"}
RESTS = {"text", "mermaid", "markdown"}
"""Languages that cannot run. A block of one that names a file is still made into it."""

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@each_page
@pytest.mark.long
def test_every_block_does_what_it_says(page: Page, tmp_path: Path) -> None:
    """One page, one reader, from top to bottom. Who reads the first page stands in a clone."""
    with Reader(tmp_path) as reader:
        if page.path == ROOT / "README.md":
            shutil.copytree(ROOT / "docs", reader.folder / "docs")
        for block in page.blocks:
            _try(block, reader)


def _try(block: Block, reader: Reader) -> None:
    assert block.language in RUNS | RESTS, f"{block.place}: a block of {block.language or 'no language'}"
    if block.file:
        reader.write(block.file, block.text)
    if block.language == "console":
        for step in steps(block):
            reader.follow(step)
    elif block.language == "json":
        json.loads(block.text)
    elif block.language == "toml":
        tomllib.loads(block.text)
        if block.file.endswith("kingpost.toml"):
            _succeed(f"python {sections.__file__} {block.file}", block, reader)
    elif block.language == "python" and not block.file:
        reader.write("block.py", block.text)
        _succeed("python block.py && rm block.py", block, reader)


def _succeed(command: str, block: Block, reader: Reader) -> None:
    output, code = reader.do(command)
    assert code == 0, f"{block.place}: {output}"


@each_page
def test_every_link_leads_somewhere(page: Page) -> None:
    """To a file of this repository and, where a heading is named, to that heading."""
    broken = []
    for link in page.links:
        target, _, heading = link.partition("#")
        path = (page.path.parent / target).resolve() if target else page.path
        if re.match(r"[a-z]+:", link):
            continue
        if not path.exists() or (heading and heading not in map(anchor, Page(path).headings)):
            broken.append(link)

    assert broken == []


@each_page
def test_every_command_option_and_verb_exists(page: Page) -> None:
    """What a page writes behind ``kingpost`` is a command and its options; what it writes behind ``make`` a verb."""
    options = _options()
    anywhere = _below(root).union(*options.values())
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    broken = []
    for text in [*page.words, *(block.text for block in page.blocks if block.language in {"console", "text"})]:
        broken += [f"make {verb}" for verb in re.findall(r"(?:^|\$ )make ([a-z-]+)", text) if verb not in verbs]
        for name, rest in COMMAND.findall(text):
            known = options.get(name, set()) if name else anywhere
            broken += [f"kingpost {name} {each}" for each in _named(rest) if each not in known]
            broken += [f"kingpost {name}"] if name and name not in options else []
        broken += [each for each in _named(text) if text.startswith("-") and each not in anywhere]

    assert broken == []


def _options() -> dict[str, set[str]]:
    """The options of each command and of those below it."""
    context = click.Context(root)
    found = {name: root.get_command(context, name) for name in (*COMMANDS, "serve", "openapi", "webhooks")}
    return {name: {"--help", "-h", *_below(command)} for name, command in found.items() if command is not None}


def _below(command: click.Command) -> set[str]:
    commands = command.commands.values() if isinstance(command, click.Group) else ()
    return {name for parameter in command.params for name in parameter.opts}.union(*map(_below, commands))


def _named(text: str) -> list[str]:
    """The options in a line, quoted words left out."""
    return re.findall(r"(?<!\S)--?[a-z][a-z-]*", re.sub(r"\"[^\"]*\"|'[^']*'", "", text))
