"""Texts that are long in one way only, on which time that grows with the square of the length would show.

Used by ``tests.bench.fit`` in two sizes, and whole by the tests of the compressor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping


def _many(count: int, unit: str) -> Callable[[float], str]:
    """So many of a unit in the whole size; ``#`` in it is its number."""

    def made(size: float) -> str:
        times = round(count * size)
        return "".join(unit.replace("#", str(at)) for at in range(times)) if "#" in unit else unit * times

    return made


def _nested(count: int, opens: str, inside: str, closes: str) -> Callable[[float], str]:
    return lambda size: opens * round(count * size) + inside + closes * round(count * size)


def _in_turn(count: int, *units: str) -> Callable[[float], str]:
    """So many units in the whole size, one of each kind in turn."""
    return lambda size: "".join(units[at % len(units)].replace("#", str(at)) for at in range(round(count * size)))


_LETTERS = str.maketrans("0123456789", "abcdefghij")
_LONG = [
    "def lift_#(load):\n" + "    load = load + #\n" * 8 + "\n\n",
    '{"crane": #, "tonnes": 40}\n' * 8 + "\n",
    "2026-01-01 10:00:00 INFO lifted # t\n" * 8 + "\n",
    "Ann: it is number #\nBob: no\n" * 5 + "\n",
    "| crane | tonnes |\n|---|---|\n" + "| # | 40 |\n" * 7 + "\n",
    "@@ -# +# @@\n-old\n+new\n" * 4 + "\n",
    "## Yard #\n\n- a crane\n\n",
]

HOSTILE: Mapping[str, Callable[[float], str]] = {
    "equal characters": _many(1_000_000, "a"),
    "spaces": _many(1_000_000, " "),
    "parentheses": _many(200_000, "("),
    "blank lines": _many(100_000, "\n"),
    "one long line": _many(40_000, "word and more to say of it. "),
    "one line of 5 MB": _many(350_000, "word and more "),
    "dots": _many(500_000, "."),
    "dots and spaces": _many(200_000, ". "),
    "quotes": _many(500_000, '"'),
    "open string": lambda size: '["' + '\\"' * round(200_000 * size),
    "deep json": _nested(100_000, "[", "", "]"),
    "deep objects": _nested(100_000, '{"a":', "1", "}"),
    "deep python": lambda size: "".join(" " * depth + "if x:\n" for depth in range(round(1_500 * size))),
    "branches": lambda size: "if a:\n  pass\n" + _many(4_000, "elif a#:\n  def lift_#(): pass\n")(size),
    "long sum": lambda size: f"import os\nx = {'1+' * round(100_000 * size)}1\n",
    "digits": _many(500_000, "1"),
    "hashes": lambda size: "#" * round(500_000 * size),
    "fences": _many(20_000, "```\n"),
    "ticks": _many(500_000, "`"),
    "bars": _many(200_000, "|a"),
    "errors": _many(80_000, "error "),
    "indents": lambda size: "".join(" " * (line % 200) + "function x() {\n" for line in range(round(3_000 * size))),
    "diff hunks": lambda size: (
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n" + _many(50_000, "@@ -#,2 +#,2 @@\n same\n-old #\n+new #\n")(size)
    ),
    "tables of one line": _many(100_000, "a#,b,c\n\n"),
    "kinds in turn": _in_turn(5_000, *_LONG),
    "kinds in turn, fenced": _in_turn(
        4_000, "```python\nx = #\n```\n\n", '```json\n{"a": #}\n```\n\n', "Some text.\n\n"
    ),
    "ends of lines": _in_turn(60_000, "line # is here\r\n", "line # is here\n", "line # is here\r"),
    "control characters": _many(30_000, "\x0b\x0c\x1c"),
    "NULs": _many(100_000, "\x00\x00 a\n"),
    "half surrogates": _many(50_000, "\ud800 half \udc00\n"),
    "byte order marks": _many(80_000, "\ufeffsome text\n"),
    "bidirectional marks": _many(60_000, "\u202eright\u202c \u2066left\u2069\n"),
    "joined signs": _many(50_000, "👩\u200d👩\u200d👧"),
    "combining marks": _many(100_000, "e\u0301\u0301\u0301"),
    "chinese": _many(200_000, "漢字"),
    "two names": _many(45_000, "Ann: yes #\nBob: no\n"),
    "nicks": _many(60_000, "<a> # x\n<b> y\n"),
    "open brackets": _many(500_000, "[1"),
    "heads in turn": _many(60_000, "### Ann\n### Bob\n"),
    "heads and text": _many(25_000, "### Ann\n\ntext #\n\n### Bob\n\nmore #\n\n"),
    "stairs": lambda size: "".join(" " * (at % 9) + f"k{at}:\n" for at in range(round(90_000 * size))),
    "high stairs": lambda size: "".join(" " * (at % 400) + f"k{at}:\n" for at in range(round(4_600 * size))),
    "commits": _many(35_000, "commit 0123456789abcdef#\n"),
    "one hunk": lambda size: "diff --git a/x b/x\n@@ -1 +1 @@\n" + _many(60_000, "+line # of it\n")(size),
    "log of names": lambda size: "".join(
        f"2026-01-01 10:00:00 INFO login {str(at).translate(_LETTERS)}\n" for at in range(round(22_000 * size))
    ),
    "one record": lambda size: "2026-01-01 10:00:00 ERROR x\n" * 4 + _many(60_000, "    at frame #\n")(size),
    "tests that passed": _many(50_000, "t/a.py::t_# PASSED\n"),
    "open quotes": lambda size: "a,b,c\n" + _many(80_000, '1,"2,#\n')(size),
    "keys": lambda size: "{" + _many(60_000, '"k#": #, ')(size) + '"k": 0}',
}
"""By name, what makes it in a share of its whole size."""
