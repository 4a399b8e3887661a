"""The file on disk: what a line holds, and what is left of it after crashes, full disks and moves."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from kingpost import Corrupted, Event, Recorded, Unavailable
from kingpost.testing import full_disk
from kingpost_sink_jsonl.file import backwards
from kingpost_sink_jsonl.sink import JsonlSink

Frames = Callable[..., Awaitable[list[Recorded]]]
Sinks = Callable[..., JsonlSink]
Lines = Callable[[], list[dict[str, Any]]]


def positions(lines: Lines) -> list[int]:
    return [line["position"] for line in lines()]


def files(home: Path) -> dict[str, int]:
    """What lies there, with its size."""
    return {path.name: path.stat().st_size for path in sorted(home.iterdir())}


async def test_a_line_has_the_headers_and_the_hash_and_no_content(sink: Sinks, frames: Frames, lines: Lines) -> None:
    (first, second) = await frames(2)

    await sink().accept([first, second])

    assert [line["hash"] for line in lines()] == [first.hash.hex(), second.hash.hex()]
    assert lines()[1] == {
        "position": 2, "hash": second.hash.hex(), "at": second.at, "stream": "task/t", "version": "2",
        "events": [{"kind": "note", "v": 1, "header": {"number": 1}}],
    }  # fmt: skip


async def test_content_is_written_where_the_settings_say_so(sink: Sinks, lines: Lines) -> None:
    """What was erased before is marked."""
    events = (Event("note", {}, {"text": "sänd"}), Event("note", {}, None, 1, True), Event("note"))

    await sink(payloads=True).accept([Recorded(1, "memory/quay", "1", 1, events, bytes(32))])

    assert lines()[0]["events"] == [
        {"kind": "note", "v": 1, "header": {}, "payload": {"text": "sänd"}},
        {"kind": "note", "v": 1, "header": {}, "erased": True},
        {"kind": "note", "v": 1, "header": {}},
    ]


async def test_others_cannot_read_the_file(sink: Sinks, frames: Frames, home: Path) -> None:
    await sink().accept(await frames(1))

    assert (home / "audit.jsonl").stat().st_mode & 0o137 == 0


@pytest.mark.parametrize("kept", range(0, 400, 23))
async def test_half_a_line_is_cut_and_written_anew(
    sink: Sinks, frames: Frames, lines: Lines, home: Path, kept: int
) -> None:
    """A crash may end the file at any byte; what was cut is handed over again."""
    given = await frames(4)
    await sink().accept(given)
    whole = (home / "audit.jsonl").read_bytes()
    os.truncate(home / "audit.jsonl", len(whole) - kept)
    left = whole[: len(whole) - kept].count(b"\n")

    await sink().accept(given[max(left - 1, 0) :])

    assert (home / "audit.jsonl").read_bytes() == whole
    assert positions(lines) == [1, 2, 3, 4]


async def test_a_file_is_set_aside_at_its_size(sink: Sinks, frames: Frames, lines: Lines, home: Path) -> None:
    """No line is cut in two, and the next process looks through what was set aside."""
    given = await frames(30, size=40_000)
    for start in range(0, 30, 3):
        await sink(rotate_mb=1, payloads=True).accept(given[max(start - 5, 0) : start + 3])

    assert positions(lines) == list(range(1, 31))
    sizes = files(home)
    assert sizes.pop("audit.jsonl") < 2**20
    assert list(sizes) == [f"audit-{first:012}.jsonl" for first in (1, 10, 16, 22)]
    assert min(sizes.values()) > 2**20


async def test_a_file_that_was_taken_away_begins_anew(sink: Sinks, frames: Frames, lines: Lines, home: Path) -> None:
    """By a collector, also while the sink is at work."""
    given = await frames(9)
    working = sink()
    await working.accept(given[:3])
    (home / "audit.jsonl").rename(home / "taken.1")
    await working.accept(given[3:6])
    (home / "audit.jsonl").rename(home / "taken.2")
    await sink().accept(given[6:])

    assert positions(lines) == [7, 8, 9]
    assert [(home / f"taken.{n}").read_text().count("\n") for n in (1, 2)] == [3, 3]


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("again", [1, 2, 5])
async def test_another_log_is_not_mixed_in(
    sink: Sinks, frames: Frames, lines: Lines, home: Path, again: int, restarted: bool
) -> None:
    """A log that was restored or rewritten: told with the mend, and begun anew once the file is moved away."""
    working = sink()
    await working.accept(await frames(5))
    before = (home / "audit.jsonl").read_bytes()
    other = await frames(8, seed=1)
    working = sink() if restarted else working

    for _ in range(2):
        with pytest.raises(Corrupted, match=f"frame {again} is not the one that stands in .* move it away"):
            await working.accept(other[again - 1 :])
    assert (home / "audit.jsonl").read_bytes() == before

    (home / "audit.jsonl").rename(home / "evidence")
    await working.accept(other[again - 1 :])
    assert positions(lines) == list(range(again, 9))


async def test_a_line_that_is_none_is_told(sink: Sinks, frames: Frames, home: Path) -> None:
    """Somebody wrote into the file: it is left as it is."""
    given = await frames(3)
    await sink().accept(given[:2])
    with (home / "audit.jsonl").open("a") as file:
        file.write("who was here?\n")

    with pytest.raises(Corrupted, match="cannot be read"):
        await sink().accept(given[2:])

    assert (home / "audit.jsonl").read_text().endswith("who was here?\n")


@pytest.mark.parametrize("more", [0, 1, 100, 700])
async def test_a_full_disk_leaves_no_half_batch(
    sink: Sinks, frames: Frames, lines: Lines, home: Path, more: int
) -> None:
    """Nothing of it is kept, and all of it is once there is room."""
    given = await frames(9)
    working = sink()
    await working.accept(given[:3])
    before = (home / "audit.jsonl").read_bytes()

    with full_disk(len(before) + more), pytest.raises(Unavailable, match="cannot be written"):
        await working.accept(given[3:])
    assert (home / "audit.jsonl").read_bytes() == before

    await working.accept(given[3:])
    assert positions(lines) == list(range(1, 10))


async def test_a_missing_folder_is_not_made(sink: Sinks, frames: Frames, home: Path) -> None:
    """It may be a disk that is not mounted."""
    away = sink(path="mnt/audit.jsonl")
    given = await frames(2)

    with pytest.raises(Unavailable, match="No such file"):
        await away.accept(given)
    assert files(home) == {}

    (home / "mnt").mkdir()
    await away.accept(given)
    assert (home / "mnt/audit.jsonl").read_text().count("\n") == 2


async def test_a_batch_that_was_given_up_and_the_next_one_do_not_mix(sink: Sinks, frames: Frames, lines: Lines) -> None:
    """The thread of the first may still be writing when the frames are handed over again, and what came since."""
    given = await frames(200, size=2000)
    working = sink(payloads=True)
    for number in range(40):
        accepting = asyncio.ensure_future(working.accept(given[: number * 5 + 5]))
        await asyncio.sleep(0)
        accepting.cancel()
    await working.accept(given)

    assert positions(lines) == list(range(1, 201))


def kill_at_work(home: Path, count: int, batches: int) -> int:
    """Kill a process that hands ``count`` frames to the sink; how many it has told to be accepted."""
    child, told = Path(__file__).with_name("keep_accepting.py"), 0
    with subprocess.Popen([sys.executable, child, home, str(count)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(batches):
            told = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
    return told


@pytest.mark.parametrize("seed", range(4))
async def test_kill_9_leaves_every_frame_once(sink: Sinks, frames: Frames, lines: Lines, home: Path, seed: int) -> None:
    """Killed anywhere; the next process is handed frames again from a cursor that lies behind."""
    count = 400
    told = kill_at_work(home, count, 3 + seed * 7)
    given = await frames(count, size=400)
    assert 0 < told < count

    for start in range(max(told - 13, 0), count, 10):
        await sink(payloads=True, rotate_mb=1).accept(given[start : start + 10])

    assert [(line["position"], line["hash"]) for line in lines()] == [(f.position, f.hash.hex()) for f in given]


@pytest.mark.parametrize("block", [1, 2, 3, 7, 100_000])
@pytest.mark.parametrize(
    "content", [b"", b"\n", b"a", b"a\n", b"a\nbb\nccc", b"\n\nabc\n\n", b"a" * 99 + b"\n" + b"b" * 99]
)
def test_a_file_is_read_backwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, block: int) -> None:
    """The same lines as forwards, whatever the blocks are cut at."""
    monkeypatch.setattr("kingpost_sink_jsonl.file._BLOCK", block)
    (tmp_path / "file").write_bytes(content)

    with (tmp_path / "file").open("rb") as file:
        assert list(backwards(file)) == (content.split(b"\n")[::-1] if content else [])
