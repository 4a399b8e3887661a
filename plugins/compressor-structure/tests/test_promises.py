"""What holds for every fit: the same answer everywhere, and a budget that is used."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from kingpost import Fitted, Passage
from kingpost.testing import WordCounter


def test_the_answer_is_the_same_in_every_process() -> None:
    """Sets have another order in each; nothing that is chosen may depend on it."""
    code = (
        "import asyncio, glob; from kingpost import Passage; from kingpost.testing import WordCounter;"
        "from kingpost_compressor_structure.fitting import StructureCompressor as S, __file__ as at;"
        "p = [Passage(id=str(n), text=open(f).read(), source=f) for n, f in"
        " enumerate(sorted(glob.glob(at.replace('fitting.py', '**/*.py'), recursive=True)))];"
        "print([asyncio.run(S().fit(p, 900, q, WordCounter())) for q in ('', 'which bodies are kept')])"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(answers) == 1


@pytest.mark.parametrize("share", [0.9, 0.5, 0.2, 0.05])
def test_the_budget_is_used(share: float, fit: Callable[..., Fitted], passages: Callable[..., list[Passage]]) -> None:
    """What is left over is filled with what matters next."""
    given = passages(*(f"Sentence {n} of the story tells about crane {n * n}." for n in range(200)))
    budget = int(share * sum(WordCounter().count(passage.text) for passage in given))

    fitted = fit(given, budget, "What about crane 49?")

    assert sum(passage.tokens for passage in fitted.kept) >= 0.95 * budget
