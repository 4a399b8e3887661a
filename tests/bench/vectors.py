"""Nearness by vectors: a question over 100,000 memories, embedding in the background beside the loop, and its worth.

The vectors are random: how long it takes does not depend on what they mean. Baselines are the exact product over all
vectors, and words alone where meaning is measured.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench._measure import close, in_a_process, tell

COUNT, SCOPES, WIDTH = 100_000, 100, 384
QUESTIONS = 200


def main() -> None:
    """Measure all of it and print the closing line."""
    figures: dict[str, Any] = {}
    for what in ("search", "fill", "worth"):
        tell(what)
        figures |= in_a_process("tests.bench.vectors", what)
    ratios = {
        "exact_product_cpu": figures["exact_one_scope_ms"] / figures["one_scope_of_all_p50_ms"],
        "same_best_as_exact": figures["same_best_as_exact"],
        "found_by_words_and_vectors_to_words": figures["found_with"] / max(figures["found_words"], 1),
    }
    close("vectors", figures, ratios)


def _search() -> dict[str, Any]:
    import numpy as np
    from kingpost_memory_vectors.file import VectorFile, Waiting
    from kingpost_memory_vectors.near import Index, packed, united

    chance = np.random.default_rng(7)
    anchors = np.array([united(each) for each in chance.standard_normal((24, WIDTH))], dtype=np.float32)
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for label, scopes in (("hundredth_scope", SCOPES), ("one_scope_of_all", 1)):
            file = VectorFile(Path(folder) / f"{label}.db")
            file.open()
            vectors = chance.standard_normal((COUNT, WIDTH)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            for first in range(0, COUNT, 1000):
                keys = [("t", f"s{n % scopes}", str(n)) for n in range(first, first + 1000)]
                file.enqueue(keys)
                for scope in sorted({scope for _, scope, _ in keys}):
                    waiting: list[Waiting] = [each for each in file.take(1000) if each.scope == scope]
                    file.settle([(each, *packed(vectors[int(each.id)])) for each in waiting], [])
            found[f"{label}_bytes_per_vector"] = round(file.path.stat().st_size / COUNT)
            index, spent, same, question = Index(file), list[float](), 0, united(vectors[0])
            before = time.process_time()
            index.near("t", ["s0"], united(vectors[0]), anchors)
            found[f"{label}_first_ms"] = round((time.process_time() - before) * 1000, 2)
            for n in range(QUESTIONS):
                # A question is a vector that is turned away from one that is there.
                target = n * 97 * scopes % COUNT
                question = united(vectors[target] + 0.9 * united(chance.standard_normal(WIDTH)))
                before = time.process_time()
                near = index.near("t", ["s0"], question, anchors)
                spent.append((time.process_time() - before) * 1000)
                same += near[0].id == str(target)
            spent.sort()
            found[f"{label}_p50_ms"] = round(statistics.median(spent), 3)
            found[f"{label}_p95_ms"] = round(spent[int(len(spent) * 0.95)], 3)
            if scopes == 1:
                exact = []
                for _ in range(20):
                    before = time.process_time()
                    np.argsort(vectors @ question)[-1]
                    exact.append((time.process_time() - before) * 1000)
                found |= {"exact_one_scope_ms": statistics.median(exact), "same_best_as_exact": same / QUESTIONS}
            file.close()
    return found


_VECTORS = [[random.Random(n).gauss(0, 1) for _ in range(WIDTH)] for n in range(16)]


class _Embedder:
    """Vectors at once, as a server of its own would make them: nothing here costs the loop but handing them over."""

    name = "random"

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        await asyncio.sleep(0.002)
        return [_VECTORS[len(text) % len(_VECTORS)] for text in texts]


async def _fill() -> dict[str, Any]:
    """How late the loop is, and what a write takes, while 5,000 memories are embedded; beside it writes without."""
    from kingpost import Memory, Ports
    from kingpost.testing import DictMemory
    from kingpost_memory_vectors.memory import VectorMemory
    from kingpost_memory_vectors.settings import Settings

    def memory(n: int) -> Memory:
        return Memory(id=str(n), scope=f"s{n % 20}", body=f"entry {n} of the log, row {n % 7}", created=float(n))

    with tempfile.TemporaryDirectory() as folder:
        vectors, below = VectorMemory(Settings(), Ports(Path(folder))), DictMemory()
        vectors.lend("memory", "sqlite", below)
        vectors.lend("embedders", "ollama", _Embedder())
        await vectors.start()
        lags, writes, alone = list[float](), list[float](), list[float]()
        done = asyncio.create_task(vectors.remember([memory(n) for n in range(5000)]))
        await done
        for n in range(300):
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            lags.append((time.perf_counter() - before - 0.001) * 1000)
            before = time.perf_counter()
            await vectors.remember([memory(10_000 + n)])
            writes.append((time.perf_counter() - before) * 1000)
        await vectors.settled()
        for n in range(300):
            before = time.perf_counter()
            await vectors.remember([memory(20_000 + n)])
            alone.append((time.perf_counter() - before) * 1000)
        await vectors.stop()
    return {
        "loop_lag_p95_ms": sorted(lags)[285], "remember_while_filling_p95_ms": sorted(writes)[285],
        "remember_p95_ms": sorted(alone)[285],
    }  # fmt: skip


WORDS = {
    "bought": "purchased", "car": "automobile", "doctor": "physician", "ill": "unwell", "house": "residence",
    "child": "toddler", "boss": "manager", "trip": "journey", "film": "movie", "shop": "store", "coat": "jacket",
    "ship": "vessel", "answer": "reply", "road": "street", "teacher": "instructor", "garbage": "rubbish",
}  # fmt: skip


class _Concepts:
    """Knows the synonyms above and takes every other word for itself: a model that understands, made of a table."""

    name = "concepts"

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        total = [0.01] * 128
        meanings = {other: word for word, other in WORDS.items()}
        for word in text.lower().replace("?", "").split():
            chance = random.Random(meanings.get(word, word))
            total = [value + chance.gauss(0, 1) for value in total]
        return total


class _Noise(_Concepts):
    """Understands nothing."""

    name = "noise"

    def _vector(self, text: str) -> list[float]:
        chance = random.Random(text)
        return [chance.gauss(0, 1) for _ in range(128)]


async def _worth() -> dict[str, Any]:
    """Of questions, half of which say it in other words, how many find their memory among the first ten."""
    from kingpost import Memory, Ports, Query
    from kingpost_memory_sqlite import provide_memory
    from kingpost_memory_vectors.memory import VectorMemory
    from kingpost_memory_vectors.settings import Settings

    chance = random.Random(11)
    names = [f"{a}{b}" for a in ("Ka", "Lo", "Mi", "Ne", "Ru") for b in ("ra", "ti", "ven", "dos", "lin", "mo")]
    pairs = list(WORDS.items())
    memories, questions = [], []
    for n in range(600):
        (one, other), (two, second) = chance.sample(pairs, 2)
        name, place = chance.choice(names), chance.choice(["north", "harbour", "valley", "market", "old", "upper"])
        memories.append(
            Memory(
                id=str(n),
                scope="s",
                body=f"{name} said the {one} near the {place} {two} number {n} was fine",
                created=n,
            )
        )
        if n % 3 == 0:
            asked = (other, second) if n % 2 else (one, two)
            questions.append((f"which {asked[0]} near a {asked[1]} was {name}", str(n)))
    found: dict[str, Any] = {"questions": len(questions)}
    with tempfile.TemporaryDirectory() as folder:
        (below,) = provide_memory(None, Ports(Path(folder)))
        await below.start()  # type: ignore[attr-defined]  # backends may have it
        await below.remember(memories)

        async def hits(memory: Any) -> int:
            count = 0
            for text, id in questions:
                ask = Query(text=text, scopes=("s",), limit=10, now=1e6)
                count += id in [each.memory.id for each in await memory.recall(ask)]
            return count

        found["found_words"] = await hits(below)
        for embedder, label in ((_Concepts(), "with"), (_Noise(), "with_noise")):
            vectors = VectorMemory(Settings(path=f"{label}.db", seconds=5), Ports(Path(folder)))
            vectors.lend("memory", "sqlite", below)
            vectors.lend("embedders", "ollama", embedder)
            await vectors.start()
            await vectors.settled()
            found[f"found_{label}"] = await hits(vectors)
            await vectors.stop()
        await below.stop()  # type: ignore[attr-defined]  # as above
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["search"]:
        print(json.dumps(_search()))
    elif sys.argv[1:2] == ["fill"]:
        print(json.dumps(asyncio.run(_fill())))
    elif sys.argv[1:2] == ["worth"]:
        print(json.dumps(asyncio.run(_worth())))
    else:
        main()
