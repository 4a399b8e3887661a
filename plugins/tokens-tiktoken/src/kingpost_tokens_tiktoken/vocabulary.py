"""The two vocabularies: what is in the package, checked, as an encoding of tiktoken.

Called by ``pieces``, at the first count. Never reaches for the network: tiktoken's own loader, which does, is not used.
"""

from __future__ import annotations

import hashlib
import threading
import zlib
from binascii import a2b_base64
from pathlib import Path
from typing import TYPE_CHECKING

from kingpost import PluginBroken, Record

if TYPE_CHECKING:
    import tiktoken

_DATA = Path(__file__).parent / "data"


class Vocabulary(Record):
    """One published vocabulary.

    ``sha256`` is of the published file, which lies gzipped at ``path``. ``pattern`` splits a text into pieces that no
    token crosses.
    """

    name: str
    sha256: str
    pattern: str
    path: Path


# Digests and patterns are those of tiktoken_ext/openai_public.py; a test compares them.
CL100K_BASE = Vocabulary(
    name="cl100k_base",
    sha256="223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    pattern=(
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
        r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
    ),
    path=_DATA / "cl100k_base.tiktoken.gz",
)
O200K_BASE = Vocabulary(
    name="o200k_base",
    sha256="446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    pattern=(
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    ),
    path=_DATA / "o200k_base.tiktoken.gz",
)

_lock = threading.Lock()
_loaded: dict[Vocabulary, tiktoken.Encoding] = {}


def load(vocabulary: Vocabulary) -> tiktoken.Encoding:
    """The encoding, read once in a process: it never changes, so all kernels share it.

    Raises:
        PluginBroken: the packaged file is missing or is not the published one.
    """
    with _lock:
        if (encoding := _loaded.get(vocabulary)) is None:
            encoding = _loaded[vocabulary] = _build(vocabulary)
        return encoding


def read(vocabulary: Vocabulary) -> bytes:
    """The published file, proven by its digest."""
    try:
        content = zlib.decompress(vocabulary.path.read_bytes(), wbits=31)
    except (OSError, zlib.error) as error:
        raise _broken(vocabulary, f"{vocabulary.path.name}: {error}") from error
    if (digest := hashlib.sha256(content).hexdigest()) != vocabulary.sha256:
        raise _broken(vocabulary, f"a file with SHA-256 {digest}")
    return content


def _build(vocabulary: Vocabulary) -> tiktoken.Encoding:
    import tiktoken  # 20 ms, so not before somebody counts

    # Lines of a token in base64 and its rank; the ranks of both files are 0, 1, 2 ..., as the digest proves.
    tokens = read(vocabulary).split()[::2]
    ranks = dict(zip(map(a2b_base64, tokens), range(len(tokens)), strict=True))
    encoding = tiktoken.Encoding(vocabulary.name, pat_str=vocabulary.pattern, mergeable_ranks=ranks, special_tokens={})
    # The encoding copied them into tables of its own; what it holds on to is 25 MB that nobody reads.
    ranks.clear()
    return encoding


def _broken(vocabulary: Vocabulary, came: str) -> PluginBroken:
    return PluginBroken(
        "tokens-tiktoken",
        f"vocabulary {vocabulary.name!r}",
        f"the published file with SHA-256 {vocabulary.sha256}",
        f"{came} (reinstall kingpost-tokens-tiktoken)",
    )
