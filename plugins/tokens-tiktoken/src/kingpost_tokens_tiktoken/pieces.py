"""Exact tokens of texts of any length, in linear time and without tiktoken's panic.

Called by ``counting``. tiktoken gives up (o200k_base: on 1,000,000 spaces, with a panic) or slows down on very long
texts, so it is fed chunks. The sum over chunks is exact because chunks end only where no piece of either pattern can
cross and where no piece before the cut looks beyond it. A stretch without such a place, one giant word say, is split
by the pattern itself, and its giant pieces are joined from segments by a rule that is exact for byte pair encoding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from .vocabulary import Vocabulary, load

if TYPE_CHECKING:
    import tiktoken

# A multiple of three, so that a run of digits is cut between two pieces.
CHUNK = 65_535
SEGMENT = 4_096

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


def encode(vocabulary: Vocabulary, chunk: str) -> list[int]:
    """The tokens of one chunk."""
    if len(chunk) <= CHUNK or not _has_giants(chunk):
        try:
            return load(vocabulary).encode_ordinary(chunk)
        except BaseException as panic:
            # A panic of Rust is no Exception, and its class cannot be imported.
            if isinstance(panic, Exception) or type(panic).__name__ != "PanicException":
                raise
    return by_pieces(vocabulary, chunk)


def chunks(text: str) -> Iterator[str]:
    """``text`` in chunks whose counts add up; longer than ``CHUNK`` only where no cut is safe."""
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


def _has_giants(chunk: str) -> bool:
    """Whether any piece may be longer than two segments; looked at in steps, since a search would try every start."""
    return any(_RUN.match(chunk, at) for at in range(0, len(chunk), SEGMENT))


def by_pieces(vocabulary: Vocabulary, chunk: str) -> list[int]:
    """Split here instead of in tiktoken, whose engine has a bound on what it remembers."""
    single = load(vocabulary)._encode_single_piece  # noqa: SLF001 - the only way past tiktoken's own split
    tokens: list[int] = []
    for match in _pattern(vocabulary).finditer(chunk):
        piece = match.group().encode()
        tokens += single(piece) if len(piece) <= SEGMENT else giant(vocabulary, piece)
    return tokens


def giant(vocabulary: Vocabulary, piece: bytes) -> list[int]:
    """One piece, segment by segment.

    Two encoded sequences joined are the encoding of the joined bytes exactly when the two tokens that meet stay two:
    until a merge crosses a join, everything beside it merges as if it were alone. So each segment but the last gives
    up its last tokens, the next starts with their bytes, and the tokens that meet are tried out.
    """
    encoding, tokens, at = load(vocabulary), list[int](), 0
    while at < len(piece):
        found = list(_segment(vocabulary, piece[at : at + SEGMENT]))
        if tokens and not _stay_two(encoding, tokens[-1], found[0]):
            return encoding._encode_single_piece(piece)  # noqa: SLF001 - one slow but exact way for what is left
        if at + SEGMENT < len(piece):
            del found[-(len(found) // 4) :]
        tokens += found
        at += len(encoding.decode_bytes(found))
    return tokens


@lru_cache(maxsize=64)
def _segment(vocabulary: Vocabulary, segment: bytes) -> tuple[int, ...]:
    """A run of one character is the same segment again and again."""
    return tuple(load(vocabulary)._encode_single_piece(segment))  # noqa: SLF001 - as above, no split wanted


def _stay_two(encoding: tiktoken.Encoding, left: int, right: int) -> bool:
    joined = encoding.decode_bytes([left, right])
    return encoding._encode_single_piece(joined) == [left, right]  # noqa: SLF001 - as above, no split wanted


@cache
def _pattern(vocabulary: Vocabulary) -> re.Pattern[str]:
    import regex  # type: ignore[import-untyped]  # it ships no types, and its patterns have the shape of re's

    pattern: re.Pattern[str] = regex.compile(vocabulary.pattern)
    return pattern
