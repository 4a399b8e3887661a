from __future__ import annotations

import io
import re
import tokenize

import pytest

from tests.fences.house import at, refuse, texts

SILENCED = re.compile(r"#\s*(?:ruff:\s*)?noqa\b|#\s*type:\s*ignore\b", re.IGNORECASE)
REASONED = re.compile(
    r"#\s*(?:ruff:\s*)?noqa:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*[\s:#-]+\w+\W+\w+"
    r"|#\s*type:\s*ignore\[[\w, -]+\]\s*#[\s:-]*\w+\W+\w+"
)
UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b")


def test_silence_names_its_rule_and_its_reason() -> None:
    broken = [
        f"{at(path, line)}: {comment}"
        for path, text in texts(".py", ".pyi")
        for line, comment in _comments(text)
        if not _is_reasoned(comment)
    ]

    refuse(
        broken,
        "write `# noqa: S608 - the table's name is our own` or `# type: ignore[misc]  # why it is right`",
    )


def test_nothing_is_left_for_later() -> None:
    broken = [
        f"{at(path, number)}: {line.strip()}"
        for path, text in texts(
            ".py", ".pyi", ".md", ".toml", ".sql", ".sh", ".yml", ".yaml", ".json", ".ts", ".go", ""
        )
        for number, line in enumerate(text.splitlines(), 1)
        if UNFINISHED.search(line)
    ]

    refuse(broken, "do it now, or write it down as an issue")


def _comments(text: str) -> list[tuple[int, str]]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [(token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT]


def _is_reasoned(comment: str) -> bool:
    return len(SILENCED.findall(comment)) == len(REASONED.findall(comment))


@pytest.mark.parametrize(
    ("comment", "reasoned"),
    [
        ("# an ordinary comment", True),
        ("# noqa: S608 - the table's name is our own", True),
        ("# noqa: S608, E501 - the statement is one line", True),
        ("# type: ignore[misc]  # the stub is wrong", True),
        ("# type: ignore[misc]  # noqa: S608 - both for one reason", False),
        ("# noqa: S608", False),
        ("# no" + "qa", False),
        ("# type: ignore[misc]", False),
        ("# type: " + "ignore  # nobody knows what", False),
    ],
)
def test_a_reason_is_told_from_none(comment: str, reasoned: bool) -> None:
    assert _is_reasoned(comment) is reasoned
