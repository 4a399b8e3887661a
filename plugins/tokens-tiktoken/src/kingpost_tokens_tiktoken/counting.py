"""The token counter: exact, remembered, cut where a token ends.

Called by whoever fits texts into a budget, from any thread.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict

from . import pieces
from .engines import Engine, engine_of
from .vocabulary import Vocabulary

_JOIN = "\n\n<"
"""Where the kernel joins the elements of a prompt. Before the bracket a text may be cut in two: see ``SAFE_CUT``."""

_CHARACTERS = re.compile(r"[\ud800-\udbff][\udc00-\udfff]|.", re.DOTALL)


class TiktokenCounter:
    """Counts as the models of one vocabulary do. The vocabulary is read at the first count."""

    exact = True

    def __init__(self, vocabulary: Vocabulary, engine: Engine | None = None) -> None:
        self._vocabulary, self._engine = vocabulary, engine
        self._known = Known()

    @property
    def name(self) -> str:
        return self._vocabulary.name

    @property
    def known(self) -> Known:
        """What has been counted before, and how often that saved a count."""
        return self._known

    def count(self, text: str) -> int:
        if _JOIN not in text:
            return self._unit(text)
        # Prompts are joined from elements; one that was counted in another prompt is not counted again.
        first, *elements = text.split(_JOIN)
        *between, last = (f"<{element}" for element in elements)
        units = [f"{first}\n\n", *(f"{element}\n\n" for element in between), last]
        return sum(map(self._unit, units))

    def _unit(self, text: str) -> int:
        if not text:
            return 0
        key = _key(text)
        if (tokens := self._known.get(key)) is None:
            engine, vocabulary = self._ready(), self._vocabulary
            tokens = sum(pieces.count(engine, vocabulary, chunk) for chunk in pieces.chunks(_sound(text)))
            self._known.put(key, tokens)
        return tokens

    def _ready(self) -> Engine:
        return self._engine or engine_of(self._vocabulary)

    def cut(self, text: str, limit: int) -> str:
        """Exactly the longest run of whole tokens that still counts at most ``limit`` when it stands alone."""
        sound, at, left = _sound(text), 0, limit
        for chunk in pieces.chunks(sound):
            tokens = pieces.encode(self._ready(), self._vocabulary, chunk)
            if len(tokens) > left:
                prefix = sound[:at] + self._shorten(tokens, left)
                return prefix if sound is text else _original(text, len(prefix))
            at, left = at + len(chunk), left - len(tokens)
        return text

    def _shorten(self, tokens: list[int], limit: int) -> str:
        """A prefix may split anew at its end, spaces above all, so it is counted again."""
        engine = self._ready()
        for length in range(limit, 0, -1):
            # A character of several tokens may be cut in two; its first bytes go.
            prefix = bytes(engine.decode(tokens[:length])).decode(errors="ignore")
            if pieces.count(engine, self._vocabulary, prefix) <= limit:
                return prefix
        return ""


class Known:
    """The counts of the texts that were asked for last."""

    _size = 8_192

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: OrderedDict[str | bytes, int] = OrderedDict()
        self.hits = self.misses = 0

    def get(self, key: str | bytes) -> int | None:
        with self._lock:
            if (count := self._counts.get(key)) is None:
                self.misses += 1
            else:
                self.hits += 1
                self._counts.move_to_end(key)
            return count

    def put(self, key: str | bytes, count: int) -> None:
        with self._lock:
            self._counts[key] = count
            if len(self._counts) > self._size:
                self._counts.popitem(last=False)


def _key(text: str) -> str | bytes:
    """What stands for a text: itself while it is short, else a digest, so that no long text is kept alive."""
    if len(text) <= 128:
        return text
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()


def _sound(text: str) -> str:
    """Half a surrogate pair is no text and reads as U+FFFD, two halves as their character, as tiktoken does it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _original(text: str, length: int) -> str:
    """The part of a text with surrogates that reads as ``length`` sound characters."""
    return "".join(match.group() for _, match in zip(range(length), _CHARACTERS.finditer(text), strict=False))
