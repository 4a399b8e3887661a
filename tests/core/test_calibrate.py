"""What is learned of a model's tokenizer from the usage that its server reports."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kingpost import TokenCounter
from kingpost._host.draft import default_budget
from kingpost._host.settings import KernelSettings
from kingpost._walk.calibrate import LEAST_ANSWERS, Calibrated, Calibration, Calibrations, fitted
from kingpost.testing import CounterConformance


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
