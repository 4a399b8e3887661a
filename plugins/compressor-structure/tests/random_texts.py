"""Texts of every form out of a seed: whole, mixed and damaged."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random

from kingpost import Passage, Trust

WORDS = [
    *("crane", "rope", "harbour", "lift", "tonnes", "rusty", "Ada", "red", "1931", "forty", "because", "yesterday"),
    *("café", "漢字", "naïve", "load_limit", "maxLoad"),
]
QUERIES = [
    "",
    "",
    "What does the red crane lift?",
    "load_limit",
    "1931 ERROR rope",
    "漢字",
    "(((",
    "the of and",
    "\ud800",
]


def _said(chance: Random, most: int = 12) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(1, most)))


def _prose(chance: Random) -> str:
    ends = [". ", "! ", "? ", "\n", ".\n\n", "。", " "]
    return "".join(_said(chance, 20).capitalize() + chance.choice(ends) for _ in range(chance.randint(1, 12)))


def _dialogue(chance: Random) -> str:
    head = chance.choice(["", "Session of 8 May 2023\n\n", "[10:20] "])
    names = chance.sample(["Ann", "Bob", "Dr. O'Neil", "Mary Jane", "李"], 2)
    return head + "".join(f"{chance.choice(names)}: {_said(chance, 30)}\n" for _ in range(chance.randint(1, 14)))


def _markdown(chance: Random) -> str:
    makers: list[Callable[[], str]] = [
        lambda: f"{'#' * chance.randint(1, 6)} {_said(chance, 4)}\n\n",
        lambda: "".join(f"- {_said(chance)}\n" for _ in range(chance.randint(1, 4))) + "\n",
        lambda: f"```{chance.choice(['', 'python', 'json'])}\n{_said(chance)}  \n\n\n{_said(chance)}\n```\n",
        lambda: f"> {_said(chance)}\n\n",
        lambda: _prose(chance) + "\n\n",
        lambda: "| a | b |\n|---|---|\n" + f"| {_said(chance, 2)} | 1 |\n" * chance.randint(1, 5) + "\n",
    ]
    return "".join(chance.choice(makers)() for _ in range(chance.randint(1, 7)))


def _python(chance: Random) -> str:
    def function(indent: str) -> str:
        name = chance.choice(["lift", "_oil", "turn", "__init__"])
        head = f"{indent}{chance.choice(['', 'async '])}def {name}(load: int = {chance.randint(0, 9)}, *rest):"
        doc = chance.choice(["", f'{indent}    """{_said(chance)}.\n\n{indent}    {_said(chance)}\n{indent}    """\n'])
        lines = [f"{indent}    x = {n}  # {_said(chance, 3)}\n" for n in range(chance.randint(1, 6))]
        deco = chance.choice(["", "", f"{indent}@property\n"])
        return f"{deco}{head}\n{doc}{''.join(lines)}\n\n"

    makers: list[Callable[[], str]] = [
        lambda: function(""),
        lambda: (
            f"class Crane{chance.randint(0, 9)}(object):\n    '''{_said(chance)}'''\n    reach = 3\n"
            + "".join(function("    ") for _ in range(chance.randint(0, 3)))
        ),
        lambda: f"LIMIT = {{\n    'a': 1,\n    'b': '''{_said(chance)}\n{_said(chance)}''',\n    'c': 3,\n}}\n",
        lambda: f"if LIMIT:\n{function('    ')}else:\n    pass\n",
        lambda: "import os\nfrom sys import path\n",
        lambda: f"# {_said(chance)}\n\n\n",
        lambda: "def one(): return 1\n",
    ]
    return "".join(chance.choice(makers)() for _ in range(chance.randint(1, 7)))


def _code(chance: Random) -> str:
    def body() -> str:
        return "".join(
            f"  use({chance.choice(WORDS[:6])}); // {_said(chance, 3)}\n" for _ in range(chance.randint(1, 6))
        )

    makers: list[Callable[[], str]] = [
        lambda: f"export function lift{chance.randint(0, 9)}(load) {{\n{body()}}}\n\n",
        lambda: f"func Lift{chance.randint(0, 9)}() {{\n{body()}}}\n\n",
        lambda: f"class Crane {{\n  turn() {{\n  {body()}  }}\n}}\n",
        lambda: f"/* {_said(chance)} */\nconst a = `{_said(chance)}\n\n  {_said(chance)}`;\n",
    ]
    return "".join(chance.choice(makers)() for _ in range(chance.randint(1, 6)))


def _value(chance: Random, depth: int = 0) -> object:
    roll = chance.random()
    if depth < 3 and roll < 0.3:
        return {chance.choice(WORDS): _value(chance, depth + 1) for _ in range(chance.randint(0, 5))}
    if depth < 3 and roll < 0.5:
        return [_value(chance, depth + 1) for _ in range(chance.randint(0, 5))]
    return chance.choice([_said(chance), chance.randint(-9, 9), 1.5e300, None, True, "", '"|\\', "\u2028"])


def _row(chance: Random, number: int) -> dict[str, object]:
    return {"id": number, "name": _said(chance, 2), "price": chance.randint(1, 9), "kind": "crane"}


def _json(chance: Random) -> str:
    rows = [_row(chance, number) for number in range(chance.randint(0, 14))]
    made = chance.choice([rows, _value(chance), {"rows": rows, "note": _value(chance)}])
    return json.dumps(made, indent=chance.choice([None, 1, 4]), ensure_ascii=chance.random() < 0.5)


def _jsonl(chance: Random) -> str:
    return "".join(json.dumps(_row(chance, number)) + "\n" for number in range(chance.randint(1, 14)))


def _log(chance: Random) -> str:
    lines = []
    for number in range(chance.randint(1, 25)):
        level = chance.choice(["INFO", "INFO", "INFO", "WARN", "ERROR"])
        said = chance.choice([f"lifted {chance.randint(1, 99)} t", "heartbeat", _said(chance)])
        lines.append(f"2026-01-01 10:00:{number:02} {level} {said}\n")
        if level == "ERROR" and chance.random() < 0.4:
            lines.append('Traceback (most recent call last):\n  File "a.py", line 1, in b\nValueError: torn\n')
    return "".join(lines)


def _table(chance: Random) -> str:
    mark = chance.choice([",", "\t", ";", "|"])
    rows = [[str(n), _said(chance, 2), chance.choice(["1", "12.5", "", '"a\nb"', "1e999"])] for n in range(14)]
    return "".join(mark.join(row) + "\n" for row in [["id", "name", "tonnes"], *rows[: chance.randint(1, 14)]])


def _diff(chance: Random) -> str:
    files = []
    for number in range(chance.randint(1, 3)):
        hunks = [
            f"@@ -{at},3 +{at},3 @@\n {_said(chance)}\n-{_said(chance)}\n+{_said(chance)}\n \n"
            for at in range(chance.randint(1, 4))
        ]
        files.append(f"diff --git a/{number} b/{number}\n--- a/{number}\n+++ b/{number}\n{''.join(hunks)}")
    return "".join(files)


def _tests(chance: Random) -> str:
    verdicts = [f"tests/a.py::test_{n} {chance.choice(['PASSED', 'PASSED', 'FAILED'])}\n" for n in range(9)]
    trace = f"____ test_1 ____\n>   assert lift() == 40\nE   AssertionError: {_said(chance)}\na.py:3: AssertionError\n"
    return "".join(verdicts[: chance.randint(2, 9)]) + chance.choice(["", trace]) + "==== 1 failed, 8 passed ====\n"


def _hostile(chance: Random) -> str:
    runs = [
        "a",
        " ",
        "(",
        "\n",
        '"',
        "\\",
        "[",
        "{",
        "`" * 3 + "\n",
        "\t",
        "#",
        "1",
        ".",
        "|",
        "\r\n",
        "\f",
        "\x00",
        "\ud800",
    ]
    odd = [
        "漢",
        "\u202e",
        "\u200d",
        "👩‍👩‍👧",
        "e\u0301",
        "\x0b",
        "\x1c",
        "\u2028",
        "'''",
        '"""',
        "class x:\n",
        "x: y\n",
        "…",
    ]
    return "".join(chance.choice(runs + odd) * chance.choice([1, 2, 3, 40, 300]) for _ in range(chance.randint(0, 9)))


