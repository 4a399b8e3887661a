"""What is near a question, and how sure that is.

Called by ``memory`` and ``fill``, in threads. First the sign bits of every vector of a scope (Hamming distance, which
orders as the angle does: Charikar 2002), then the vectors themselves of the nearest.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from kingpost import Record
from numpy.typing import NDArray

from .file import VectorFile

Floats = NDArray[np.float32]
Array = NDArray[np.floating[Any]]

CANDIDATES = 200
SAMPLE = 128
_LEAST_SAMPLE = 16
_LEAST_SPREAD = 0.02
_WIDTH = 3.0
_MOST_BYTES = 64_000_000

ANCHORS = (
    "The train to the coast leaves at seven.", "She paints the fence green every spring.", "Interest rates rose again.",
    "def area(radius): return 3.14159 * radius ** 2", "ERROR connection refused after 3 tries", "Thank you, see you!",
    "Knead the dough and let it rest for an hour.", "The patient got antibiotics.", "What is your favourite song?",
    "The river froze early that winter.", "Invoice 2041 is due at the end of the month.", "Der Hund schläft im Garten.",
    '{"status": "ok", "items": []}', "The council voted against the new bridge.", "My sister moved to another city.",
    "Photosynthesis turns light into sugar.", "We lost the match by two goals.", "La réunion est reportée à mardi.",
    "Install the package and restart the service.", "The museum is closed on Mondays.", "He was afraid of the dark.",
    "Voltage equals current times resistance.", "Her birthday is in June.", "The contract ends without notice.",
)  # fmt: skip
"""Sentences about nothing in particular: how near a question is to them says how near it is to anything."""


def packed(vector: Sequence[float] | Array) -> tuple[bytes, bytes]:
    """A vector as it is kept: its signs, filled up to whole words of 64 bits, and itself, of length 1 in 16 bits."""
    unit = united(vector)
    return _signs(unit).tobytes(), unit.astype(np.float16).tobytes()


def united(vector: Sequence[float] | Array) -> Floats:
    """The vector of length 1; one of length 0 stays."""
    array = np.asarray(vector, dtype=np.float32)
    length = float(np.linalg.norm(array))
    return array / length if length else array


def _signs(unit: Floats) -> NDArray[np.uint64]:
    filled = np.zeros(-(-len(unit) // 64) * 64, dtype=bool)
    filled[: len(unit)] = unit > 0
    return np.packbits(filled).view(np.uint64)


@dataclass(slots=True)
class _Scope:
    """The bits of one scope. ``sample`` are some of its vectors, for what is usual there."""

    cuts: int
    ids: list[str]
    seqs: NDArray[np.int64]
    bits: NDArray[np.uint64]
    sample: Floats

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        return self.bits.nbytes + self.seqs.nbytes + 100 * len(self.ids)


class Near(Record):
    """A memory near a question: cosine, and how far that is above what is usual, in standard deviations."""

    scope: str
    id: str
    cosine: float
    above: float


class Index:
    """The bits of the scopes that were asked for last, as far as they fit into 64 MB."""

    def __init__(self, file: VectorFile) -> None:
        self.file = file
        self._scopes: OrderedDict[int, _Scope] = OrderedDict()
        self._lock = threading.Lock()

    def near(self, tenant: str, scopes: Sequence[str], question: Floats, anchors: Floats) -> list[Near]:
        """What stands out of these scopes of a tenant, the nearest first."""
        held = self._held(tenant, scopes)
        count = sum(len(each.ids) for _, each in held)
        if not count:
            return []
        found = self._candidates(held, question)
        return exact(self.file, found, question, anchors, np.concatenate([each.sample for _, each in held]))

    def least(self, tenant: str, scopes: Sequence[str]) -> float:
        """What the best of so many would reach by chance, in standard deviations: nearness counts from there on."""
        return by_chance(sum(len(each.ids) for _, each in self._held(tenant, scopes)))

    def _held(self, tenant: str, scopes: Sequence[str]) -> list[tuple[str, _Scope]]:
        with self._lock:
            return [(name, each) for name in dict.fromkeys(scopes) if (each := self._scope(tenant, name)) is not None]

    def _candidates(self, held: Sequence[tuple[str, _Scope]], question: Floats) -> list[tuple[str, str, int]]:
        signs = _signs(question)
        far = np.concatenate([np.bitwise_count(each.bits ^ signs).sum(axis=1, dtype=np.int32) for _, each in held])
        best = np.argpartition(far, CANDIDATES)[:CANDIDATES] if len(far) > CANDIDATES else np.arange(len(far))
        found, first = [], 0
        for name, each in held:
            own = best[(best >= first) & (best < first + len(each.ids))] - first
            found += [(name, each.ids[place], int(each.seqs[place])) for place in own.tolist()]
            first += len(each.ids)
        return found

    def _scope(self, tenant: str, name: str) -> _Scope | None:
        known = self.file.scope(tenant, name)
        if known is None:
            return None
        number, cuts = known
        held = self._scopes.pop(number, None)
        if held is None or held.cuts != cuts:
            held = None
        rows = self.file.rows(number, int(held.seqs[-1]) if held is not None and len(held.seqs) else 0)
        if rows:
            bits = np.frombuffer(b"".join(row.bits for row in rows), dtype=np.uint64).reshape(len(rows), -1)
            seqs = np.array([row.seq for row in rows], dtype=np.int64)
            ids = [row.id for row in rows]
            if held is not None and len(held.seqs):
                ids, bits = [*held.ids, *ids], np.concatenate([held.bits, bits])
                seqs = np.concatenate([held.seqs, seqs])
            held = _Scope(cuts, ids, seqs, bits, self._sample(seqs))
        if held is None:
            return None
        self._scopes[number] = held
        while len(self._scopes) > 1 and sum(each.size for each in self._scopes.values()) > _MOST_BYTES:
            self._scopes.popitem(last=False)
        return held

    def _sample(self, seqs: NDArray[np.int64]) -> Floats:
        kept = self.file.floats(seqs[:: max(len(seqs) // SAMPLE, 1)][:SAMPLE].tolist())
        rows = [np.frombuffer(floats, dtype=np.float16) for _, floats in sorted(kept.items())]
        return np.array(rows, dtype=np.float32)


Found = tuple[str, str, int]
"""A vector that may be near: its scope and id, and its number in the file."""


def exact(file: VectorFile, found: Sequence[Found], question: Floats, anchors: Floats, sample: Floats) -> list[Near]:
    """Candidates by their vectors themselves, the nearest first; ``sample`` are some of all that there are."""
    usual, spread = _usual(question, anchors, sample)
    kept = file.floats([seq for _, _, seq in found])
    nearest = []
    for scope, id, seq in found:
        if (floats := kept.get(seq)) is not None:
            cosine = float(np.frombuffer(floats, dtype=np.float16).astype(np.float32) @ question)
            nearest.append(Near(scope, id, cosine, (cosine - usual) / spread))
    return sorted(nearest, key=lambda each: (-each.cosine, each.scope, each.id))


def by_chance(count: int) -> float:
    """What the best of so many would reach by chance, in standard deviations."""
    return max(2.0, math.sqrt(2 * math.log(count + 1)))


def _usual(question: Floats, anchors: Floats, sample: Floats) -> tuple[float, float]:
    """How near a question is to anything, and how much that varies: to the anchors, and to what the scopes hold."""
    to_anchors = anchors @ question
    usual, spread = float(to_anchors.mean()), float(to_anchors.std())
    if len(sample) >= _LEAST_SAMPLE:
        to_sample = sample @ question
        middle = float(np.median(to_sample))
        usual = max(usual, middle)
        # 1.4826 makes the median deviation of a normal distribution its standard deviation.
        spread = max(spread, 1.4826 * float(np.median(np.abs(to_sample - middle))))
    return usual, max(spread, _LEAST_SPREAD)


def calibrated(above: float, least: float) -> float:
    """From 0, what chance alone explains, to 1, where there is no doubt left."""
    return min(max((above - least) / _WIDTH, 0.0), 1.0)
