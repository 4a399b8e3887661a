"""Logs in which names differ from line to line, as users, hosts and packages do."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from kingpost_compressor_structure.kinds import tell

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


WRONG = (
    "connection pool exhausted for the yard", "certificate of peer expired", "checksum mismatch in segment",
    "leader election lost", "queue backlog above threshold", "upstream closed the connection",
)  # fmt: skip
_TIME = "2026-11-21T10:{n:02}:{m:02}.5Z"
STYLES = {
    "compose": ("web_{host}    | " + _TIME, "INF", "ERR"),
    "pods": ("web-{id} web " + _TIME, "INFO", "ERROR"),
    "kubectl": ("[pod/web-{id}/web] " + _TIME, "INFO", "ERROR"),
    "a run of jobs": ("build\tRun tests\t" + _TIME, "done,", "##[error]"),
    "the kernel": ("[{seconds:8}.{id}]", "eth0:", "eth0: I/O error,"),
    "redis": ("1:M 21 Nov 2026 10:{n:02}:{m:02}.5", "*", "# failed,"),
    "colours": ("\x1b[32mapp\x1b[0m[{seconds:04}] \x1b[31m", "INFO\x1b[0m", "ERRO\x1b[0m"),
    "priorities": ("<14>1 " + _TIME + " yard app {id} -", "info", "err"),
    "German": ("21.11.2026 10:{n:02}:{m:02}", "INFO", "FEHLER"),
}


def strewn(style: str) -> str:
    """Six errors a few times each among 1,200 usual lines, with names in all of them, and one line of its own."""
    chance = random.Random(9)
    front, well, ill = STYLES[style]
    lines = []
    for at in range(1200):
        said = chance.choice((f"served {at} in {chance.randrange(90)} ms", f"cache filled for {chance.choice(NAMES)}"))
        level = well
        if at % 30 == 7:
            level, said = ill, f"{WRONG[at // 30 % 6]}, client {chance.choice(NAMES)} gone"
        if at == 800:
            level, said = well, "debugger attached by somebody"
        begin = front.format(host=at % 3, id=f"{chance.randrange(10**6):06}", n=at // 60, m=at % 60, seconds=3 * at)
        lines.append(f"{begin} {level} {said}")
    return "\n".join(lines)


@pytest.mark.parametrize("style", STYLES)
def test_whatever_stands_in_front_of_a_log_its_errors_and_its_odd_line_survive(style: str, shorten: Shorten) -> None:
    """A container, a pod, a job, a number of seconds, colours: each distinct error, whomever it names."""
    text = strewn(style)
    left = shorten(text, 0.02)

    assert tell(text) == "log"
    assert [wrong for wrong in (*WRONG, "debugger attached") if wrong not in left] == []


def test_a_log_in_json_lines_keeps_the_first_of_each_sort(shorten: Shorten) -> None:
    """Where no word says that it went wrong, too: what most rows share is counted out."""
    chance = random.Random(3)
    rows = [
        {"t": f"2026-11-21T10:{at // 60:02}:{at % 60:02}Z", "s": "I", "id": chance.randrange(10**6), "attr": {"n": at},
         "msg": f"served {at} in 3 ms" if at % 2 else f"filled the cache for {chance.choice(NAMES)}"}
        for at in range(1200)
    ]  # fmt: skip
    for at in range(7, 1200, 30):
        rows[at] |= {"s": "E", "msg": WRONG[at // 30 % 6]}
    rows[800]["msg"] = "debugger attached by somebody"
    left = shorten("".join(json.dumps(row) + "\n" for row in rows), 0.015)

    assert [wrong for wrong in (*WRONG, "debugger attached") if wrong not in left] == []


def test_errors_are_told_apart_by_more_than_a_name(shorten: Shorten) -> None:
    """Several words in a row that others do not have are what happened, not whom it happened to."""
    lines = [f"2026-11-21 10:{n // 60:02}:{n % 60:02} [notice] {n}: signal {n} handled" for n in range(1200)]
    for at in range(0, 1200, 30):
        request = f'client: 10.0.0.{at % 250}, server: yard.example, request: "GET /{NAMES[at // 30 % 20]} HTTP/1.1"'
        lines[at] = f"2026-11-21 10:{at // 60:02}:{at % 60:02} [error] {at}: *{at} {WRONG[at // 30 % 6]}, {request}"
    left = shorten("\n".join(lines), 0.02)

    assert [wrong for wrong in WRONG if wrong not in left] == []
