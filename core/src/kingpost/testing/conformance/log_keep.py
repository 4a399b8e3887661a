"""What a ``Log`` promises of what it keeps beside the frames: blobs, workers, and who waits for whom."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import pytest

from ...errors import NotFound
from ...protocols import Log
from ..world import SeededClock
from .log_ground import LogGround, note


class Keeping(LogGround):
    """Blobs, signs of life, waiting and guarantees."""

    @pytest.mark.parametrize("content", [b"", b"\0\xff", b"x" * 3_000_000], ids=["empty", "bytes", "large"])
    async def test_a_blob_is_named_by_its_content(self, subject: Log, twin: Log, content: bytes) -> None:
        """Store a blob, durable when it returns; its id is the SHA-256 in hex."""
        digest = await subject.put("default", content)

        assert digest == sha256(content).hexdigest()
        assert await subject.get("default", digest) == await twin.get("default", digest) == content

    async def test_the_same_blob_is_stored_once(self, subject: Log, twin: Log) -> None:
        """A tenant's same content is stored once."""
        digests = await asyncio.gather(*(log.put("default", b"same") for log in (subject, twin) for _ in range(10)))

        assert set(digests) == {sha256(b"same").hexdigest()}
        assert await subject.get("default", digests[0]) == b"same"

    @pytest.mark.parametrize("other", ["other", "", "Default", "default/..", "default ", "../default", "%"])
    async def test_a_tenant_reads_its_own_blobs_only(self, subject: Log, other: str) -> None:
        """NotFound: this tenant has no such blob."""
        digest = await subject.put("default", b"mine")

        with pytest.raises(NotFound):
            await subject.get(other, digest)

        assert await subject.put(other, b"mine") == digest
        assert await subject.get(other, digest) == b"mine"

    @pytest.mark.parametrize("digest", ["0" * 64, "", "..", "../../log.db", "\0", "%", "a" * 5000])
    async def test_a_blob_that_nobody_stored_is_not_found(self, subject: Log, digest: str) -> None:
        """NotFound: this tenant has no such blob."""
        await subject.put("default", b"another one")

        with pytest.raises(NotFound):
            await subject.get("default", digest)

    async def test_an_enlisted_worker_is_alive_for_everybody(self, subject: Log, twin: Log) -> None:
        """From now until the process ends or ``stop`` is called, ``worker`` is alive."""
        await subject.enlist("worker-1")
        await twin.enlist("worker-2")

        for log in (subject, twin):
            assert await log.alive("worker-1")
            assert await log.alive("worker-2")
            assert await log.alive("worker-1")

    async def test_a_worker_is_alive_until_stop(self, subject: Log, twin: Log) -> None:
        """From now until the process ends or ``stop`` is called, ``worker`` is alive."""
        await subject.enlist("worker-1")
        await twin.enlist("worker-2")
        if (stop := getattr(twin, "stop", None)) is not None:
            await stop()

            assert await subject.alive("worker-1")
            assert not await subject.alive("worker-2")

    async def test_a_worker_is_dead_with_its_process(self, subject: Log, departed: str) -> None:
        """False as soon as the worker's process has ended, however it ended."""
        assert not await subject.alive(departed)

    @pytest.mark.parametrize("stranger", ["nobody", "", "../worker-1", "worker-1/", "WORKER-1"])
    async def test_a_stranger_is_not_alive(self, subject: Log, stranger: str) -> None:
        """False as soon as the worker's process has ended; and for those who never enlisted."""
        await subject.enlist("worker-1")

        assert not await subject.alive(stranger)

    async def test_who_waits_for_what_is_there_goes_on(self, subject: Log, twin: Log) -> None:
        """Return true once reads reach ``position``."""
        receipt = await subject.append("note/1", "", [note()])

        assert await subject.wait(receipt.position, timeout=0)
        assert await subject.wait(0, timeout=0)
        assert await twin.wait(receipt.position, timeout=60)
        assert await twin.read(receipt.position - 1)

    async def test_who_waits_is_woken_by_an_append(self, subject: Log, twin: Log) -> None:
        """Return true once reads reach ``position``."""
        waits = [asyncio.ensure_future(log.wait(3, timeout=60)) for log in (subject, subject, twin)]
        for _ in range(2):
            await subject.append("note/1", None, [note()])
        assert not any(wait.done() for wait in waits)

        await subject.append("note/1", None, [note()])

        async with asyncio.timeout(30):
            assert await asyncio.gather(*waits) == [True, True, True]

    async def test_who_waits_in_vain_is_told(self, subject: Log, clock: SeededClock) -> None:
        """Return true once reads reach ``position``, false after ``timeout`` seconds."""
        assert not await subject.wait(1, timeout=0)
        waiting = asyncio.ensure_future(subject.wait(1, timeout=0.02))
        while not waiting.done():
            # A log may wait by the clock of its ports or by the machine's.
            await clock.advance(0.01)
            await asyncio.sleep(0.01)

        assert not await waiting

    async def test_it_says_what_it_guarantees(self, subject: Log) -> None:
        """What this log guarantees."""
        info = await subject.info()

        assert info.chain in {"log", "stream"}
        assert all((info.engine, info.durability, info.place))
