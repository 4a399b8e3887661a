"""Each fake of the kit passes the conformance class of its protocol, so that a test with fakes proves something."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Literal

import pytest
from kingpost import (
    Agent,
    Answer,
    Call,
    Calls,
    Compressor,
    Context,
    Embedder,
    Executor,
    Log,
    MemoryBackend,
    Observation,
    Pending,
    Piece,
    Ports,
    Reader,
    Say,
    Text,
    TokenCounter,
    UnreadableInput,
)
from kingpost.testing import (
    AgentConformance,
    CompressorConformance,
    CounterConformance,
    DictMemory,
    EmbedderConformance,
    ExecutorConformance,
    FirstFitCompressor,
    FunctionExecutor,
    HashEmbedder,
    LogConformance,
    MemoryConformance,
    MemoryLog,
    ReaderConformance,
    ScriptedAgent,
    WordCounter,
    seeded_ports,
)


async def echo(text: str, times: int = 1) -> str:
    """Say it again."""
    return text * times


async def approve(what: str) -> Pending:
    """Ask a person."""
    return Pending(call="", reference=f"approval of {what}")


async def look() -> Observation:
    """Look, and find nothing."""
    return Observation(call="", text="nothing there", trust="trusted")


async def nap(seconds: float) -> str:
    """Take a nap."""
    await asyncio.sleep(seconds)
    return "awake"


class LineReader:
    """Reads files of lines that end with a full stop, as a small stand-in for a real format."""

    name = "lines"
    suffixes = (".lines",)

    async def read(self, path: Path) -> AsyncIterator[Piece]:
        lines = (await asyncio.to_thread(path.read_text)).splitlines()
        if not lines or not all(line.endswith(".") for line in lines):
            raise UnreadableInput(str(path), "it holds no lines that end with a full stop", "mend it")
        for number, line in enumerate(lines, 1):
            yield Piece(text=line, place=str(number))


class TestScriptedAgent(AgentConformance):
    @pytest.fixture
    def subject(self) -> Agent:
        return ScriptedAgent(["forty tonnes"])


class TestScriptedAgentWithCalls(AgentConformance):
    @pytest.fixture
    def subject(self) -> Agent:
        def script(context: Context, say: Say) -> Answer | Calls:
            say(Text("let me see"))
            if context.tools and not context.turns:
                return Calls(calls=(Call("1", "echo", {"text": context.description}), Call("2", "echo", {"text": ""})))
            return Answer(text=context.prompt)

        return ScriptedAgent(script)


class TestDictMemory(MemoryConformance):
    @pytest.fixture
    def subject(self) -> MemoryBackend:
        return DictMemory()

    @pytest.fixture
    def twin(self, subject: MemoryBackend) -> MemoryBackend:
        assert isinstance(subject, DictMemory)
        return subject.twin()


class TestWordCounter(CounterConformance):
    @pytest.fixture
    def subject(self) -> TokenCounter:
        return WordCounter()


class TestFirstFitCompressor(CompressorConformance):
    @pytest.fixture
    def subject(self) -> Compressor:
        return FirstFitCompressor()


class TestFunctionExecutor(ExecutorConformance):
    @pytest.fixture
    def subject(self) -> Executor:
        return FunctionExecutor([echo, approve, look, nap])

    @pytest.fixture
    def calls(self) -> Sequence[Call]:
        return [
            Call("1", "echo", {"text": "größer", "times": 3}),
            Call("2", "approve", {"what": "the lift"}),
            Call("3", "look"),
            Call("4", "nap", {"seconds": 0}),
        ]

    @pytest.fixture
    def slow(self) -> Call:
        return Call("1", "nap", {"seconds": 60})


class TestHashEmbedder(EmbedderConformance):
    @pytest.fixture
    def subject(self) -> Embedder:
        return HashEmbedder()


class TestLineReader(ReaderConformance):
    @pytest.fixture
    def subject(self) -> Reader:
        return LineReader()

    @pytest.fixture
    def documents(self, tmp_path: Path) -> Sequence[tuple[Path, Sequence[str]]]:
        (tmp_path / "one.lines").write_text("The crane lifts.\nThe crane rests.\n")
        (tmp_path / "two.lines").write_text("Bread.\n")
        return [(tmp_path / "one.lines", ["lifts", "rests"]), (tmp_path / "two.lines", ["Bread"])]

    @pytest.fixture
    def broken(self, tmp_path: Path) -> Sequence[Path]:
        (tmp_path / "torn.lines").write_text("The crane li")
        return [tmp_path / "torn.lines"]


class TestMemoryLog(LogConformance):
    @pytest.fixture
    async def subject(self, ports: Ports) -> AsyncIterator[Log]:
        log = MemoryLog(ports)
        await log.start()
        yield log
        await log.stop()

    @pytest.fixture
    def twin(self, subject: Log) -> Log:
        assert isinstance(subject, MemoryLog)
        return subject.twin()

    @pytest.fixture
    async def departed(self, subject: Log) -> str:
        assert isinstance(subject, MemoryLog)
        await subject.twin().enlist("departed")
        subject.kill("departed")
        return "departed"

    @pytest.fixture
    def empty(self, tmp_path: Path) -> Log:
        return MemoryLog(seeded_ports(1, tmp_path))

    @pytest.fixture
    def spoil(self, subject: Log) -> object:
        async def spoil(position: int, part: Literal["body", "payload", "task"]) -> None:
            assert isinstance(subject, MemoryLog)
            subject.damage(position, part)

        return spoil
