"""Breaks everything that a gate of the contracts holds, one after the other, and says which gate has not turned red.

``make mutants`` runs it after the tests of the gates, which break a few of each kind.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.contracts import ground
from tests.contracts.broken import BREAKS, Broken, reach, renamed
from tests.contracts.provider import Provider
from tests.contracts.release import current, released
from tests.contracts.verification import distinct, verified


def broken_promises() -> Iterator[tuple[str, int, list[str]]]:
    """Every way of breaking an answer, with how many it broke and what nobody noticed."""
    everything = distinct(current() | released())
    with Provider() as provider:
        for name, deed in BREAKS.items():
            concerned = reach(name, everything)
            with Broken(provider.url, deed) as broken:
                verdict = verified(provider, concerned, broken.url)
            unseen = [one["description"] for one in concerned if one["description"] not in verdict.broken]
            yield f"the server: {name}", len(concerned), unseen


def other_floors() -> Iterator[tuple[str, int, list[str]]]:
    """Every ground floor, made of a document with another field."""
    document = renamed(json.loads(ground.DOCUMENT.read_text("utf-8")))
    for name, (made, kept) in ground.FLOORS.items():
        # The blocking half is made out of the asynchronous one, not out of the document.
        if name != "python, blocking":
            with tempfile.TemporaryDirectory(dir=ground.ROOT / ".venv") as folder:
                made(document, Path(folder, "floor"))
                seen = ground.differing(Path(folder, "floor"), kept)
            yield f"the ground floor of {name}", 1, [] if seen else [name]


def main() -> None:
    """Print a line for each mutant; fail when one lives."""
    lives = 0
    for mutants in (broken_promises, other_floors):
        began = time.process_time()
        for name, number, unseen in mutants():
            lives += len(unseen)
            took, began = time.process_time() - began, time.process_time()
            sys.stderr.write("".join(f"  nobody noticed {one}\n" for one in unseen))
            sys.stderr.write(f"{name}: {number - len(unseen)} of {number} seen, {took:.1f} s of CPU\n")
    sys.exit(bool(lives))


if __name__ == "__main__":
    main()
