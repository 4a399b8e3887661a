"""What does not answer is left alone for a while, then tried by one; and retries are spread out."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from kingpost import Unavailable
from kingpost._walk.backoff import delay
from kingpost._walk.breaker import Breakers, BreakerState, Key
from kingpost.testing import SeededClock

MODEL: Key = ("agent", "ollama")
OTHER: Key = ("memory", "ollama")


def passes(breakers: Breakers, key: Key = MODEL) -> bool:
    try:
        breakers.check(key)
    except Unavailable:
        return False
    return True


def opened(clock: SeededClock) -> Breakers:
    breakers = Breakers(clock)
    for n in range(3):
        breakers.failed(MODEL, f"no answer {n}")
    return breakers


def test_it_opens_after_three_failures_in_a_row() -> None:
    breakers = Breakers(SeededClock())
    for _ in range(2):
        breakers.failed(MODEL, ConnectionError("refused"))
    assert (passes(breakers), breakers.open_until(MODEL)) == (True, None)

    breakers.failed(MODEL, ConnectionError("refused"))

    assert not passes(breakers)


def test_a_success_in_between_makes_it_begin_anew() -> None:
    breakers = Breakers(SeededClock())
    for _ in range(5):
        breakers.failed(MODEL, "slow")
        breakers.failed(MODEL, "slow")
        breakers.succeeded(MODEL)

    assert passes(breakers)
    assert breakers.states() == []


async def test_it_says_what_rests_and_for_how_long() -> None:
    """To anybody; why, which may repeat the words of another tenant, only to who looks after it."""
    clock = SeededClock()
    breakers = opened(clock)
    await clock.advance(12.5)

    with pytest.raises(Unavailable) as caught:
        breakers.check(MODEL)

    assert str(caught.value) == "agent 'ollama' is resting after 3 failures in a row; tried again in 18 s"
    assert [state.problem for state in breakers.states()] == ["no answer 2"]
    assert breakers.open_until(MODEL) == clock.now() + 17.5


def test_what_fails_does_not_close_what_works() -> None:
    """A memory of the same name is another thing."""
    breakers = opened(SeededClock())

    assert (passes(breakers, MODEL), passes(breakers, OTHER)) == (False, True)
    assert breakers.open_until(OTHER) is None


async def test_after_its_rest_one_may_try_and_the_others_wait() -> None:
    clock = SeededClock()
    breakers = opened(clock)
    await clock.advance(30)
    assert breakers.open_until(MODEL) is None

    assert [passes(breakers) for _ in range(5)] == [True, False, False, False, False]

    breakers.succeeded(MODEL)
    assert [passes(breakers) for _ in range(5)] == [True] * 5


async def test_a_probe_that_fails_means_another_rest() -> None:
    clock = SeededClock()
    breakers = opened(clock)
    await clock.advance(30)
    breakers.check(MODEL)
    await clock.advance(10)

    breakers.failed(MODEL, "still no answer")

    await clock.advance(29.9)
    with pytest.raises(Unavailable, match="4 failures in a row; tried again in 1 s"):
        breakers.check(MODEL)
    await clock.advance(0.1)
    assert passes(breakers)


async def test_a_probe_that_was_cut_off_does_not_close_it_for_ever() -> None:
    """Its task was cancelled, say: whoever comes a rest later is the next probe."""
    clock = SeededClock()
    breakers = opened(clock)
    await clock.advance(30)
    breakers.check(MODEL)

    await clock.advance(29)
    assert not passes(breakers)
    await clock.advance(1)
    assert [passes(breakers), passes(breakers)] == [True, False]


async def test_calls_that_had_begun_before_do_not_prolong_the_rest() -> None:
    """Neither the first rest nor the one after a probe."""
    clock = SeededClock()
    breakers = opened(clock)
    for _ in range(2):
        await clock.advance(25)
        breakers.failed(MODEL, "timed out")
        breakers.failed(MODEL, "timed out")

        await clock.advance(5)
        assert passes(breakers)
        breakers.failed(MODEL, "still no answer")


async def test_the_doctor_sees_how_each_stands() -> None:
    clock = SeededClock(1_000.0)
    breakers = opened(clock)
    breakers.failed(OTHER, "disk\nfull " + "!" * 1_000)
    wordy = "disk full " + "!" * 289 + "…"
    agent = BreakerState(MODEL, "open", 3, "no answer 2", 1_030.0)
    memory = BreakerState(OTHER, "closed", 1, wordy, None)
    assert breakers.states() == [agent, memory]

    await clock.advance(30)
    assert breakers.states()[0] == BreakerState(MODEL, "half-open", 3, "no answer 2", None)
    breakers.check(MODEL)
    assert breakers.states()[0] == BreakerState(MODEL, "half-open", 3, "no answer 2", 1_060.0)


async def test_a_wall_clock_that_is_set_does_not_change_the_rest() -> None:
    clock = SeededClock()
    breakers = opened(clock)
    clock.set(clock.now() + 1e6)
    assert (passes(breakers), breakers.open_until(MODEL)) == (False, clock.now() + 30)

    clock.set(0.0)
    await clock.advance(30)

    assert passes(breakers)


class Ticking:
    """A clock that a rule can move without a loop."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return 5_000.0 + self.time

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