ONE: dict[str, Callable[[Random], str]] = {
    "code": _code, "dialogue": _dialogue, "diff": _diff, "hostile": _hostile, "json": _json, "jsonl": _jsonl,
    "log": _log, "markdown": _markdown, "prose": _prose, "python": _python, "table": _table, "tests": _tests,
}  # fmt: skip
NAMES = {
    "code": ["a.go", "a.js", "a.ts", "a.rs", "a.c", "a"], "python": ["a.py", "a"], "log": ["a.log", "a"],
    "table": ["a.csv", "a.tsv", "a"], "markdown": ["a.md", "a"], "jsonl": ["a.ndjson", "a"],
}  # fmt: skip


def _mixed(chance: Random) -> str:
    makers = chance.choices(list(ONE.values()), k=chance.randint(2, 4))
    return chance.choice(["", "\n", "\n\n", "\n\n\n"]).join(make(chance) for make in makers)


FORMS = {**ONE, "mixed": _mixed}


def damaged(text: str, chance: Random) -> str:
    """As people paste it: cut off, with something in its middle, twice, with other ends of lines."""
    at = chance.randint(0, len(text))
    ways: list[Callable[[], str]] = [
        lambda: text[at:],
        lambda: text[:at],
        lambda: text[:at] + _hostile(chance) + text[at:],
        lambda: text[:at] + text + text[at:],
        lambda: text.replace("\n", chance.choice(["\r\n", "\n\n", "  \n", "\r"])),
        lambda: chance.choice([" ", "\t", "    "]) + text.replace("\n", "\n    "),
    ]
    return chance.choice(ways)() if chance.random() < 0.6 else text


def passages(form: str, chance: Random) -> list[Passage]:
    """Up to four of a form, some of them the same again."""
    found: list[Passage] = []
    for number in range(chance.choice([1, 1, 2, 4])):
        text = damaged(FORMS[form](chance), chance)
        if found and chance.random() < 0.2:
            text = found[0].text
        found.append(
            Passage(
                id=str(number),
                text=text,
                source=chance.choice(NAMES.get(form, ["a"])),
                kind=chance.choice(["", "", "", form, *FORMS]),
                score=chance.choice([0.0, 0.5, 7.0, -1.0]),
                trust=chance.choice(list(Trust)),
                pinned=chance.random() < 0.15,
            )
        )
    return found
