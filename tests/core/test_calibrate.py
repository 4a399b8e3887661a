"""What is learned of a model's tokenizer from the usage that its server reports."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kingpost import Answer, Context, Description, Ports, Say, TokenCounter, Usage, render
from kingpost._host.draft import default_budget
from kingpost._host.kernel import Kernel
from kingpost._host.settings import KernelSettings
from kingpost._walk.calibrate import LEAST_ANSWERS, Calibrated, Calibration, Calibrations, fitted
from kingpost._walk.context import budget_for
from kingpost.operations import system
from kingpost.operations import tasks as ops
from kingpost.testing import (
    CounterConformance,
    DictMemory,
    FirstFitCompressor,
    MemoryLog,
    WordCounter,
    in_process_plugin,
)  # fmt: skip


class Letters:
    """A token for each character."""

    name = "letters"
    exact = True

    def count(self, text: str) -> int:
        return len(text)

    def cut(self, text: str, limit: int) -> str:
        return text[: max(limit, 0)]


class TestPromises(CounterConformance):
    @pytest.fixture
    def subject(self) -> TokenCounter:
        return Calibrated(Letters(), "llama3.2", Calibration(1.13, 0.04, 31))


def answers(count: int, ratio: float, height: int, noise: float, seed: int = 1) -> list[list[int]]:
    """What a server reports that makes ``ratio`` tokens of each and adds ``height`` to each prompt."""
    chance = random.Random(seed)
    sizes = [chance.randint(200, 8000) for _ in range(count)]
    return [[size, height + round(size * ratio * chance.uniform(1 - noise, 1 + noise))] for size in sizes]


def test_ratio_and_what_a_server_adds_are_told_apart() -> None:
    """What it adds to each prompt is not in a text, however much it is of a short one."""
    found = fitted(answers(32, 1.15, 220, 0.02))

    assert found is not None
    assert found.ratio == pytest.approx(1.15, rel=0.02)
    assert 0.01 <= found.error <= 0.05
    assert found.answers == 32


def test_a_calibrated_count_is_seldom_too_low() -> None:
    """The error is counted in: of prompts that were not learned from at most one in twenty takes more."""
    found = fitted(answers(40, 1.15, 120, 0.04))
    assert found is not None
    counter = Calibrated(Letters(), "llama3.2", found)
    fresh = answers(400, 1.15, 0, 0.04, seed=2)

    low = sum(counter.count("x" * size) < reported for size, reported in fresh)

    assert low <= 20
    assert all(counter.count("x" * size) <= reported * 1.2 for size, reported in fresh)


def test_answers_that_count_only_what_was_new_do_not_mislead() -> None:
    """A server that has read a prompt before may report a part of it."""
    pairs = answers(40, 1.2, 100, 0.02)
    for pair in pairs[::5]:
        pair[1] //= 3

    found = fitted(pairs)

    assert found is not None
    assert found.ratio == pytest.approx(1.2, rel=0.03)


def test_too_few_answers_and_answers_that_disagree_are_not_believed() -> None:
    assert fitted(answers(LEAST_ANSWERS - 1, 1.2, 0, 0.01)) is None
    assert fitted(answers(40, 1.2, 0, 0.7)) is None


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)), max_size=30))
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_whatever_was_reported_there_is_an_answer_or_none(pairs: list[tuple[int, int]]) -> None:
    found = fitted([list(pair) for pair in pairs])

    assert found is None or (found.ratio > 0 and 0 < found.error <= 0.25)


def test_what_was_learned_stays(tmp_path: Path) -> None:
    """Another process reads it, a file that was damaged costs what was learned, and nothing else."""
    path = tmp_path / "home" / "calibration.json"
    first = Calibrations(path)
    for size, reported in answers(12, 1.3, 50, 0.01):
        first.learn("llama3.2", size, reported)
    first.learn("other", 1000, 1100)

    assert first.of("llama3.2") is not None
    assert Calibrations(path).of("llama3.2") == first.of("llama3.2")
    assert first.of("other") is None
    path.write_text('{"llama3.2": [[1')
    assert Calibrations(path).of("llama3.2") is None


def test_reports_that_no_tokenizer_explains_are_left_out(tmp_path: Path) -> None:
    found = Calibrations(tmp_path / "calibration.json")
    for _ in range(20):
        found.learn("m", 1000, 10)
        found.learn("m", 1000, 90_000)
        found.learn("m", 20, 22)

    assert not (tmp_path / "calibration.json").exists()
    assert found.of("m") is None


def test_a_calibrated_budget_is_that_of_an_exact_counter() -> None:
    """Its tokens are the model's own, not bytes."""
    counter = Calibrated(Letters(), "m", Calibration(1.1, 0.02, 20))

    assert default_budget(counter, KernelSettings()) == 8000


