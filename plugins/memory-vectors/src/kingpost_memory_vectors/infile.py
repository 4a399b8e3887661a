"""What is near a question, looked for in the file by sqlite-vec, so that no signs are held in memory.

Called by ``memory`` and ``fill`` in threads, where the setting asks for it and the interpreter's SQLite can load an
extension; else ``near`` does it. Both find the same: the signs choose, the vectors themselves decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest

import numpy as np

from .file import VectorFile
from .near import CANDIDATES, SAMPLE, Floats, Found, Index, Near, by_chance, exact, packed


@dataclass(slots=True)
class _Known:
    """What is usual in a scope, as of so many vectors and so many that went away."""

    cuts: int
    size: int
    sample: Floats


class InFile:
    """The vectors of an extended file."""

    def __init__(self, file: VectorFile) -> None:
        self._file = file
        self._known: dict[int, _Known] = {}

    def near(self, tenant: str, scopes: Sequence[str], question: Floats, anchors: Floats) -> list[Near]:
        """What stands out of these scopes of a tenant, the nearest first."""
        held = self._held(tenant, scopes)
        if not held:
            return []
        bits, _ = packed(question)
        found: list[tuple[int, Found]] = []
        for name, number, _ in held:
            found += [(far, (name, id, seq)) for far, seq, id in self._file.nearest(number, bits, CANDIDATES)]
        best = [each for _, each in nsmallest(CANDIDATES, found)]
        return exact(self._file, best, question, anchors, np.concatenate([known.sample for _, _, known in held]))

    def least(self, tenant: str, scopes: Sequence[str]) -> float:
        """What the best of so many would reach by chance, in standard deviations: nearness counts from there on."""
        return by_chance(sum(known.size for _, _, known in self._held(tenant, scopes)))

    def _held(self, tenant: str, scopes: Sequence[str]) -> list[tuple[str, int, _Known]]:
        held = []
        for name in dict.fromkeys(scopes):
            scope = self._file.scope(tenant, name)
            if scope is not None and (size := self._file.size(scope[0])):
                held.append((name, scope[0], self._usual(*scope, size)))
        return held

    def _usual(self, number: int, cuts: int, size: int) -> _Known:
        known = self._known.get(number)
        if known is None or known.cuts != cuts or known.size != size:
            rows = [np.frombuffer(floats, dtype=np.float16) for floats in self._file.sample(number, SAMPLE)]
            known = self._known[number] = _Known(cuts, size, np.array(rows, dtype=np.float32))
        return known


class Either:
    """One of the two: in the file where sqlite-vec could be loaded, else in memory."""

    def __init__(self, memory: Index, file: InFile) -> None:
        self._memory, self._in_file = memory, file

    @property
    def _one(self) -> Index | InFile:
        return self._in_file if self._memory.file.extended else self._memory

    def near(self, tenant: str, scopes: Sequence[str], question: Floats, anchors: Floats) -> list[Near]:
        """What stands out of these scopes of a tenant, the nearest first."""
        return self._one.near(tenant, scopes, question, anchors)

    def least(self, tenant: str, scopes: Sequence[str]) -> float:
        """What the best of so many would reach by chance, in standard deviations."""
        return self._one.least(tenant, scopes)