class BreakerMachine(RuleBasedStateMachine):
    """Calls come, take their time, fail and succeed in any order."""

    @initialize(failures=st.integers(1, 4), seconds=st.sampled_from([0.5, 30.0]))
    def make(self, failures: int, seconds: float) -> None:
        self.clock, self.failures, self.seconds = Ticking(), failures, seconds
        self.breakers = Breakers(self.clock, failures, seconds)
        self.row = 0
        self.opened: float | None = None
        self.probed: float | None = None

    @rule()
    def call(self) -> None:
        """Passes while closed; while open only as a probe, at most one in each rest."""
        passed = passes(self.breakers)
        if self.opened is None:
            assert passed
            return
        since = max(at for at in (self.opened, self.probed) if at is not None)
        assert passed == (self.clock.time - since >= self.seconds)
        if passed:
            self.probed = self.clock.time

    @rule(other=st.integers(0, 3))
    def fail(self, other: int) -> None:
        self.row += 1
        self.breakers.failed(MODEL, "no answer")
        if other == 0:
            self.breakers.failed(OTHER, "of no consequence")
        resting = self.opened is not None and self.clock.time - self.opened < self.seconds
        if self.row >= self.failures and (not resting or self.probed is not None):
            self.opened, self.probed = self.clock.time, None

    @rule()
    def succeed(self) -> None:
        self.breakers.succeeded(MODEL)
        self.row, self.opened, self.probed = 0, None, None

    @rule(seconds=st.sampled_from([0.25, 1.0, 10.0, 30.0, 45.0]))
    def wait(self, seconds: float) -> None:
        self.clock.time += seconds

    @invariant()
    def what_it_says_is_what_it_does(self) -> None:
        """It is open exactly when that many failed in a row, and says until when."""
        until = self.breakers.open_until(MODEL)
        assert (self.opened is not None) == (self.row >= self.failures)
        assert until is None or self.clock.now() < until <= self.clock.now() + self.seconds
        if self.opened is None:
            assert until is None
        seen = {state.key: state for state in self.breakers.states()}
        assert (MODEL in seen) == (self.row > 0)
        if MODEL in seen:
            assert seen[MODEL].failures == self.row
            assert (seen[MODEL].state == "closed") == (self.opened is None)


TestBreaker = BreakerMachine.TestCase
TestBreaker.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)


# Back-off


@given(tries=st.integers(-3, 10_000), seed=st.integers(0, 2**32), base=st.floats(0.001, 100), cap=st.floats(0.001, 1e4))
def test_a_wait_is_never_longer_than_its_bound(tries: int, seed: int, base: float, cap: float) -> None:
    waited = delay(tries, Random(seed).randbytes, base, cap)

    assert 0 <= waited < cap
    assert waited < base * 2.0 ** min(max(tries, 0), 64)


def test_the_bound_doubles_with_each_try_up_to_the_cap() -> None:
    """With the greatest randomness there is the wait is the bound itself, less a hair."""
    bounds = [delay(tries, lambda n: b"\xff" * n) for tries in range(11)]

    assert bounds == pytest.approx([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
    assert delay(5, bytes) == 0.0


def test_waits_are_spread_evenly_over_their_bound() -> None:
    """Full jitter: from nothing at all up to the bound, each tenth as likely as any other."""
    entropy = Random(7).randbytes
    tenths = [0] * 10
    for _ in range(10_000):
        tenths[int(delay(3, entropy) / 8 * 10)] += 1

    assert min(tenths) > 900
    assert max(tenths) < 1_100


def test_the_same_randomness_gives_the_same_wait() -> None:
    assert delay(4, Random(1).randbytes) == delay(4, Random(1).randbytes) != delay(4, Random(2).randbytes)
