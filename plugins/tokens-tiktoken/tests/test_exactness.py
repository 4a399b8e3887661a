"""Counts are those of tiktoken, fed the whole text at once, wherever tiktoken survives that."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from unicodedata import category

import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st
from kingpost_tokens_tiktoken import engines, pieces
from kingpost_tokens_tiktoken.counting import TiktokenCounter
from kingpost_tokens_tiktoken.engines import CHUNK, Engine, Tiktoken, fast
from kingpost_tokens_tiktoken.vocabulary import CL100K_BASE, O200K_BASE, Vocabulary, load

BOTH = pytest.mark.parametrize("vocabulary", [CL100K_BASE, O200K_BASE], ids=lambda each: each.name)
ENGINES = pytest.mark.parametrize("make", [Tiktoken, fast])
Make = Callable[[Vocabulary], Engine | None]

# What meets at a cut decides whether it is safe, so the parts are chosen to meet in every way.
PARTS = [
    *" \t\n\r/'(=_-.,;\"#\x1f\x00\u00a0\u3000\u0301\u200d",
    *("\r\n", "\n\n", "  ", " \n ", "\n/", "'s", "'LL", "'\u017f", "'t", "```", "<|endoftext|>", "http://a.b/c?d=1"),
    *("a", "B", "word", "Word", "WORD", "wordWord", "\u00e9", "\u00df", "\u01c5", "\u02b0"),
    *("\u0928\u092e\u0938\u094d\u0924\u0947", "\u4e2d\u6587", "\u3042", "\u3002", "\uff0c", "\uff1f", "\ud55c\uad6d"),
    *("\u0645\u0631\u062d\u0628\u0627", "\U0001f600", "\U0001f469\u200d\U0001f680"),
    *("1", "12", "1234567", "\u0662", "\u2167", "\u00bd"),
]
mixed = st.lists(st.sampled_from(PARTS) | st.text(max_size=4), max_size=60).map("".join)
# Python's regex takes some characters that Unicode has not assigned yet for letters.
assigned = st.lists(
    st.sampled_from(PARTS) | st.text(st.characters(exclude_categories=["Cn", "Cs"]), max_size=4), max_size=60
).map("".join)
many = settings(max_examples=300, deadline=None, derandomize=True, database=None)


def plain(vocabulary: Vocabulary, text: str) -> int:
    return len(load(vocabulary).encode_ordinary(text))


def made(make: Make, vocabulary: Vocabulary) -> Engine:
    """The engine, where this Python has it."""
    if (engine := make(vocabulary)) is None:
        pytest.skip("rs-bpe is not installed")
    return engine


def whole(vocabulary: Vocabulary, piece: bytes) -> list[int]:
    return load(vocabulary)._encode_single_piece(piece)  # noqa: SLF001 - what the segments are compared with


@BOTH
@many
@given(text=mixed)
def test_both_sides_of_every_safe_cut_add_up(vocabulary: Vocabulary, text: str) -> None:
    """Not only where a chunk happens to end: everywhere that a chunk might."""
    if text != text.encode(errors="replace").decode():
        return
    expected = load(vocabulary).encode_ordinary(text)
    for match in pieces.SAFE_CUT.finditer(text):
        at = match.start()

        assert load(vocabulary).encode_ordinary(text[:at]) + load(vocabulary).encode_ordinary(text[at:]) == expected


@BOTH
@ENGINES
@many
@given(text=assigned)
def test_a_split_by_us_is_the_split_of_tiktoken(make: Make, vocabulary: Vocabulary, text: str) -> None:
    split = pieces.by_pieces(made(make, vocabulary), vocabulary, text)

    assert [token for part in split for token in part] == load(vocabulary).encode_ordinary(text)


@BOTH
@many
@given(text=mixed)
def test_the_quick_engine_gives_the_tokens_of_tiktoken(vocabulary: Vocabulary, text: str) -> None:
    if text != text.encode(errors="replace").decode():
        return
    engine, expected = made(fast, vocabulary), load(vocabulary).encode_ordinary(text)

    assert list(engine.encode(text)) == expected
    assert engine.count(text) == len(expected)
    assert bytes(engine.decode(expected)) == text.encode()


@BOTH
def test_every_character_counts_as_tiktoken_counts_it(vocabulary: Vocabulary) -> None:
    """Whatever class Unicode puts it in: alone, between letters, and among others of its block."""
    engine = made(fast, vocabulary)
    plane = [chr(number) for number in range(0x32000) if not 0xD800 <= number < 0xE000]
    for first in range(0, len(plane), 64):
        block = plane[first : first + 64]
        text = "".join(block) + "".join(f" a{each}B{each}{each}1" for each in block)

        assert engine.count(text) == plain(vocabulary, text), f"U+{ord(block[0]):04X} to U+{ord(block[-1]):04X}"


@BOTH
@ENGINES
@pytest.mark.parametrize(
    "letters",
    ["a", "ab", "ACGT", "etaoin", "\u4e2d\u6587\u5b57", "=-", "\u00e9\u00ff\u4e2d", "\U0001f600\U0001f601"],
)
def test_a_giant_piece_is_joined_exactly(make: Make, vocabulary: Vocabulary, letters: str) -> None:
    chance, engine = random.Random(letters), made(make, vocabulary)
    for length in (5_000, 9_001, 30_000):
        piece = "".join(chance.choices(letters, k=length)).encode()

        assert [token for part in pieces.giant(engine, piece) for token in part] == whole(vocabulary, piece)


@BOTH
@ENGINES
def test_real_documents_count_as_tiktoken_counts_them(make: Make, vocabulary: Vocabulary) -> None:
    """This repository's own files, together far longer than a chunk."""
    root = Path(__file__).parents[3]
    files = sorted(path for suffix in ("py", "md", "toml", "txt") for path in root.glob(f"*/*.{suffix}"))
    text = "".join(path.read_text("utf-8") for path in files + sorted(root.glob("core/src/**/*.py")))

    assert len(text) > 3 * CHUNK
    assert TiktokenCounter(vocabulary, made(make, vocabulary)).count(text) == plain(vocabulary, text)


