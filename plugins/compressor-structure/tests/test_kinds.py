"""The form of a text is told from its first lines."""

from __future__ import annotations

import ast
import re
from itertools import product
from pathlib import Path

import pytest
from kingpost_compressor_structure.forms.verdicts import MARKS
from kingpost_compressor_structure.kinds import tell

LIBRARY = Path(ast.__file__).parent


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ((LIBRARY / "os.py").read_text("utf-8"), "python"),
        ((LIBRARY / "argparse.py").read_text("utf-8"), "python"),
        ((LIBRARY / "configparser.py").read_text("utf-8"), "python"),
        ("[1, 2, 3]", "json"),
        ('{"a": 1}\n{"a": 2}\n{"a": 3}\n', "jsonl"),
        ("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", "diff"),
        ("[2026-01-01T10:00:00Z] started\n[2026-01-01T10:00:01Z] stopped\n", "log"),
        ("=== RUN   TestLift\n--- FAIL: TestLift (0.00s)\n    lift_test.go:7: got 3\nFAIL\n", "tests"),
        ("# Title\n\nSome text.\n\n- one\n- two\n", "markdown"),
        ("id,when,kind\n" + '7,"2026-01-01 10:00:00 UTC",crane\n' * 9, "table"),
        (" id | when                | kind\n" + "  7 | 2026-01-01 10:00:00 | crane\n" * 9, "table"),
        ("1\n00:00:01,000 --> 00:00:02,900\nIt lifts.\n\n" * 9, "prose"),
        ('"""Lifts.\n\n```py\nlift(1)\n```\n"""\nimport os\n\n' + "def lift(load):\n    return load\n\n" * 9, "python"),
        ("# Title\n\nSome text.\n\n```python\ndef lift(load):\n" + "    load += 1\n" * 20 + "```\n", "markdown"),
        ("a,b,c\n1,2,3\n4,5,6\n7,8,9\n", "table"),
        ('int main() {\n  puts("x");\n  return 0;\n}\n', "code"),
        ("export declare const lift: number;\nexport declare const rope: string;\n" * 20, "code"),
        ("#if WIND\n  lift(1);\n#else\n  lift(2);\n#endif\n" * 20, "code"),
        ("The crane lifts it.\nThe rope holds it.\nThe yard is wet.\n" * 20, "prose"),
        ("#!/bin/sh\n# Lift it.\n# - slowly\nlift 1\n", "code"),
        ("#!/usr/bin/env python3\nlift(1)\n", "python"),
        ("It was a dark night. Rain fell.\n\nNobody came, and so he went.\n", "prose"),
        ("Ann: Did you see it?\nBob: No, I import nothing from there.\n", "prose"),
        ("Ann: Did you see it?\nBob: No.\nAnn: Sad.\nBob: It was 3:40 already.\n", "dialogue"),
        ("[10:31] Ann: Hi\n[10:32] Bob: Hi\n[10:33] Ann: So?\n[10:34] Bob: Fine\n", "dialogue"),
        ("", "prose"),
    ],
)  # fmt: skip
def test_a_kind_is_told_from_the_text(text: str, kind: str) -> None:
    assert tell(text) == kind
    assert tell(text, "unheard of") == kind
    assert tell(text, "log") == "log"


_NAMES = ["", "a", ":", "a:", "::", "a::", "::a", "a:::", "a::b", ":" * 7, "a" * 199, "a" * 200, "a" * 201, ":" * 201]
_ENDS = [" PASSED", "\t  FAILED", " " * 8 + "ERROR", " " * 9 + "ERROR", "PASSED", " PASS", " ::a SKIPPED"]


def test_verdicts_of_a_runner_are_seen_in_the_same_lines_as_by_trying_every_colon() -> None:
    """The marks try one pair of colons for each line; here stands what they mean, with all pairs tried."""
    all_tried = re.compile(r"\n\S{1,200}::\S{1,200}\s{1,8}(?:PASSED|FAILED|ERROR|SKIPPED)")
    lines = [f"\n{first}{second}{third}{end}" for first, second, third, end in product(_NAMES, _NAMES, _NAMES, _ENDS)]

    seen = [line for line in lines if MARKS.match(line)]

    assert seen == [line for line in lines if all_tried.match(line)]
    assert 1000 < len(seen) < len(lines) - 1000
