"""Recall: how quick, how large, how good.

``make bench BENCH=recall``. Asks 100,000 memories in 100 scopes; ``--memories 1000000`` asks a million of them.
Latency is told in CPU time and on the wall; the event loop's lag is taken by a ticker beside ten readers and a writer.
Quality is the share of evidence among ten results, on dialogues of topics that nothing was tuned on and on some that
were written by hand.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kingpost import Memory, Ports, Query
from kingpost.testing import seeded_ports
from kingpost_memory_sqlite.memory import SqliteMemory
from kingpost_memory_sqlite.settings import Settings

from tests.bench._measure import close, own_cpu, tell
from tests.bench.quality import recall as quality
from tests.bench.quality.dialogues import Dialogue, dialogues
from tests.bench.quality.friends import ALLOTMENT, FRIENDS, worlds

SCOPES = 100
BATCH = 500
QUESTIONS = 200
LEXICON = 20_000
NOW = 1_700_000_000.0
PARTS: dict[str, Callable[[int], Iterable[Dialogue]]] = {
    "tuned": lambda count: dialogues("tuned", count),
    "held out": lambda count: dialogues("held out", count),
    "by hand": lambda _: worlds(FRIENDS),
    "by hand, unseen": lambda _: worlds(ALLOTMENT),
}
"""What quality is measured on: dialogues that are made, of topics that were tuned on or not, and written ones."""


def memories(count: int, chance: random.Random) -> Iterator[Memory]:
    """Turns of two dozen words, spread over the scopes; words are as frequent as words are."""
    words = lexicon()
    weights = [1 / (rank + 3) for rank in range(LEXICON)]
    drawn: Iterator[str] = iter(())
    for number in range(count):
        body = []
        for _ in range(chance.randint(16, 32)):
            word = next(drawn, None)
            if word is None:
                drawn = iter(chance.choices(words, weights, k=100_000))
                word = next(drawn)
            body.append(word)
        scope = number % SCOPES
        yield Memory(
            id=f"{chance.getrandbits(128):032x}", scope=f"scope {scope}", body=" ".join(body).capitalize() + ".",
            speaker=("Nora", "Omar")[number // SCOPES % 2], session=f"session {number // (SCOPES * 25)}",
            created=NOW + number,
        )  # fmt: skip


def lexicon() -> list[str]:
    """Words that nobody wrote, of the length of words."""
    chance = random.Random(3)
    made: dict[str, None] = {}
    while len(made) < LEXICON:
        made["".join(chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in range(chance.randint(1, 4)))] = (
            None
        )
    return list(made)


def questions(count: int, chance: random.Random) -> list[str]:
    """A speaker, common words and rare ones."""
    words = lexicon()
    weights = [1 / (rank + 3) for rank in range(LEXICON)]
    return [
        f"When did Nora {' '.join(chance.choices(words, weights, k=3))} {' '.join(chance.choices(words, k=2))}?"
        for _ in range(count)
    ]


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[SqliteMemory]:
    """A memory in a folder."""
    memory = SqliteMemory(Settings(), Ports(home=folder))
    await memory.start()
    try:
        yield memory
    finally:
        await memory.stop()


async def filled(memory: SqliteMemory, count: int, chance: random.Random) -> dict[str, float]:
    """Put memories in, in batches over all scopes; how quick that is, and how large the store becomes."""
    text = 0
    batch: list[Memory] = []
    cpu, wall = own_cpu(), time.perf_counter()
    made = 0.0
    source = memories(count, chance)
    while True:
        began = time.process_time()
        batch = [one for one, _ in zip(source, range(BATCH), strict=False)]
        made += time.process_time() - began
        if not batch:
            break
        text += sum(len(each.body.encode()) for each in batch)
        await memory.remember(batch)
    spent = own_cpu() - cpu - made
    return {
        "remembered_per_cpu_s": count / spent,
        "remembered_per_s": count / (time.perf_counter() - wall - made),
        "text": text,
    }


async def timed(memory: SqliteMemory, asked: Sequence[str]) -> dict[str, float]:
    """Wall and CPU of single questions, one after the other."""
    walls, cpus = [], []
    for number, text in enumerate(asked):
        query = Query(text=text, scopes=(f"scope {number * 7 % SCOPES}",), limit=10, now=NOW)
        cpu, wall = time.process_time(), time.perf_counter()
        await memory.recall(query)
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    return _told("recall", walls, cpus)


def _told(what: str, walls: Sequence[float], cpus: Sequence[float]) -> dict[str, float]:
    return {
        f"{what}_p50_ms": statistics.median(walls), f"{what}_p95_ms": _p95(walls),
        f"{what}_cpu_p50_ms": statistics.median(cpus), f"{what}_cpu_p95_ms": _p95(cpus),
    }  # fmt: skip


async def written(memory: SqliteMemory, count: int, chance: random.Random) -> dict[str, float]:
    """Single memories, each durable when it returns."""
    walls, cpus = [], []
    for one in list(memories(count, chance)):
        cpu, wall = time.process_time(), time.perf_counter()
        await memory.remember([one])
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    return {
        "remember_p50_ms": statistics.median(walls),
        "remember_p95_ms": _p95(walls),
        "remember_cpu_p95_ms": _p95(cpus),
    }


async def lag(memory: SqliteMemory, asked: Sequence[str], chance: random.Random) -> dict[str, float]:
    """How late a ticker of a millisecond is while four ask and one reads in batches; beside it a loop that is idle."""
    idle, _ = await _ticks(asyncio.sleep(1))

    async def ask(part: Sequence[str]) -> None:
        for number, text in enumerate(part):
            await memory.recall(Query(text=text, scopes=(f"scope {number % SCOPES}",), limit=10, now=NOW))

    several = list(memories(BATCH * 6, chance))

    async def write() -> None:
        for start in range(0, len(several), BATCH):
            await memory.remember(several[start : start + BATCH])

    async def work() -> None:
        await asyncio.gather(*(ask(asked[n::4]) for n in range(4)), write())

    busy, spans = await _ticks(work())
    return {
        "lag_p99_ms": _percentile(busy, 0.99), "lag_max_ms": max(busy), "idle_lag_p99_ms": _percentile(idle, 0.99),
        "idle_lag_max_ms": max(idle), "loop_cpu_between_ticks_p99_ms": _percentile(spans, 0.99),
        "loop_cpu_between_ticks_max_ms": max(spans),
    }  # fmt: skip


async def _ticks(work: Coroutine[Any, Any, object]) -> tuple[list[float], list[float]]:
    """How late each tick is, and how long the loop's own thread computed since the one before.

    Others on the machine make ticks late; they do not make this thread compute.
    """
    done = asyncio.ensure_future(work)
    late, spans = [], []
    while not done.done():
        began, spent = time.perf_counter(), time.thread_time()
        await asyncio.sleep(0.001)
        late.append((time.perf_counter() - began - 0.001) * 1000)
        spans.append((time.thread_time() - spent) * 1000)
    await done
    return late, spans


def _p95(values: Sequence[float]) -> float:
    return _percentile(values, 0.95)


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.name.startswith("memory.db"))


async def speed(count: int) -> dict[str, float]:
    """All that is measured of a large memory."""
    with tempfile.TemporaryDirectory() as home:
        chance = random.Random(11)
        async with opened(Path(home)) as memory:
            figures = await filled(memory, count, chance)
            tell(f"{count:,} memories are in")
            asked = questions(QUESTIONS, chance)
            await timed(memory, asked[:20])
            figures |= await timed(memory, asked)
            figures |= await lag(memory, asked, chance)
            figures |= await written(memory, 200, chance)
        figures["store_to_text"] = _size(Path(home)) / (figures.pop("text") * (1 + (BATCH * 6 + 200) / count))
    return figures


async def goodness(count: int) -> tuple[dict[str, float], dict[str, float]]:
    """Shares of evidence, and their ratios to the baselines."""
    figures: dict[str, float] = {}
    ratios: dict[str, float] = {}
    for half, part in PARTS.items():
        with tempfile.TemporaryDirectory() as home:
            memory = SqliteMemory(Settings(), seeded_ports(0, Path(home)))
            await memory.start()
            found = await quality.measured(memory, part(count))
            for name, kinds in found.items():
                figures |= {f"{half}, {name}, {kind}": value for kind, value in kinds.items()}
            for kind, value in found["kingpost"].items():
                if plain := found["plain FTS5"][kind]:
                    ratios[f"{half}, {kind}, to plain FTS5"] = value / plain
            if not half.startswith("by hand"):
                figures[f"{half}, nonsense unanswered"] = await quality.nonsense(memory, half)
            await memory.stop()
    return figures, ratios


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description="How quick, how large and how good recall is.")
    parser.add_argument("--memories", type=int, default=100_000)
    parser.add_argument("--dialogues", type=int, default=20)
    chosen = parser.parse_args()
    figures, ratios = asyncio.run(goodness(chosen.dialogues))
    if chosen.memories:
        figures |= asyncio.run(speed(chosen.memories))
    close("recall", figures, ratios)


if __name__ == "__main__":
    main()
