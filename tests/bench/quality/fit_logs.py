"""Logs of made-up systems, with errors strewn in and one line that is like no other.

Called by ``fit_quality``. Formats as real systems write them; every record is generated. The halves have other
errors and other odd lines.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Log:
    """``errors``: a text that only records of one error have, for each; ``odd``: the line like no other."""

    name: str
    text: str
    errors: tuple[str, ...]
    odd: str


_ERRORS = {
    "train": [
        "Connection to node {n} lost while writing block",
        "Checksum mismatch in segment {n}",
        "Disk quota exceeded for user {n}",
        "NullPointerException in handler {n}",
        "Could not renew lease {n}",
        "Certificate of peer {n} has expired",
        "Out of memory while sorting {n} rows",
        "Permission denied: /data/{n}",
        "Replica {n} is corrupt",
        "Deadlock found when trying to get lock {n}",
    ],
    "test": [
        "Exception in receiveBlock for block {n}",
        "File does not exist: /var/www/{n}",
        "Queue {n} is full, message dropped",
        "Failed to parse header {n}",
        "Socket timeout after {n} ms",
        "Child process {n} died unexpectedly",
        "Invalid token in request {n}",
        "Index {n} out of range",
        "Too many open files: {n}",
        "Broken pipe on channel {n}",
    ],
}
_ODD = {"train": "operator opened the maintenance hatch", "test": "clock stepped back by one leap second"}

_USUAL = [
    "Received block blk_{n} of size {size} from /10.0.{m}.{k}",
    "PacketResponder {k} for block blk_{n} terminating",
    "Served block blk_{n} to /10.0.{m}.{k}",
    "GET /items/{n} 200 {size} in {k} ms",
    "session {n} opened for user u{m}",
    "session {n} closed for user u{m}",
    "cache hit ratio {k}.{m} over {size} requests",
    "heartbeat from worker {m}: load {k}",
    "compacted {k} segments into {n}",
    "scheduled job {m} finished in {k} s",
]


def _hdfs(at: int, level: str, said: str, chance: random.Random) -> str:
    clock = f"{at // 3600 % 24:02}{at // 60 % 60:02}{at % 60:02}"
    part = chance.choice(["DataNode$PacketResponder", "FSNamesystem", "DataNode$DataXceiver"])
    return f"081109 {clock} {chance.randrange(10, 4000)} {level} dfs.{part}: {said}"


def _apache(at: int, level: str, said: str, chance: random.Random) -> str:
    clock = f"{at // 3600 % 24:02}:{at // 60 % 60:02}:{at % 60:02}"
    word = {"INFO": "notice", "WARN": "warn", "ERROR": "error"}[level]
    return f"[Sun Dec 04 {clock} 2005] [{word}] [client 10.1.{chance.randrange(9)}.{chance.randrange(99)}] {said}"


def _syslog(at: int, level: str, said: str, chance: random.Random) -> str:
    clock = f"{at // 3600 % 24:02}:{at // 60 % 60:02}:{at % 60:02}"
    return f"Jun {14 + at // 86400 % 9} {clock} combo app[{chance.randrange(2000, 2020)}]: {level.lower()}: {said}"


def _java(at: int, level: str, said: str, chance: random.Random) -> str:
    clock = f"{at // 3600 % 24:02}:{at // 60 % 60:02}:{at % 60:02},{chance.randrange(1000):03}"
    line = f"2015-10-18 {clock} {level} [main] org.app.Worker: {said}"
    return line + "\n\tat org.app.Worker.run(Worker.java:88)\n\tat java.lang.Thread.run(Thread.java:7)" * (
        level == "ERROR"
    )


def _plain(at: int, level: str, said: str, chance: random.Random) -> str:
    del chance
    return f"{level:5} {at:07} {said}"


_FORMATS: Sequence[Callable[[int, str, str, random.Random], str]] = (_hdfs, _apache, _syslog, _java, _plain)


def logs(seed: int, half: str, records: int = 3_000) -> list[Log]:
    """One of each format; each error stands in it one to six times."""
    return [_log(made, random.Random(f"{seed} {half} {made.__name__}"), half, records) for made in _FORMATS]


def _log(made: Callable[[int, str, str, random.Random], str], chance: random.Random, half: str, records: int) -> Log:
    usual = chance.sample(_USUAL, 7)
    said = [("WARN" if chance.random() < 0.02 else "INFO", chance.choice(usual)) for _ in range(records)]
    places = iter(chance.sample(range(10, records - 10), 100))
    for error in _ERRORS[half]:
        for _ in range(chance.choice((1, 1, 2, 6))):
            said[next(places)] = ("ERROR", error)
    odd = next(places)
    said[odd] = ("INFO", _ODD[half])
    lines = []
    for at, (level, template) in enumerate(said):
        numbers = {
            "n": chance.randrange(10**6), "m": chance.randrange(1, 9), "k": chance.randrange(10, 90),
            "size": chance.randrange(40_000, 60_000),
        }  # fmt: skip
        lines.append(made(at * 2, level, template.format_map(numbers), chance))
    marks = tuple(max(error.split("{n}"), key=len) for error in _ERRORS[half])
    return Log(made.__name__.strip("_"), "\n".join(lines) + "\n", marks, _ODD[half])
