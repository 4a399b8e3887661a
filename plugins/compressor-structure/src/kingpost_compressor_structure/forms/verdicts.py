"""What test runners print: failures and the final count first, then where and why, passed tests last."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..question import Question
from ..units import ABSENT, Form, Unit

MARKS = re.compile(
    r"\n(?:=+ (?:test session starts|FAILURES|ERRORS|short test summary info|\d+ (?:passed|failed))"
    # The last colons that have a name behind them decide: with earlier ones the name would only be longer.
    r"|(?>\S{1,200}::(?=\S))\S{1,200}+\s{1,8}(?:PASSED|FAILED|ERROR|SKIPPED)|(?:FAIL|ERROR): \w"
    r"|Ran \d+ tests? in|=== RUN\s|--- (?:PASS|FAIL|SKIP):"
    r"|(?:PASS|FAIL)\s{1,4}\S{1,200}\.[jt]sx?\b|Tests:\s|test \S{1,200} \.\.\. (?:ok|FAILED|ignored)|(?:not )?ok \d+ )"
)
"""Lines that only test runners write, behind the end of the line before."""
_VERDICT = re.compile(
    r"(?:FAILED|FAIL:?|ERROR:?)\s|--- FAIL|not ok\b|\S{1,200}\s{1,8}(?:FAILED|ERROR)\b|test \S{1,200} \.\.\. FAILED"
    r"|\s{0,8}[✕✗×●]\s|panicked|thread '"  # noqa: RUF001 - a cross that a runner prints
)
_COUNT = re.compile(
    r"=+ .{0,120}\b(?:passed|failed|errors?)\b|Ran \d+ test|FAILED \(|OK\b|Tests?( Suites)?:\s|test result:"
    r"|(?:ok|FAIL)\s+\S+\s+[\d.]+s"
)
_REASON = re.compile(
    r"E {2,16}\S|\s{0,12}(?:[\w.]{1,60}(?:Error|Exception)\b|Expected|Received|expected|got|left:|right:|assert)"
)
_PLACE = re.compile(r"\s{0,8}(?:File \".{1,200}\", line \d|[\w./\\-]{1,120}:\d{1,6}(?::|\b)|> )")
_HEAD = re.compile(r"_{4,} .{1,200} _{4,}|={4,} .{1,60} ={4,}|-{4,} .{1,60} -{4,}")
_PASSED = re.compile(
    r"\S{1,200}\s{1,8}(?:PASSED|SKIPPED)|=== RUN|--- PASS|test \S{1,200} \.\.\. ok|ok \d+"
    r"|\s{0,8}[✓√]\s|\S{0,120}\s?[.sx]{3,}"
)
_WORTH = ((_COUNT, 0.95), (_VERDICT, 1.0), (_REASON, 0.9), (_PLACE, 0.8), (_HEAD, 0.6), (_PASSED, 0.0))
_PROGRESS = re.compile(r"\S{1,200}\s{1,8}(?:FAILED|ERROR)\b")
_AGAIN = 0.75
"""A verdict that stands in the summary too."""
_MOST = 200
_LOSS = "tests that passed, and details of those that failed"


def form(text: str, question: Question) -> Form | None:
    """Lines; what is indented below a failure says more about it."""
    del question
    units: list[Unit] = []
    head = ABSENT
    summed_up = "short test summary info" in text
    for lines in _together(text):
        line = lines[0]
        worth = next((worth for pattern, worth in _WORTH if pattern.match(line)), 0.1)
        if worth == 1.0 and summed_up and _PROGRESS.match(line):
            worth = _AGAIN
        # A line of reasons is worth more with the name of its test above it.
        parent = head if worth in (0.9, 0.8) else ABSENT
        if _HEAD.match(line):
            head = len(units)
        title = line if worth == 1.0 else ""
        units.append(Unit(("".join(lines),), (worth,), title=title, parent=parent, loss=_LOSS))
    return Form(units) if any(unit.worth[0] >= 0.9 for unit in units) else None


def _together(text: str) -> Iterator[list[str]]:
    """Lines with the blank ones behind them, where a gap would take more room; and tests that passed in one."""
    part: list[str] = []
    passed = False
    for line in text.splitlines(keepends=True):
        begins = line.strip() != ""
        passes = begins and _PASSED.match(line) is not None
        if part and begins and not (passes and passed and len(part) < _MOST):
            yield part
            part = []
        passed = passes or (passed and not begins)
        part.append(line)
    if part:
        yield part
