"""How text becomes terms."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kingpost_memory_sqlite.stems import stem
from kingpost_memory_sqlite.words import LONGEST, analysed

HANDBOOK = Path(__file__).with_name("handbook.md")
LONG = ["a" * 1_000_000, "漢" * 200_000, "_" * 1_000_000, "aB" * 300_000, "(" * 1_000_000, "\u0301" * 200_000]


@pytest.mark.parametrize(
    ("text", "main", "parts"),
    [
        ("The ships were sailing", ["ship", "sail"], []),
        ("memory.before_commit", ["memori", "beforecommit"], ["befor", "commit"]),
        ("HTTPServer2 sha256", ["httpserver2", "sha256"], ["http", "server", "sha", "256"]),
        ("__init__", ["init"], []),
        ("don't, Anna's", ["anna"], []),
        ("kill -9", ["kill", "9"], []),
        ("Größe CAFÉ", ["gross", "cafe"], []),
        ("日本語 水", ["日本", "本語", "水"], []),
        ("Pythonで書く", ["python", "で書", "書く"], []),
        ("हिन्दी", ["हिन्दी"], []),
        ("\ud800 \0 🏗️", [], []),
    ],
)
def test_a_text_has_these_terms(text: str, main: list[str], parts: list[str]) -> None:
    found = analysed(text)

    assert [term for terms in found for term in terms.main] == main
    assert [term for terms in found for term in terms.parts] == parts


@given(st.text() | st.text(alphabet="aZ_9 é漢ﷺ½Ⅷİſ\u0301\u0e01"))
def test_no_term_holds_what_would_end_it(text: str) -> None:
    """Terms are parted by spaces and quoted in a MATCH, so neither may stand in one."""
    for terms in analysed(text):
        for term in (*terms.main, *terms.parts):
            assert term
            assert len(term) <= LONGEST
            assert not any(sign.isspace() or sign in '"\0' for sign in term)


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_a_long_run_is_read_like_any_other(text: str) -> None:
    for terms in analysed(text):
        assert all(len(term) <= LONGEST for term in terms.main)


@pytest.mark.parametrize(
    "family",
    [
        "verify verifies verified verification",
        "apply applied applies application",
        "write writes wrote written writing",
        "memory memories",
        "survive survives survived surviving survival",
        "index indices indexes indexed",
        "connect connected connecting connection connections",
        "hope hoped hoping",
        "plan plans planned planning",
        "deploy deploys deployed deployment",
        "enjoy enjoyed enjoyment",
        "try tries tried trying",
        "sky skies",
    ],
)
def test_the_forms_of_a_word_have_one_stem(family: str) -> None:
    assert len({stem(word) for word in family.split()}) == 1


@pytest.mark.parametrize(
    "pair", ["universe sailor", "hop hope", "crane cranberry", "log login", "state station", "sky ski"]
)
def test_different_words_have_different_stems(pair: str) -> None:
    first, second = pair.split()

    assert stem(first) != stem(second)


def test_a_stem_is_the_one_that_sqlite_finds() -> None:
    """SQLite's own Porter stemmer is the other opinion; ours goes its own way in irregular forms, at -ify and at y."""
    words = re.findall("[a-z]{3,}", HANDBOOK.read_text("utf-8").lower())
    theirs = _porter(words)

    ours = {word for word in words if stem(word) != theirs[word] and not re.search("[aeiou]y", word)}
    assert ours == {"dry", "fell", "flown", "kept", "paid", "sold", "taken", "written", "wrote"}


def _porter(words: list[str]) -> dict[str, str]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5(w, tokenize = 'porter ascii')")
        connection.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, instance)")
        connection.executemany("INSERT INTO t (rowid, w) VALUES (?, ?)", enumerate(words))
        return {words[row]: term for row, term in connection.execute("SELECT doc, term FROM v")}