RUNS = {
    "letters": "a",
    "capitals": "A",
    "camels": "aB",
    "words without end": "ACGTTGCA",
    "chinese": "\u4e2d",
    "accents": "(\u00e9",
    "marks": "\u0301",
    "emoji": "\U0001f600",
    "spaces": " ",
    "tabs": "\t",
    "lines": "\n",
    "blank lines": " \n",
    "parentheses": "(",
    "rules": "=",
    "underscores": "_",
    "quotes": "' ",
    "digits": "1",
    "json": '{"a":"b"},',
    "base64": "QUJDREVGR0hJSktM+/",
}


@BOTH
@ENGINES
@pytest.mark.parametrize("run", RUNS)
def test_long_runs_count_as_tiktoken_counts_them(make: Make, vocabulary: Vocabulary, run: str) -> None:
    text = f"first words, {(RUNS[run] * 200_000)[:200_000]}last words"

    assert TiktokenCounter(vocabulary, made(make, vocabulary)).count(text) == plain(vocabulary, text)


@BOTH
def test_equal_characters_that_are_not_split_first_are_one_piece(vocabulary: Vocabulary) -> None:
    """A sample of all letters, marks, signs and punctuation; numbers and spaces are several."""
    split = load(vocabulary)._core_bpe.encode_ordinary  # noqa: SLF001 - the split of tiktoken itself, without checks
    characters = [
        chr(number) for number in (*range(0x250), *range(0x250, 0x32000, 29)) if category(chr(number)) != "Cs"
    ]
    long = [each for each in characters if pieces.is_one_piece(each * (CHUNK + 1))]

    assert {category(each)[0] for each in long} == set("LMPS")
    assert not {"1", "\u00bd", " ", "\u3000", "\n", "\x00"} & set(long)
    for each in long:
        assert split(each * 9) == whole(vocabulary, (each * 9).encode()), f"U+{ord(each):04X}"


@BOTH
@ENGINES
@pytest.mark.parametrize("character", ["A", "\u00e9", "\u4e2d", "\u0301", "=", "/", "\U0001f600", "\u01c5"])
def test_nothing_but_one_character_counts_as_tiktoken_counts_it(
    make: Make, vocabulary: Vocabulary, character: str
) -> None:
    text = character * (CHUNK + 2_345)

    assert TiktokenCounter(vocabulary, made(make, vocabulary)).count(text) == plain(vocabulary, text)


