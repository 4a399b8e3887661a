"""Logs in which names differ from line to line, as users, hosts and packages do."""

from __future__ import annotations

import random
from collections.abc import Callable

Shorten = Callable[..., str]
NAMES = [
    f"{first}{last}" for first in ("lib", "py", "go", "rust") for last in ("alpha", "crane", "rope", "yard", "zinc")
]


def packages(lines: int, more: dict[int, str]) -> str:
    """What an installer writes: what it did, to which package, of which version."""
    chance = random.Random(4)
    said = []
    for n in range(lines):
        name = f"{chance.choice(NAMES)}-{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}"
        version = f"{chance.choice((1, 2, 3, 900))}.{n % 40}.{n % 7}-{n % 9}"
        what = chance.choice(("status installed", "status unpacked", "configure"))
        said.append(more.get(n, f"2026-01-01 10:{n // 60 % 60:02}:{n % 60:02} {what} {name}:all {version} <none>"))
    return "\n".join(said)


def test_lines_that_differ_in_a_name_are_counted_and_leave_room_for_what_is_odd(shorten: Shorten) -> None:
    """Neither a name nor a version makes a line one like no other."""
    odd = {700: "2026-01-01 10:11:40 purge librope:all", 1100: "2026-01-01 10:18:20 startup packages remove"}
    left = shorten(packages(1500, odd), 0.005)

    assert all(line in left for line in odd.values())
    assert left.count("like this]") == 3


def test_a_line_that_the_question_names_survives_among_many_like_it(shorten: Shorten) -> None:
    asked = {900: "2026-01-01 10:15:00 status installed gobarge:all 1.2.3-4 <none>"}
    left = shorten(packages(1500, asked), 0.01, query="When was gobarge installed?")

    assert asked[900] in left


def test_errors_that_differ_in_a_name_leave_room_for_other_errors(shorten: Shorten) -> None:
    """A door that somebody rattles at with every name there is must not hide the one that broke."""
    lines = [
        f"Jan  1 10:{n // 60 % 60:02}:{n % 60:02} yard sshd[{n}]: Failed password for invalid user "
        f"{NAMES[n % 20]}{chr(97 + n % 26)} from 10.0.{n % 9}.{n % 200} port {40_000 + n} ssh2"
        for n in range(1200)
    ]
    lines[800] = "Jan  1 10:13:20 yard kernel: Out of memory: killed process 4711 (crane)"
    lines[1000] = "Jan  1 10:16:40 yard sshd[77]: fatal: cannot bind any address"
    left = shorten("\n".join(lines), 0.01)

    assert "killed process 4711" in left
    assert "cannot bind any address" in left
    assert "[1198 like this]" in left
