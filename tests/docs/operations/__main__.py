"""Writes ``docs/api`` anew, or with ``--check`` compares it: ``python -m tests.docs.operations``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.docs.operations.page import API, pages


def differing(made: dict[str, str]) -> list[str]:
    """The files that are not what they should be, by name."""
    kept = {path.name: path.read_text("utf-8") for path in API.glob("*.md")}
    return sorted(name for name in made.keys() | kept.keys() if made.get(name) != kept.get(name))


def main() -> None:
    """Write, or compare."""
    with tempfile.TemporaryDirectory() as home:
        made = pages(Path(home))
    wrong = differing(made)
    if "--check" in sys.argv:
        sys.exit(f"run 'make contracts': docs/api differs in {', '.join(wrong)}" if wrong else 0)
    API.mkdir(exist_ok=True)
    for name in wrong:
        path = API / name
        path.write_text(made[name], "utf-8") if name in made else path.unlink()


if __name__ == "__main__":
    main()
