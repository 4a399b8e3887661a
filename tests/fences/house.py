"""What the fences look at: the kernel, the plugins and every file that git knows.

Called by the fences only. Reads source as text and syntax trees, and imports none of it.
"""

from __future__ import annotations

import ast
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "core/src/kingpost"
DOCS = ROOT / "docs"

GENERATED = ("sdk-python/src/kingpost_sdk/_generated", "sdk-ts/src/generated", "sdk-go/internal/generated")
"""The ground floors that `make contracts` writes and `make contracts-drift` compares; nobody edits them."""

_MADE = {".git", ".venv", ".kingpost", ".kingpost-run", "__pycache__", "node_modules", "dist", "uv.lock"}


@dataclass(frozen=True)
class Plugin:
    """One folder under ``plugins/``."""

    folder: Path

    @property
    def name(self) -> str:
        """As in the folder and in the distribution ``kingpost-<name>``."""
        return self.folder.name

    @property
    def module(self) -> str:
        """As it is imported."""
        return f"kingpost_{self.name.replace('-', '_')}"

    @property
    def package(self) -> Path:
        """The folder of the module."""
        return self.folder / "src" / self.module

    @property
    def door(self) -> Path:
        """The file that holds the hook implementations."""
        return self.package / "__init__.py"

    @property
    def tests(self) -> Path:
        """The folder of its tests."""
        return self.folder / "tests"


def plugins() -> list[Plugin]:
    """All plugins of this repository, by name."""
    return [Plugin(path.parent) for path in sorted(ROOT.glob("plugins/*/pyproject.toml"))]


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is, or is about to be, in git; in a copy without git, every file that no verb made."""
    listing = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=False,
    )
    if (ROOT / ".git").exists() and listing.returncode == 0:
        names = sorted(set(os.fsdecode(listing.stdout).split("\0")) - {""})
        return tuple(path for name in names if not name.startswith(GENERATED) and (path := ROOT / name).is_file())
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [each for each in folders if each not in _MADE and not each.endswith("_cache")]
        found += [Path(folder, each) for each in files if each not in _MADE]
    return tuple(path for path in sorted(found) if not path.relative_to(ROOT).as_posix().startswith(GENERATED))


def texts(*suffixes: str) -> Iterator[tuple[Path, str]]:
    """The tracked files that are text (with one of the suffixes, if any are named), each with its content."""
    for path in tracked():
        if suffixes and path.suffix not in suffixes:
            continue
        content = path.read_bytes()
        if b"\0" not in content:
            yield path, content.decode(errors="replace")


def source() -> list[Path]:
    """The Python files of the kernel and of the plugins, without tests."""
    return sorted([*CORE.rglob("*.py"), *(path for plugin in plugins() for path in plugin.package.rglob("*.py"))])


def syntax(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def decorated(path: Path, marker: str) -> dict[str, ast.FunctionDef]:
    """The functions at the top of a file that carry a decorator, by the name of their door."""
    found = {}
    for node in syntax(path).body if path.exists() else []:
        if not isinstance(node, ast.FunctionDef):
            continue
        for decorator in node.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            if ast.unparse(call.func if call else decorator).split(".")[-1] != marker:
                continue
            door = [ast.literal_eval(word.value) for word in call.keywords if word.arg == "specname"] if call else []
            found[door[0] if door else node.name] = node
    return found


def at(path: Path, line: int | None = None) -> str:
    """A place as an editor opens it: the path from the root, and the line."""
    place = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)
    return f"{place}:{line}" if line else place


def refuse(broken: Sequence[str], mend: str) -> None:
    """Fail when anything is broken: one line each, and how to mend it."""
    if broken:
        pytest.fail("\n".join([*broken, f"mend: {mend}"]), pytrace=False)
