"""What a fit costs, and what survives it.

CPU of 100 KB and 1 MB of each kind beside the cost of counting the text once, which no fit can do without; then the
share of evidence that survives, in two halves, with the head alone and with head and tail as baselines. The garbage
collector is set as in the processes of ``kingpost``. ``growth``: the CPU of hostile texts to that of a quarter of them.
``--property N`` fits N random texts into random budgets instead and says how many came out too long.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import time
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from kingpost import Passage
from kingpost._host import heap
from kingpost_compressor_structure.fitting import StructureCompressor
from kingpost_tokens_tiktoken.counting import TiktokenCounter
from kingpost_tokens_tiktoken.vocabulary import CL100K_BASE

from ._hostile import HOSTILE
from ._measure import close, tell
from .quality import fit_quality
from .quality.fit_logs import logs
from .quality.fit_talk import dialogue

SMALL, LARGE = 100_000, 1_000_000
SIZES, LEAST = ((0.25, 3), (1.0, 1)), 0.02
"""Shares of a hostile text and how often they are fitted; seconds below which a ratio says nothing."""
QUESTION = "How does the parser handle optional arguments?"


def kinds() -> dict[str, str]:
    """At least 100 KB of each."""
    chance = random.Random(1)
    rows = [
        {"id": n, "name": f"item {n}", "price": chance.randrange(10_000) / 100, "note": f"text {n % 7} of the item"}
        for n in range(1_250)
    ]
    prose = "\n\n".join(
        f"## Part {n}\n\n" + " ".join(line.partition(": ")[2] for line in dialogue(n, "train", 120).text.splitlines())
        for n in range(7)
    )
    return {
        "dialogue": dialogue(1, "train", 1_100).text,
        "json": json.dumps(rows),
        "log": logs(0, "train")[0].text,
        "markdown": prose,
        "python": (fit_quality.LIBRARY / "argparse.py").read_text("utf-8"),
        "table": "\n".join(",".join(map(str, row.values())) for row in rows * 3),
    }


def cost(text: str, pieces: int) -> tuple[float, float]:
    """CPU milliseconds of a fit into a fifth, and of counting; the counter has not seen the text before."""
    counter = TiktokenCounter(CL100K_BASE)
    counter.count("warm")
    began = time.process_time()
    tokens = counter.count(text)
    once = time.process_time() - began
    size = -(-len(text) // pieces)
    parts = [text[at : at + size] for at in range(0, len(text), size)]
    passages = [Passage(id=str(at), text=part, source="a") for at, part in enumerate(parts)]
    fresh = TiktokenCounter(CL100K_BASE)
    began = time.process_time()
    asyncio.run(StructureCompressor().fit(passages, tokens // 5, QUESTION, fresh))
    return (time.process_time() - began) * 1_000, once * 1_000


def growth() -> dict[str, float]:
    """By how much longer a hostile text takes than a quarter of it, counting left out; 4 is linear."""
    found: dict[str, float] = {}
    for name, made in HOSTILE.items():
        quarter, whole = (statistics.median(_spent(made(size)) for _ in range(times)) for size, times in SIZES)
        found[name] = round(whole / max(quarter, LEAST), 1)
        tell(f"{name}: {whole * 1_000:.0f} ms, {found[name]} times a quarter of it")
    return found


def _spent(text: str) -> float:
    counter = Bytes()
    passage = Passage(id="1", text=text, source="a")
    began = time.process_time()
    asyncio.run(StructureCompressor().fit([passage], counter.count(text) // 5, QUESTION, counter))
    return time.process_time() - began


class Bytes:
    """Four bytes to a token: next to nothing to count."""

    name, exact = "bytes", True

    def count(self, text: str) -> int:
        return -(-len(text.encode(errors="replace")) // 4)

    def cut(self, text: str, limit: int) -> str:
        return text.encode(errors="replace")[: 4 * limit].decode(errors="ignore")


def loop() -> float:
    """CPU milliseconds of 200,000 turns of a plain loop: how quick the machine is at this moment."""
    began = time.process_time()
    counts: dict[int, int] = {}
    for number in range(200_000):
        counts[number % 1_000] = counts.get(number % 1_000, 0) + number
    return (time.process_time() - began) * 1_000


def speed() -> tuple[dict[str, float], dict[str, float]]:
    """Medians of five for 100 KB beside as many of a plain loop, one run for 1 MB in files of 100 KB, by kind."""
    figures: dict[str, float] = {}
    ratios: dict[str, float] = {}
    for name, text in kinds().items():
        small = text[:SMALL] if name not in ("json", "python") else text
        found = [(*cost(small, 1), loop() * len(small) / SMALL) for _ in range(5)]
        total, once, plain = (statistics.median(values) * SMALL / len(small) for values in zip(*found, strict=True))
        large = (small * (LARGE // len(small) + 1))[: len(small) * (LARGE // len(small))]
        largest, _ = cost(_distinct(large, len(small)), LARGE // len(small))
        figures |= {f"{name}_100kb_ms": total, f"{name}_count_ms": once, f"{name}_1mb_ms": largest * LARGE / len(large)}
        figures[f"{name}_loop_ms"] = plain
        ratios |= {f"{name}_to_counting_once": total / once, f"{name}_to_loop": total / plain}
        tell(f"{name}: 100 KB {total:.0f} ms, counting once {once:.0f}, a loop {plain:.0f}, 1 MB {largest:.0f} ms")
    return figures, ratios


def _distinct(text: str, size: int) -> str:
    """The same in files that are no duplicates of each other: each has words of its own."""
    files = [text[at : at + size] for at in range(0, len(text), size)]
    return "".join(file.replace("the ", f"the{at} ").replace("0\n", f"0 {at}\n") for at, file in enumerate(files))


PARTS = [
    "The harbour crane lifts forty tonnes. Nobody has ever seen it rest.\n\n",
    "# Cranes\n\nSome text.\n\n- a list\n",
    "def lift(load):\n    '''How far.'''\n    return 40 - load\n\n",
    '{"crane": {"tonnes": 40, "notes": ["old", "red"]}}\n',
    "2026-01-01 10:00:01 INFO lifted 12 t\n",
    "2026-01-01 10:00:02 ERROR rope 7 is torn\n",
    "a,b,c\n1,2,3\n4,5,6\n7,8,9\n",
    "@@ -1,2 +1,2 @@\n same\n-old\n+new\n",
    "Ann: hello there\nBob: and to you\n",
    "tests/a.py::test_b PASSED\n",
    "漢字かな交じり文。",
    "  \t \n\n\n",
    *("(((((", '"', "x" * 90, "\ud800 half"),
]


def overruns(examples: int) -> int:
    """How many of so many random texts came out with more tokens than they may have."""
    counter = TiktokenCounter(CL100K_BASE)
    found = {"tried": 0, "over": 0}
    texts = st.lists(st.sampled_from(PARTS) | st.text(max_size=40), max_size=14).map("".join)

    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(
        texts=st.lists(texts, min_size=1, max_size=3),
        budget=st.integers(0, 400),
        query=st.sampled_from(["", QUESTION, "rope"]),
    )
    def one(texts: list[str], budget: int, query: str) -> None:
        passages = [Passage(id=str(at), text=text, source="a") for at, text in enumerate(texts)]
        fitted = asyncio.run(StructureCompressor().fit(passages, budget, query, counter))
        found["tried"] += 1
        found["over"] += sum(counter.count(passage.text) for passage in fitted.kept) > budget

    run: Callable[[], None] = one
    run()
    tell(f"{found['tried']} random texts, {found['over']} over their budget")
    return found["over"]


def main() -> None:
    """Quality, then speed."""
    heap.settle()
    if "--property" in sys.argv:
        examples = int(sys.argv[sys.argv.index("--property") + 1])
        close("fit-property", {"examples": examples, "overruns": overruns(examples)}, {})
        return
    counter = TiktokenCounter(CL100K_BASE)
    figures: dict[str, float] = {}
    ratios: dict[str, float] = {}
    for half in ("train", "test"):
        figures |= fit_quality.talk(counter, half, 2)
        figures |= fit_quality.strewn(counter, half, 1)
        figures |= fit_quality.python(counter, half, 40)
        for budget in (4_000, 1_000):
            head = figures[f"{half}_blind_{budget}_head"]
            ratios[f"{half}_blind_{budget}_to_head"] = figures[f"{half}_blind_{budget}_ours"] / max(head, 0.025)
    for name, value in figures.items():
        tell(f"{name}: {value:.3f}")
    spent, more = speed()
    ratios |= {f"growth_{name.replace(' ', '_')}": times for name, times in growth().items()}
    close("fit", figures | spent, ratios | more)


if __name__ == "__main__":
    main()
