"""Counting tokens: exactness, speed by language and format, long runs of one character, the first count of a process.

The baseline is tiktoken, fed each text whole, in the same run. ``python -m tests.bench.count first ENCODING`` prints
what the first count of a fresh process takes.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.bench._measure import close, in_a_process, tell
from tests.bench._texts import texts

SIZE = 300_000
ROUNDS = 3
MILLION = 1_000_000
RUNS = {"a": "a", "space": " ", "tab": "\t", "parenthesis": "(", "equals": "=", "line": "\n", "chinese": "\u4e2d"}


def main() -> None:
    """Measure all of it and print the closing line."""
    from kingpost_tokens_tiktoken.engines import Tiktoken, fast
    from kingpost_tokens_tiktoken.vocabulary import CL100K_BASE, O200K_BASE

    figures: dict[str, Any] = {}
    ratios: dict[str, float] = {}
    for vocabulary in (O200K_BASE, CL100K_BASE):
        quick = fast(vocabulary)
        engines: dict[str, Any] = {"tiktoken": Tiktoken(vocabulary)} | ({"fast": quick} if quick else {})
        for name, engine in engines.items():
            tell(f"{vocabulary.name}, {name}")
            key = f"{vocabulary.name}_{name}"
            figures |= _corpus(vocabulary, engine, key, ratios)
            figures[f"{key}_10kb_ms"] = _ten_kilobytes(vocabulary, engine)
            figures[f"{key}_million_ms"] = {run: _million(vocabulary, engine, each) for run, each in RUNS.items()}
        first = [in_a_process("tests.bench.count", "first", vocabulary.name)["ms"] for _ in range(ROUNDS)]
        figures[f"{vocabulary.name}_first_count_ms"] = statistics.median(first)
    figures["prompt_again"] = _prompts()
    close("count", figures, ratios)


def _corpus(vocabulary: Any, engine: Any, key: str, ratios: dict[str, float]) -> dict[str, Any]:
    """Every text against tiktoken: how many counts differ, and megabytes per second of CPU."""
    from kingpost_tokens_tiktoken.vocabulary import load

    different, ours, theirs, size = 0, 0.0, 0.0, 0
    speeds: dict[str, float] = {}
    for name, text in texts(SIZE).items():
        expected, base = _timed(partial(_plain, load(vocabulary), text))
        found, spent = _timed(partial(_anew, vocabulary, engine, text))
        different += found != expected
        ours, theirs, size = ours + spent, theirs + base, size + len(text.encode())
        speeds[name] = len(text.encode()) / spent / MILLION
    ratios[f"{key}_to_plain_tiktoken"] = theirs / ours
    return {
        f"{key}_megabytes": size / MILLION, f"{key}_texts": len(speeds), f"{key}_different": different,
        f"{key}_mb_per_s": {name: round(speed, 1) for name, speed in speeds.items()},
    }  # fmt: skip


def _plain(encoding: Any, text: str) -> int:
    return len(encoding.encode_ordinary(text))


def _anew(vocabulary: Any, engine: Any, text: str) -> int:
    tokens: int = _fresh(vocabulary, engine).count(text)
    return tokens


def _fresh(vocabulary: Any, engine: Any) -> Any:
    """A counter that has seen nothing yet."""
    from kingpost_tokens_tiktoken.counting import TiktokenCounter

    return TiktokenCounter(vocabulary, engine)


def _timed(run: Callable[[], int]) -> tuple[int, float]:
    """What comes out, and the least CPU seconds of some rounds."""
    found, least = 0, float("inf")
    for _ in range(ROUNDS):
        before = time.process_time()
        found = run()
        least = min(least, time.process_time() - before)
    return found, least


def _ten_kilobytes(vocabulary: Any, engine: Any) -> dict[str, float]:
    """CPU milliseconds for 10 KB, in the median of different texts."""
    found = {}
    for name in ("english", "python", "json", "chinese", "log"):
        encoded = texts(SIZE)[name].encode()
        parts = [encoded[at : at + 10_000].decode(errors="ignore") for at in range(0, 200_000, 10_000)]
        counter = _fresh(vocabulary, engine)
        found[name] = round(statistics.median(_timed_once(counter, part) for part in parts) * 1000, 3)
    return found


def _timed_once(counter: Any, text: str) -> float:
    before = time.process_time()
    counter.count(text)
    return time.process_time() - before


def _million(vocabulary: Any, engine: Any, character: str) -> float:
    text = character * MILLION
    return round(_timed(partial(_anew, vocabulary, engine, text))[1] * 1000, 2)


def _prompts() -> dict[str, float]:
    """A prompt of 40 passages, counted as it grows by one, in counts of the whole; the baseline forgets each time."""
    from kingpost import Passage, render
    from kingpost_tokens_tiktoken.counting import TiktokenCounter
    from kingpost_tokens_tiktoken.vocabulary import O200K_BASE

    text, counter = texts(SIZE)["english"], TiktokenCounter(O200K_BASE)
    passages = [Passage(id=str(n), text=text[n * 800 : n * 800 + 800], source="notes.md") for n in range(40)]
    prompts = [render(passages[:end]) for end in range(1, 41)]
    TiktokenCounter(O200K_BASE).count("the vocabulary is read")
    spent = sum(_timed_once(counter, prompt) for prompt in prompts)
    forgetful = sum(_timed_once(TiktokenCounter(O200K_BASE), prompt) for prompt in prompts)
    once = _timed_once(TiktokenCounter(O200K_BASE), prompts[-1])
    known = counter.known
    return {
        "hit_rate": round(known.hits / (known.hits + known.misses), 3),
        "remembering": round(spent / once, 2),
        "forgetting": round(forgetful / once, 2),
    }


def _first(encoding: str) -> None:
    from kingpost_tokens_tiktoken import provide_counters

    (counter,) = (each for each in provide_counters() if each.name == encoding)
    before = time.process_time()
    counter.count("The crane lifts forty tonnes.")
    print(json.dumps({"ms": (time.process_time() - before) * 1000}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["first"]:
        _first(sys.argv[2])
    else:
        main()
