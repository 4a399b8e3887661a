"""Exact tokens of texts of any length, in linear time and without tiktoken's panic.

Called by ``counting``. tiktoken gives up (o200k_base: on 1,000,000 spaces, with a panic) or slows down on very long
texts, and rs-bpe slows down on long runs of one character, so they are fed chunks. The sum over chunks is exact because
chunks end only where no piece of either pattern can cross and where no piece before the cut looks beyond it. A stretch
without such a place, one giant word say, is split by the pattern itself, and its giant pieces are joined from segments
by a rule that is exact for byte pair encoding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from unicodedata import category

from .engines import CHUNK, SEGMENT, Engine, is_panic
from .vocabulary import Vocabulary

# Where a text may be cut in two whose counts add up, for both patterns:
SAFE_CUT = re.compile(
    # between anything and a space (a piece takes spaces only at its front, or only spaces);
    r"(?<=\S)(?=[ \t])"
    # between the end of a line and text (only o200k_base goes on, and only with a slash);
    r"|(?<=\n)(?=[^\s/])"
    # on either side of a run of digits (digits share a piece with nothing);
    r"|(?<=[0-9])(?=[\x00-\x2f\x3a-\x7f])|(?<=[\x21-\x2f\x3a-\x7e])(?=[0-9])"
    # between a letter and punctuation that starts no contraction.
    r"|(?<=[A-Za-z])(?=[!-&(-/:-@\[-`{-~])"
    r"|(?<=[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3])(?=[\u3001\u3002\uff01\uff0c\uff1f])"
)

_DIGITS = re.compile(rf"[0-9]{{{CHUNK}}}")
# One piece is spaces, letters or punctuation, with a few characters more at its ends.
_RUN = re.compile(rf"\s{{{SEGMENT}}}|[^\W\d_]{{{SEGMENT}}}|(?:[^\w\s]|_){{{SEGMENT}}}")


def count(engine: Engine, vocabulary: Vocabulary, chunk: str) -> int:
    """The tokens of one chunk, in number."""
    if len(chunk) <= engine.whole or not _has_giants(chunk):
        try:
            return engine.count(chunk)
        except BaseException as problem:
            if not is_panic(problem):
                raise
    return sum(map(len, by_pieces(engine, vocabulary, chunk)))


def encode(engine: Engine, vocabulary: Vocabulary, chunk: str) -> list[int]:
    """The tokens of one chunk."""
    if len(chunk) <= engine.whole or not _has_giants(chunk):
        try:
            return list(engine.encode(chunk))
        except BaseException as problem:
            if not is_panic(problem):
                raise
    return [token for part in by_pieces(engine, vocabulary, chunk) for token in part]


def chunks(text: str) -> Iterator[str]:
    """``text`` in chunks whose counts add up; longer than ``CHUNK`` only where no cut is safe."""
    if is_one_piece(text):
        yield text
        return
    start = 0
    while len(text) - start > CHUNK:
        end = _cut_before(text, start, start + CHUNK) or _cut_behind(text, start + CHUNK)
        yield text[start:end]
        start = end
    yield text[start:]


def _cut_before(text: str, start: int, end: int) -> int:
    """The last safe cut in the chunk, or 0."""
    if _DIGITS.match(text, start):
        return end
    for width in (512, 8_192, CHUNK):
        low = max(start + 1, end - width)
        if cuts := [match.start() for match in SAFE_CUT.finditer(text, low, end)]:
            return cuts[-1]
    return 0


def _cut_behind(text: str, start: int) -> int:
    # Inside a run of one character there is none, and this is the quick way to its end.
    run = re.compile(re.escape(text[start]) + "+").match(text, start)
    match = SAFE_CUT.search(text, run.end() if run else start)
    return match.start() if match else len(text)


def is_one_piece(text: str) -> bool:
    """Whether it is a long run of one character that both patterns keep whole; to let them find that out takes long."""
    if len(text) <= CHUNK or not text[0] == text[1] == text[len(text) // 2] == text[-1]:
        return False
    # Letters and marks are kept together, and so is all that is neither, nor a number, nor a space.
    whole = category(text[0])[0] in "LMPS" and not text[0].isspace()
    return whole and text == text[0] * len(text)


def _has_giants(chunk: str) -> bool:
    """Whether any piece may be longer than two segments; looked at in steps, since a search would try every start."""
    return any(_RUN.match(chunk, at) for at in range(0, len(chunk), SEGMENT))


def by_pieces(engine: Engine, vocabulary: Vocabulary, chunk: str) -> Iterator[Sequence[int]]:
    """The tokens in parts, split here and not by the engine: tiktoken's own split has a bound on what it remembers."""
    if is_one_piece(chunk):
        yield from giant(engine, chunk.encode())
        return
    for match in _pattern(vocabulary).finditer(chunk):
        piece = match.group().encode()
        if len(piece) <= SEGMENT:
            yield engine.piece(piece)
        else:
            yield from giant(engine, piece)


def giant(engine: Engine, piece: bytes) -> list[Sequence[int]]:
    """The tokens of one piece in parts, segment by segment.

    Two encoded sequences joined are the encoding of the joined bytes exactly when the two tokens that meet stay two:
    until a merge crosses a join, everything beside it merges as if it were alone. So each segment but the last gives
    up its last tokens, the next starts with their bytes, and the tokens that meet are tried out.
    """
    parts, at = list[Sequence[int]](), 0
    while at < len(piece):
        part, size = _segment(engine, piece[at : at + SEGMENT], at + SEGMENT >= len(piece))
        if parts and not _stay_two(engine, parts[-1][-1], part[0]):
            return [engine.piece(piece)]  # one slow but exact way for what is left
        parts.append(part)
        at += size
    return parts


@lru_cache(maxsize=64)
def _segment(engine: Engine, segment: bytes, last: bool) -> tuple[tuple[int, ...], int]:
    """Tokens to go on with and how many bytes they are; a run of one character is the same segment again and again."""
    found = tuple(engine.piece(segment))
    if last:
        return found, len(segment)
    found = found[: len(found) - len(found) // 4]
    return found, len(engine.decode(found))


@lru_cache(maxsize=1024)
def _stay_two(engine: Engine, left: int, right: int) -> bool:
    return list(engine.piece(engine.decode([left, right]))) == [left, right]


@cache
def _pattern(vocabulary: Vocabulary) -> re.Pattern[str]:
    import regex  # type: ignore[import-untyped]  # it ships no types, and its patterns have the shape of re's

    pattern: re.Pattern[str] = regex.compile(vocabulary.pattern)
    return pattern
