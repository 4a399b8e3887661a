"""Any input takes time in proportion to its length, and lets others run meanwhile."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

import pytest
from kingpost import Fitted, Passage
from kingpost.testing import WordCounter
from kingpost_compressor_structure.fitting import StructureCompressor

from tests.bench._hostile import HOSTILE

Fit = Callable[..., Fitted]
Passages = Callable[..., list[Passage]]


class ByteCounter:
    """Four bytes to a token: next to nothing to count."""

    name, exact = "bytes", True

    def count(self, text: str) -> int:
        return -(-len(text.encode(errors="replace")) // 4)

    def cut(self, text: str, limit: int) -> str:
        return text.encode(errors="replace")[: 4 * limit].decode(errors="ignore")


@pytest.mark.parametrize("kind", ["", "python", "json", "markdown"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_fitted(name: str, kind: str, fit: Fit, passages: Passages) -> None:
    """A time that grows with the square of the length would not end here. ``make bench BENCH=fit`` takes them whole."""
    text = HOSTILE[name](0.05 if kind else 0.2)
    given = passages(text, "The crane lifts forty tonnes.", kind=kind)
    budget = ByteCounter().count(text) // 5

    fitted = fit(given, budget, "What does the crane lift?", ByteCounter())

    assert sum(ByteCounter().count(passage.text) for passage in fitted.kept) <= budget
    assert "2" in {passage.id for passage in fitted.kept}


def _calls(work: Callable[[], object]) -> int:
    """How many functions a piece of work calls, ours and those of C."""
    calls = 0

    def note(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


UNITS = {
    "prose": "The crane {n} lifts {n} tonnes today. Nobody knows why, said {n}.\n\n",
    "markdown": "## Yard {n}\n\n- crane {n} is red\n- and old\n\n",
    "python": "def lift_{n}(load):\n    '''Up {n}.'''\n    x = load\n    return x + {n}\n\n\n",
    "log": "2026-01-01 10:00:00 INFO lifted {n} t\n",
    "table": "crane {n},{n},red\n",
    "jsonl": '{{"id": {n}, "name": "crane {n}"}}\n',
    "code": "func Lift{n}() {{\n  a\n  b\n  c\n  return {n};\n}}\n",
}


@pytest.mark.parametrize("kind", UNITS)
@pytest.mark.parametrize("pieces", [1, 40])
def test_twice_the_text_is_about_twice_the_work(kind: str, pieces: int, fit: Fit, passages: Passages) -> None:
    """Counted in calls, which are the same on every machine."""

    def work(units: int) -> Callable[[], object]:
        body = [UNITS[kind].format(n=n) for n in range(units)]
        given = passages(*("".join(body[at::pieces]) for at in range(pieces)), kind=kind)
        budget = sum(WordCounter().count(passage.text) for passage in given) // 5
        return lambda: fit(given, budget, "What does crane 77 lift?")

    _calls(work(50))
    assert _calls(work(1600)) < 2.7 * _calls(work(800))


async def test_others_run_while_a_long_text_is_fitted() -> None:
    """Often, not only between passages."""
    text = "".join(f"Sentence {n} is about crane {n * n}.\n" for n in range(8_000))
    fitting = asyncio.ensure_future(
        StructureCompressor().fit([Passage(id="1", text=text, source="a")], 1_000, "crane 49", WordCounter())
    )
    passes = 0
    while not fitting.done():
        await asyncio.sleep(0)
        passes += 1

    assert passes > 50
    assert (await fitting).kept


async def test_a_fit_that_is_cancelled_stops() -> None:
    text = "".join(f"Sentence {n} is about crane {n * n}.\n" for n in range(8_000))
    fitting = asyncio.ensure_future(
        StructureCompressor().fit([Passage(id="1", text=text, source="a")], 1_000, "crane 49", WordCounter())
    )
    await asyncio.sleep(0)
    fitting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await fitting
