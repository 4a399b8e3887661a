"""The command ``kingpost-sdk``, also ``python -m kingpost_sdk``: types for the plugins of a server."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ._errors import KingpostError
from ._typed import offered, written

_EXAMPLES = """\
examples:
  kingpost-sdk sync --url http://127.0.0.1:8420 --out plugins.py
  kingpost-sdk sync --plugin webhooks --out plugins.py
  kingpost-sdk sync --check --out plugins.py        fails when the file is not what the server has
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the types, or say what is in the way, and leave with 1."""
    parser = argparse.ArgumentParser("kingpost-sdk", description="Types for the plugins that a server has installed.")
    verbs = parser.add_subparsers(required=True, metavar="sync")
    sync = verbs.add_parser(
        "sync", help="write a module of types", description="Write a module of types for the plugins of a server.",
        epilog=_EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    sync.add_argument("--url", help="the server; else KINGPOST_URL, else http://127.0.0.1:8420 (token: KINGPOST_TOKEN)")
    sync.add_argument("--out", required=True, type=Path, help="the module to write")
    sync.add_argument("--plugin", action="append", default=[], help="only this one; may be repeated")
    sync.add_argument("--check", action="store_true", help="write nothing; fail when the file is another")
    asked = parser.parse_args(arguments)
    try:
        _sync(asked.url, asked.out, asked.plugin, check=asked.check)
    except (KingpostError, OSError) as problem:
        sys.exit(f"kingpost-sdk: {problem}")


def _sync(url: str | None, out: Path, plugins: list[str], *, check: bool) -> None:
    from ._sync.client import Client

    with Client(url) as client:
        document = client.document()
    known = offered(document)
    if unknown := sorted(set(plugins) - known.keys()):
        offers = ", ".join(known) or "none"
        sys.exit(f"kingpost-sdk: no operations of {', '.join(unknown)}; plugins with operations: {offers}")
    chosen = [name for name in known if not plugins or name in plugins]
    text = written(document, chosen)
    if check:
        if not out.is_file() or out.read_text("utf-8") != text:
            sys.exit(f"kingpost-sdk: {out} is not what the server has; run without --check to write it")
    else:
        out.write_text(text, "utf-8")
    for name in chosen:
        sys.stdout.write(f"{known[name][0]['x-plugin']}: {len(known[name])} operations\n")


if __name__ == "__main__":
    main()
