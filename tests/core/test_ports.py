"""Ids are time-ordered whatever the clock does, and the world comes in through one record."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kingpost import Ports
from kingpost.ports import Ids, SystemClock
from kingpost.testing import SeededClock, seeded_ports


def ids_at(clock: SeededClock, entropy: Callable[[int], bytes] = bytes) -> Ids:
    return Ids(clock, entropy)


def test_an_id_is_a_uuid_of_version_7() -> None:
    """RFC 9562, section 5.7: 48 bits of milliseconds, the version, 12 bits, the variant, 62 bits."""
    clock = SeededClock(1_645_557_742.0)
    made = uuid.UUID(ids_at(clock, lambda n: b"\xff" * n).new())

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == 1_645_557_742_000
    assert made.int & (1 << 62) - 1 == (1 << 62) - 1


def test_an_id_reads_as_the_rfc_writes_it() -> None:
    """The first bytes of the example in its appendix A.6, which has this time."""
    assert ids_at(SeededClock(1_645_557_742.0)).new().startswith("017f22e2-79b0-7")


@given(noise=st.binary(min_size=8, max_size=8))
def test_no_noise_touches_version_and_variant(noise: bytes) -> None:
    made = uuid.UUID(ids_at(SeededClock(), lambda n: noise).new())

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert str(made) == ids_at(SeededClock(), lambda n: noise).new()


def test_ids_grow_strictly_within_a_millisecond() -> None:
    """Beyond the 4,096 that 12 bits can count too."""
    ids = ids_at(SeededClock(), lambda n: b"\0" * n)
    made = [ids.new() for _ in range(10_000)]

    assert made == sorted(set(made))


@given(moves=st.lists(st.floats(-1e6, 1e6), max_size=30))
def test_ids_grow_strictly_whatever_the_clock_does(moves: list[float]) -> None:
    """A clock that is set back does not take them back."""
    clock = SeededClock()
    ids = ids_at(clock)
    made = [ids.new()]
    for move in moves:
        clock.set(clock.now() + move)
        made.append(ids.new())

    assert made == sorted(set(made))


def test_a_clock_that_is_right_again_leads_again() -> None:
    clock = SeededClock(1_000.0)
    ids = ids_at(clock)
    ids.new()
    clock.set(500.0)
    ids.new()
    clock.set(2_000.0)

    assert uuid.UUID(ids.new()).int >> 80 == 2_000_000


def test_the_world_has_ids_of_its_own_clock_and_entropy(tmp_path: Path) -> None:
    ports = Ports(home=tmp_path)

    assert isinstance(ports.clock, SystemClock)
    assert ports.ids.new() < ports.ids.new()
    ports.point("nothing happens here")


def test_the_same_seed_makes_the_same_world(tmp_path: Path) -> None:
    one, two, other = (seeded_ports(seed, tmp_path) for seed in (1, 1, 2))

    assert [one.ids.new(), one.entropy(5)] == [two.ids.new(), two.entropy(5)]
    assert one.ids.new() != other.ids.new()


async def test_the_real_clock_goes_on() -> None:
    clock = SystemClock()
    before = (clock.now(), clock.monotonic())

    await clock.sleep(0.001)

    assert clock.monotonic() > before[1]
    assert clock.now() == pytest.approx(before[0], abs=60)
