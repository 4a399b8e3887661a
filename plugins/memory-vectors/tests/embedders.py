"""Embedders without a model, each the same in every process."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Sequence

from kingpost import Unavailable

SYNONYMS = {
    word: meaning
    for meaning, words in {
        "car": "car vehicle automobile", "doctor": "doctor physician medic", "buy": "buy bought purchase purchased",
        "dog": "dog hound puppy", "house": "house home residence", "money": "money cash funds", "sea": "sea ocean",
        "cook": "cook cooked prepared", "ill": "ill sick unwell", "child": "child kid toddler",
    }.items()
    for word in words.split()
}  # fmt: skip
_WORD = re.compile(r"\w+")


class Concepts:
    """Knows what some words mean: texts that say the same in other words are near each other."""

    name = "concepts"

    def __init__(self, dimensions: int = 192, seed: str = "") -> None:
        self._dimensions, self._seed = dimensions, seed
        self.asked: list[str] = []
        self.down = False

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        await asyncio.sleep(0)
        if self.down:
            raise Unavailable("the embedder is down; start it")
        self.asked += texts
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        total = [0.01] * self._dimensions
        for word in _WORD.findall(text.lower()):
            chance = random.Random(self._seed + SYNONYMS.get(word, word))
            total = [value + chance.gauss(0, 1) for value in total]
        return total


class Noise(Concepts):
    """Understands nothing: any two texts are as near as any others."""

    name = "noise"

    def _vector(self, text: str) -> list[float]:
        chance = random.Random(text)
        return [chance.gauss(0, 1) for _ in range(self._dimensions)]
