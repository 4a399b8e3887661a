from __future__ import annotations

import pytest
from kingpost_agent_extract.units import MOST_CHARS, units
from kingpost_agent_extract.words import content, stem


@pytest.mark.parametrize(
    "forms",
    [
        "verify verified verifies verifying verification verifier",
        "survive survives survived surviving survival",
        "compress compressed compression compressor compressors",
        "execute executed execution executor",
        "cancel cancelled cancelling cancellation",
        "configure configuration configured",
        "persist persistence persistent",
        "durable durability durably",
        "memory memories",
        "store stored storage",
        "write written writes",
        "stop stopped stopping",
    ],
)
def test_forms_of_one_word_are_one(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize("pair", ["log lock", "state stage", "task tasked-out", "index indent", "crane cram", "9 19"])
def test_different_words_stay_different(pair: str) -> None:
    first, second = pair.split()

    assert stem(first) != stem(second)


def test_a_joined_name_is_found_by_its_parts() -> None:
    assert {"max", "token"} <= set(content("maxTokens"))
    assert {"max", "token"} <= set(content("max_tokens"))
    assert content("100,000") == content("100000")


def _parts(text: str, kind: str = "markdown") -> list[str]:
    return [text[unit.start : unit.end] for unit in units(text, kind)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two!  Three?", ["One.", "Two!", "Three?"]),
        ("See e.g. the crane. Dr. Who came.", ["See e.g. the crane.", "Dr. Who came."]),
        ("It is v1.2.3 of it. Next", ["It is v1.2.3 of it.", "Next"]),
        ("Call `a. B` (x. Y z) now. End.", ["Call `a. B` (x. Y z) now.", "End."]),
        ("One\ngoes on. Two.", ["One\ngoes on.", "Two."]),
        ('He said "stop." Then left.', ['He said "stop."', "Then left."]),
        ("- a\n- b\n  more\n\ntext", ["- a", "- b\n  more", "text"]),
        ("**Label.** Said. More.", ["**Label.** Said.", "More."]),
        ("| h | i |\n|---|---|\n| a | b |", ["| a | b |"]),
        ("```sh\nmake\n\nrun\n```\nText.", ["make\n\nrun", "Text."]),
        ("inside = 1\n```\n\nText.", ["inside = 1", "Text."]),
        ("# Only a heading", []),
        ("文。次。", ["文。", "次。"]),
    ],
)
def test_a_text_is_cut_into_what_can_be_quoted(text: str, parts: list[str]) -> None:
    assert _parts(text) == parts


def test_code_is_cut_at_empty_lines() -> None:
    assert _parts("def a():\n    pass\n\ndef b():\n    pass\n", "python") == [
        "def a():\n    pass",
        "def b():\n    pass",
    ]


def test_no_part_is_endless() -> None:
    for text in ("word " * 1000, "x" * 5000):
        parts = _parts(text)
        assert max(map(len, parts)) <= MOST_CHARS
        assert "".join(parts).replace(" ", "") == text.replace(" ", "")