@BOTH
@ENGINES
@pytest.mark.parametrize(("character", "tokens"), [(" ", 7_813), ("\t", 62_500), ("a", 125_000), ("(", 250_000)])
def test_a_million_equal_characters_are_counted_without_a_panic(
    make: Make, vocabulary: Vocabulary, character: str, tokens: int
) -> None:
    """Alone, tiktoken panics on the first two with o200k_base; with cl100k_base it counts the same."""
    assert TiktokenCounter(vocabulary, made(make, vocabulary)).count(character * 1_000_000) == tokens


def test_a_panic_inside_a_chunk_is_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    """The panic is no ``Exception``; anything else that is none, above all Ctrl-C, passes through."""
    PanicException = type("PanicException", (BaseException,), {})  # noqa: N806 - the name is what it is told by
    text, expected = "what panics", plain(O200K_BASE, "what panics")

    def panic(self: tiktoken.Encoding, text: str) -> list[int]:
        raise PanicException

    monkeypatch.setattr(tiktoken.Encoding, "encode_ordinary", panic)
    assert TiktokenCounter(O200K_BASE, Tiktoken(O200K_BASE)).count(text) == expected

    def interrupt(self: tiktoken.Encoding, text: str) -> list[int]:
        raise KeyboardInterrupt

    monkeypatch.setattr(tiktoken.Encoding, "encode_ordinary", interrupt)
    with pytest.raises(KeyboardInterrupt):
        TiktokenCounter(O200K_BASE, Tiktoken(O200K_BASE)).count(text)


@BOTH
def test_surrogates_read_as_tiktoken_reads_them(vocabulary: Vocabulary) -> None:
    for text in ("\ud800", "a\udfffb", "\ud83d\ude00 whole", "\ude00\ud83d"):
        assert TiktokenCounter(vocabulary).count(text) == plain(vocabulary, text)


@BOTH
@ENGINES
@many
@given(text=mixed | st.text(st.characters(categories=["Cs", "Ll", "So", "Zs"]), max_size=30), limit=st.integers(-1, 40))
def test_a_cut_is_the_longest_run_of_whole_tokens(make: Make, vocabulary: Vocabulary, text: str, limit: int) -> None:
    counter = TiktokenCounter(vocabulary, made(make, vocabulary))
    cut = counter.cut(text, limit)

    assert text.startswith(cut)
    assert counter.count(cut) <= max(limit, 0)
    if cut != text and text.isascii() and " " not in text and limit > 0 and not any(c.isspace() for c in text):
        assert counter.count(cut) == limit


@BOTH
@ENGINES
def test_a_cut_far_into_a_long_text_counts_again(make: Make, vocabulary: Vocabulary) -> None:
    counter = TiktokenCounter(vocabulary, made(make, vocabulary))
    text = "Forty tonnes, lifted in 1931; \u4e2d\u6587\uff0c\U0001f600 and so on.\n" * 5_000
    for limit in (1, 1_000, 43_210, counter.count(text) - 1):
        cut = counter.cut(text, limit)

        assert text.startswith(cut)
        assert limit - 3 <= counter.count(cut) <= limit


@BOTH
@many
@given(parts=st.lists(mixed | st.sampled_from(["<passage>", "\n", "\n\n", "<", "\n\n<"]), max_size=12))
def test_a_prompt_is_counted_by_its_elements_and_each_only_once(vocabulary: Vocabulary, parts: list[str]) -> None:
    text, counter = "\n\n<".join(parts), TiktokenCounter(vocabulary)
    expected = plain(vocabulary, text)

    assert counter.count(text) == expected
    before = counter.known.misses
    assert counter.count(text) == expected
    assert counter.known.misses == before
    assert counter.known.hits >= (text != "")


def test_an_engine_that_counts_otherwise_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of it may; then tiktoken counts, as if it were not installed."""
    made(fast, CL100K_BASE)
    monkeypatch.setitem(engines.SAMPLE_TOKENS, CL100K_BASE, 99)

    assert fast(CL100K_BASE) is None
