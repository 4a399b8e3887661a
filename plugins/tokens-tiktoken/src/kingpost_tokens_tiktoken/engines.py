"""What encodes: rs-bpe where it is installed and passes a test, else tiktoken. Both give the same tokens.

Called by ``counting`` at the first count. An engine sees only sound text (no half surrogate pairs); whoever calls it
keeps long runs away from it. rs-bpe brings vocabularies of its own, so the packaged ones are not even read.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from .vocabulary import CL100K_BASE, O200K_BASE, Vocabulary, load

if TYPE_CHECKING:
    import tiktoken

# A multiple of three, so that a run of digits is cut between two pieces.
CHUNK = 65_535
SEGMENT = 4_096

SAMPLE = (
    "It's 12345 o'clock: WE'LL see. naïve façade\r\n\tdef camelCase_snake(x): return {'a': [1, 2.5e-3]}  # ¿qué?\n\n\n"
    "  漢字とかな、한국어. Привет, мир! مرحبا नमस्ते 👩‍🚀 <|endoftext|> a\u0301\u0327 \u00a0\u3000 ===== //// \n"
)
"""A little of everything that patterns and merges differ on."""

SAMPLE_TOKENS = {CL100K_BASE: 100, O200K_BASE: 83}
"""What it counts, as tiktoken says."""


class Engine(Protocol):
    """One vocabulary, ready to encode. ``whole`` is the longest text, in characters, that it is always fed whole."""

    whole: int

    def __hash__(self) -> int: ...

    def count(self, text: str) -> int:
        """Tokens in a text."""
        ...

    def encode(self, text: str) -> Sequence[int]:
        """The tokens of a text."""
        ...

    def piece(self, piece: bytes) -> Sequence[int]:
        """The tokens of one piece, which is not split first."""
        ...

    def decode(self, tokens: Sequence[int]) -> bytes:
        """The bytes behind tokens."""
        ...


class Tiktoken:
    """By tiktoken, with the vocabulary of this package."""

    whole = CHUNK

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._encoding: tiktoken.Encoding = load(vocabulary)
        self.piece = self._encoding._encode_single_piece  # noqa: SLF001 - the only way past tiktoken's own split
        self.decode = self._encoding.decode_bytes
        self.encode = self._encoding.encode_ordinary

    def count(self, text: str) -> int:
        return len(self.encode(text))


class RsBpe:
    """By rs-bpe: two to four times as fast, ready in a third of the time; slow only on long runs of one character."""

    whole = 2 * SEGMENT

    def __init__(self, tokenizer: Any) -> None:
        pairs = tokenizer.bpe()
        self.count = tokenizer.count
        self.encode = tokenizer.encode
        self.piece = pairs.encode_via_backtracking
        self.decode = pairs.decode_tokens


_lock = threading.Lock()
_engines: dict[Vocabulary, Engine] = {}


def engine_of(vocabulary: Vocabulary) -> Engine:
    """The engine for a vocabulary, made once in a process.

    Raises:
        PluginBroken: there is only tiktoken, and the packaged file is missing or is not the published one.
    """
    # A lock only where it is made: looking it up is what every count does.
    if (known := _engines.get(vocabulary)) is not None:
        return known
    with _lock:
        if (engine := _engines.get(vocabulary)) is None:
            engine = _engines[vocabulary] = fast(vocabulary) or Tiktoken(vocabulary)
        return engine


def fast(vocabulary: Vocabulary) -> RsBpe | None:
    """The quick engine, ``None`` where it is not installed, does not start, or counts the sample otherwise."""
    if vocabulary not in SAMPLE_TOKENS:
        return None
    try:
        # An extra: it has no wheel for every Python, and no types.
        openai: Any = import_module("rs_bpe.bpe").openai
        engine = RsBpe(getattr(openai, vocabulary.name)())
        well = engine.count(SAMPLE) == SAMPLE_TOKENS[vocabulary] == len(engine.encode(SAMPLE))
    except BaseException as problem:
        if not (isinstance(problem, Exception) or is_panic(problem)):
            raise
        return None
    return engine if well else None


def is_panic(problem: BaseException) -> bool:
    """Whether this is a panic of Rust, which is no ``Exception``, and whose class cannot be imported."""
    return type(problem).__name__ == "PanicException"