class Bytes(Letters):
    """A bound, as for a model whose tokenizer nobody has."""

    name = "bytes"
    exact = False

    def count(self, text: str) -> int:
        return len(text.encode())


class Local:
    """Answers by a model of its own, which makes 1.3 tokens of a word or sign, and 40 around each prompt."""

    name = "local"

    async def describe(self, model: str | None) -> Description:
        return Description(model=model or "tiny:1b", counter="bytes", window=16_384, room=100, prices=(0, 0))

    async def decide(self, context: Context, say: Say) -> Answer:
        read = 40 + round(WordCounter().count(context.prompt) * 1.3)
        return Answer(text="done", usage=Usage(input_tokens=read, output_tokens=1))


async def test_a_local_model_is_counted_by_a_bound_until_its_answers_tell_how_it_counts(tmp_path: Path) -> None:
    """From then on the ledger names the calibration with its error, and the budget is in real tokens."""
    plugin = in_process_plugin(
        "p", agents=[Local()], counters=[Bytes(), WordCounter()], memory=[DictMemory()],
        compressors=[FirstFitCompressor()], log=[MemoryLog(Ports(tmp_path))],
    )  # fmt: skip
    named = {"agent": "local", "memory": "dict", "compressor": "first-fit", "counter": "words", "log": "memory"}
    ledgers = []
    async with Kernel.open(plugins=[plugin], settings={"kernel": named}, ports=Ports(tmp_path)) as kernel:
        for number in range(1, LEAST_ANSWERS + 2):
            asked = ops.Submit(description="What?", context="a word or two, " * 40 * number, tools=())
            id = (await kernel.perform(ops.SUBMIT, asked)).id
            await kernel.work(id)
            await kernel.perform(ops.WAIT, ops.Wait(id=id, seconds=30.0))
            ledgers.append((await kernel.perform(ops.TURNS, ops.TaskId(id))).turns[0].ledger)
        health = await kernel.perform(system.DOCTOR, system.Nothing())
        seen = {check.name: check.seen for check in health.checks}

    first, last = ledgers[0], ledgers[-1]
    assert first is not None
    assert last is not None
    assert (first.counter, first.exact, first.error, first.budget) == ("bytes", False, None, 15_000)
    assert (last.counter, last.exact, last.budget) == ("words calibrated for tiny:1b", False, 8_000)
    assert last.error is not None
    assert last.error <= 0.05
    real = WordCounter().count(render([row for row in last.kept if row.id != "tools"])) * 1.3
    assert real <= last.used <= real * 1.1
    assert re.fullmatch(r"tiny:1b calibrated, \u00b1\d% over 9 answers", seen["counting"])


async def test_an_exact_counter_of_the_model_goes_before_the_bound_of_its_agent(tmp_path: Path) -> None:
    """Manifests say which models a counter is exact for; the longest pattern decides."""
    plugin = in_process_plugin(
        "p", agents=[Local()], counters=[Bytes(), WordCounter()], memory=[DictMemory()],
        compressors=[FirstFitCompressor()], log=[MemoryLog(Ports(tmp_path))],
    )  # fmt: skip
    plugin.manifest["counts"] = {"words": ["gpt-oss*", "gpt-4*"], "bytes": ["gpt-4-x*"]}
    named = {"agent": "local", "memory": "dict", "compressor": "first-fit", "counter": "words", "log": "memory"}
    found = {}
    async with Kernel.open(plugins=[plugin], settings={"kernel": named}, ports=Ports(tmp_path)) as kernel:
        for model in ("gpt-oss:20b", "openai/gpt-oss-120b", "gpt-4-x1", "tiny:1b"):
            asked = ops.Submit(description="What?", model=model, tools=())
            id = (await kernel.perform(ops.SUBMIT, asked)).id
            await kernel.work(id)
            await kernel.perform(ops.WAIT, ops.Wait(id=id, seconds=30.0))
            ledger = (await kernel.perform(ops.TURNS, ops.TaskId(id))).turns[0].ledger
            found[model] = ledger.counter if ledger else None

    assert found == {"gpt-oss:20b": "words", "openai/gpt-oss-120b": "words", "gpt-4-x1": "bytes", "tiny:1b": "bytes"}


def test_a_window_keeps_free_what_the_server_adds_and_the_error_once_more() -> None:
    """A prompt that fills the window and is then refused would cost the task."""
    counter = Calibrated(Letters(), "m", Calibration(1.2, 0.05, 20, added=130))
    description = Description(model="m", window=4000, room=1000)

    assert budget_for(description, counter, None, 8000) == 4000 - 1000 - 130 - 200
    assert budget_for(description, Letters(), None, 8000) == 3000
    assert budget_for(description, counter, 1500, 8000) == 500
