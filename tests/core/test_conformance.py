"""The kit keeps up with the protocols, and its classes notice who breaks a promise."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from kingpost import (
    Answer,
    Call,
    Calls,
    Context,
    Erased,
    Event,
    Fenced,
    Fitted,
    Head,
    Limits,
    Memory,
    Observation,
    Passage,
    Piece,
    Query,
    Receipt,
    Recollection,
    Recorded,
    Refused,
    Report,
    Say,
    Segment,
    Selection,
    TaskQuery,
    TaskState,
    Tier,
    TokenCounter,
    protocols,
    replace,
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
    SeededClock,
    SinkConformance,
    WordCounter,
    seeded_ports,
)

PROMISED: dict[type, tuple[type, ...]] = {
    AgentConformance: (protocols.Agent,),
    MemoryConformance: (protocols.MemoryBackend, Query, Selection, Tier),
    CounterConformance: (protocols.TokenCounter,),
    CompressorConformance: (protocols.Compressor,),
    ExecutorConformance: (protocols.Executor,),
    EmbedderConformance: (protocols.Embedder,),
    ReaderConformance: (protocols.Reader,),
    LogConformance: (
        protocols.Log,
        protocols.Batching,
        protocols.Care,
        protocols.Folded,
        protocols.Marked,
        TaskQuery,
        Recorded,
    ),
    SinkConformance: (protocols.Sink,),
}
DESCRIBED = {
    "decides what to do next",
    "keeps what was learned and finds it again",
    "one instance serves all tasks of a kernel",
    "counts tokens as one model family does",
    "fits passages into a budget and says what was lost",
    "the only way an agent touches the world",
    "turns texts into vectors",
    "reads one form of document that is not plain text",
    "what a log needs besides being used",
    "what a log may do besides, for whoever has frames of several streams at once",
    "what a log may do besides, where that costs much less than a question",
    "a blob's bytes",
    "receives what was recorded, payloads in place",
    "one instance serves a kernel; a slow or broken one never stops a task",
    "raises:",
}
"""Sentences that say what a thing is and promise nothing."""

each_class = pytest.mark.parametrize("conformance", PROMISED, ids=lambda each: each.__name__)


@each_class
def test_every_sentence_of_a_protocol_is_quoted_by_a_test(conformance: type) -> None:
    """Part by part, as one test may prove the beginning of a sentence and another one its end."""
    quoted = " | ".join(_docs_of_tests(conformance).values())
    sentences = [each for held in PROMISED[conformance] if _is_protocol(held) for each in _sentences(held)]
    parts = [part for each in sentences if each not in DESCRIBED for part in re.split(r"[,;:] ", each)]

    assert [part for part in parts if part not in quoted] == []


@each_class
def test_every_test_quotes_what_it_proves(conformance: type) -> None:
    """The first clause of its docstring stands in the protocol, or in a record that the protocol hands over."""
    promised = " ".join(_plain(doc) for held in PROMISED[conformance] for doc in _docs(held))
    promised += _plain(inspect.getsource(protocols))

    astray = {
        test: doc for test, doc in _docs_of_tests(conformance).items() if re.split("[.,:;] ", doc)[0] not in promised
    }

    assert astray == {}


def _is_protocol(held: type) -> bool:
    return held.__module__.startswith(protocols.__name__) and getattr(held, "_is_protocol", False)


def _docs(held: type) -> list[str]:
    members = [member.fget if isinstance(member, property) else member for member in vars(held).values()]
    return [
        doc for each in (held, *members) if (inspect.isfunction(each) or each is held) and (doc := inspect.getdoc(each))
    ]


def _sentences(held: type) -> list[str]:
    split = re.compile(r"(?<=\.)\s+(?=[A-Z`])|\n\n(?=Raises:)|\n    (?=[A-Z])")
    return [_plain(each) for doc in _docs(held) for each in split.split(doc)]


def _docs_of_tests(conformance: type) -> dict[str, str]:
    return {
        name: _plain(str(member.__doc__))
        for name, member in inspect.getmembers(conformance, inspect.isfunction)
        if name.startswith("test_")
    }


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(" .").lower()


class Gossip(ScriptedAgent):
    """Tells each task what the one before asked."""

    def __init__(self) -> None:
        super().__init__(self._tell)
        self._heard = ""

    def _tell(self, context: Context, say: Say) -> str:
        before, self._heard = self._heard, context.description
        return before


class Overreaching(ScriptedAgent):
    """Calls a tool that nobody offered."""

    def __init__(self) -> None:
        super().__init__([Calls(calls=(Call("1", "rm"),))])


class Inventive(ScriptedAgent):
    """Never describes itself twice in the same way."""

    async def describe(self, model: str | None) -> Any:
        self.name += "!"
        return replace(await super().describe(model), model=self.name)


class Leaky(DictMemory):
    """Shows everybody everything."""

    async def recall(self, query: Query) -> Sequence[Recollection]:
        scopes = tuple({memory.scope for memory in self._kept.values()})
        tenants = {memory.tenant for memory in self._kept.values()}
        found: list[Recollection] = []
        for tenant in tenants:
            found += await super().recall(replace(query, tenant=tenant, scopes=scopes))
        return found


class Generous(DictMemory):
    """Delivers more than was asked for, the worst first."""

    async def recall(self, query: Query) -> Sequence[Recollection]:
        return list(await super().recall(replace(query, limit=1000)))[::-1]


class Thorough(DictMemory):
    """Forgets a whole scope at a time, and lets in what was recalled."""

    async def forget(self, selection: Selection) -> int:
        return await super().forget(Selection(scope=selection.scope, tenant=selection.tenant))

    async def remember(self, memories: Sequence[Memory]) -> int:
        return await super().remember([replace(memory, origin="user") for memory in memories])


class Careless(WordCounter):
    """Cuts by characters."""

    def cut(self, text: str, limit: int) -> str:
        return text[: limit * 8]


class Stingy(WordCounter):
    """Cuts far too much."""

    def cut(self, text: str, limit: int) -> str:
        return super().cut(text, limit // 2)


class Secretive(FirstFitCompressor):
    """Drops without a word, over the budget, and never lets go of the loop."""

    async def fit(self, passages: Sequence[Passage], budget: int, query: str, counter: TokenCounter) -> Fitted:
        return Fitted(kept=tuple(passages[:1]))


class Raising(FunctionExecutor):
    """Raises what goes wrong, and answers for somebody else."""

    async def execute(self, call: Call, limits: Limits) -> Any:
        if call.tool == "echo":
            return Observation(call="another", text=str(call.arguments["text"]))
        raise KeyError(call.tool)


class Uneven(HashEmbedder):
    """Leaves empty texts out."""

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return [vector[: len(text)] for text, vector in zip(texts, await super().embed(texts), strict=True)]


class Placeless:
    """Reads pages from the last to the first and does not say where."""

    name = "placeless"
    suffixes = (".TXT",)

    async def read(self, path: Path) -> AsyncIterator[Piece]:
        for line in ("The crane rests.", "The crane lifts."):
            yield Piece(text=line)


class LastWins(MemoryLog):
    """Appends whatever version was expected."""

    async def append(self, stream: str, expected: str | None, events: Sequence[Event]) -> Receipt:
        return await super().append(stream, None, events)


class Torn(MemoryLog):
    """Writes event by event."""

    async def append(self, stream: str, expected: str | None, events: Sequence[Event]) -> Receipt:
        receipt = await super().append(stream, expected, events[:1])
        for event in events[1:]:
            receipt = await super().append(stream, None, [event])
        return receipt


class Credulous(MemoryLog):
    """Takes what the fold refuses for something that needs no telling."""

    async def append(self, stream: str, expected: str | None, events: Sequence[Event]) -> Receipt:
        try:
            return await super().append(stream, expected, events)
        except (Fenced, Refused):
            return Receipt(1, "1")


class Stuttering(MemoryLog):
    """Begins each page with the frame that ended the one before."""

    async def read(self, after: int = 0, limit: int = 1000, stream: str | None = None) -> Sequence[Recorded]:
        fresh = await super().read(after, limit, stream)
        return [*(await super().read(after - 1, 1, stream)), *fresh][:limit] if fresh and after else fresh


class Trailing(MemoryLog):
    """Folds later."""

    async def select(self, query: TaskQuery) -> Sequence[TaskState]:
        return [replace(state, version="") for state in await super().select(query)]


class Common(MemoryLog):
    """Keeps one drawer of blobs for everybody."""

    async def put(self, tenant: str, content: bytes) -> str:
        return await super().put("all", content)

    async def get(self, tenant: str, digest: str) -> bytes:
        return await super().get("all", digest)


class Deathless(MemoryLog):
    """Believes in everybody, and that everything has arrived."""

    async def alive(self, worker: str) -> bool:
        return True

    async def wait(self, position: int, timeout: float) -> bool:
        return True


class Blind(MemoryLog):
    """Verifies with its eyes shut."""

    async def verify(self, progress: Callable[[int, int], None] | None = None, head: Head | None = None) -> Report:
        return Report(frames=0, events=0, head=await self.head())


class Lazy(MemoryLog):
    """Takes the live tables for rebuilt ones, and counts a page."""

    async def rebuild(self, progress: Callable[[int, int], None] | None = None, since: float | None = None) -> Report:
        return await self.verify(progress)

    async def count(self, query: TaskQuery) -> int:
        return len(await self.select(query))


class Forgetful(MemoryLog):
    """Erases the words and keeps the blobs; seals what is still needed."""

    async def erase(self, tenant: str, task: str | None = None) -> Erased:
        kept = dict(self._store.blobs)
        gone = await super().erase(tenant, task)
        self._store.blobs = kept
        return gone

    async def seal(self, before: float, target: Path) -> Segment | None:
        segment = await super().seal(before, target)
        self._store.streams = {stream: held for stream, held in self._store.streams.items() if "task/" in stream}
        return segment


class Doubling:
    """Writes down whatever comes, and takes its time."""

    name = "doubling"

    def __init__(self) -> None:
        self.there: list[int] = []

    async def accept(self, frames: Sequence[Recorded]) -> None:
        for frame in frames:
            await asyncio.sleep(0)
            self.there.append(frame.position)


class Picky(Doubling):
    """Writes down once what it understands."""

    async def accept(self, frames: Sequence[Recorded]) -> None:
        self.there += [
            frame.position for frame in frames if frame.events[0].payload and frame.position not in self.there
        ]


async def echo(text: str) -> str:
    """Say it again."""
    return text


BROKEN: list[tuple[type, type, str]] = [
    (AgentConformance, Gossip, "one_task_learns_nothing_of_another"),
    (AgentConformance, Overreaching, "it_answers_or_calls_tools_that_are_offered"),
    (AgentConformance, Overreaching, "without_tools_it_answers"),
    (AgentConformance, Inventive, "the_same_question_gets_the_same_description"),
    (MemoryConformance, Leaky, "only_the_asked_scopes_answer"),
    (MemoryConformance, Leaky, "only_the_asked_tenant_answers"),
    (MemoryConformance, Generous, "the_best_comes_first"),
    (MemoryConformance, Thorough, "what_was_recalled_is_not_remembered"),
    (CounterConformance, Stingy, "little_room_is_left_unused"),
    (CounterConformance, Careless, "what_is_cut_is_a_prefix_within_the_limit"),
    (CompressorConformance, Secretive, "long_work_lets_others_run"),
    (CompressorConformance, Secretive, "pinned_passages_that_do_not_fit_are_refused"),
    (ExecutorConformance, Raising, "every_tool_does_its_work"),
    (ExecutorConformance, Raising, "a_tool_that_nobody_has_is_an_error"),
    (EmbedderConformance, Uneven, "all_vectors_have_one_length"),
    (ReaderConformance, Placeless, "suffixes_are_lower_case_with_the_dot"),
    (ReaderConformance, Placeless, "every_piece_has_its_place"),
    (LogConformance, LastWins, "a_stale_version_is_a_conflict_and_nothing_is_written"),
    (LogConformance, Torn, "a_frame_is_all_of_its_events"),
    (LogConformance, Torn, "what_cannot_be_written_leaves_nothing_behind"),
    (LogConformance, Credulous, "an_outcome_is_recorded_once"),
    (LogConformance, Credulous, "a_replaced_attempt_is_fenced"),
    (LogConformance, Stuttering, "pages_join_without_gap_or_duplicate"),
    (LogConformance, Trailing, "an_appended_task_is_selected_at_once"),
    (LogConformance, Common, "a_tenant_reads_its_own_blobs_only"),
    (LogConformance, Deathless, "a_worker_is_dead_with_its_process"),
    (LogConformance, Deathless, "who_waits_in_vain_is_told"),
    (LogConformance, Blind, "a_changed_byte_is_named"),
    (LogConformance, Blind, "a_log_that_was_cut_or_written_anew_is_found_out"),
    (LogConformance, Lazy, "what_the_frames_say_is_there_again"),
    (LogConformance, Lazy, "the_fold_begins_at_a_snapshot"),
    (LogConformance, Lazy, "a_count_looks_at_no_page"),
    (LogConformance, Forgetful, "what_is_erased_is_gone"),
    (LogConformance, Forgetful, "a_tenant_is_erased_whole"),
    (LogConformance, Forgetful, "other_streams_stay_readable"),
    (SinkConformance, Doubling, "accepting_twice_does_no_harm"),
    (SinkConformance, Doubling, "another_instance_does_no_harm"),
    (SinkConformance, Doubling, "what_was_cancelled_comes_again"),
    (SinkConformance, Picky, "what_is_accepted_has_arrived_in_order"),
    (SinkConformance, Picky, "any_frame_is_accepted"),
]


@pytest.mark.parametrize(
    ("conformance", "broken", "test"), BROKEN, ids=[f"{broken.__name__}-{test}" for _, broken, test in BROKEN]
)
async def test_who_breaks_a_promise_is_noticed(tmp_path: Path, conformance: type, broken: type, test: str) -> None:
    clock = SeededClock()
    ports = seeded_ports(0, tmp_path, clock=clock)
    given: dict[type, Sequence[Any]] = {MemoryLog: [ports], FunctionExecutor: [[echo]]}
    subject = broken(*next((words for kind, words in given.items() if issubclass(broken, kind)), ()))
    (tmp_path / "one.TXT").write_text("The crane lifts.\nThe crane rests.")
    fixtures = {
        "subject": subject,
        "twin": subject,
        "empty": broken(seeded_ports(1, tmp_path)) if issubclass(broken, MemoryLog) else None,
        "care": subject,
        "clock": clock,
        "ports": ports,
        "tmp_path": tmp_path,
        "context": _context(),
        "model": None,
        "counter": WordCounter(),
        "limits": Limits(task="t", tenant="default", key="t/1.1"),
        "calls": [Call("1", "echo", {"text": "yes"})],
        "documents": [(tmp_path / "one.TXT", ["lifts", "rests"])],
        "departed": "gone",
        "spoil": _spoiler(subject),
        "position": 4,
        "part": "payload",
        "page": 4,
        "limit": 100,
        "strange": "prose",
        "other": "other",
        "again": 3,
        "frames": [Recorded(number, "quay", str(number), number, (Event("note"),)) for number in range(1, 13)],
        "arrived": _arrived(subject),
    }
    run = getattr(conformance(), f"test_{test}")
    with pytest.raises((AssertionError, LookupError, ValueError, pytest.fail.Exception)):
        await _awaited(run(**{name: fixtures[name] for name in inspect.signature(run).parameters}))


async def _awaited(result: Any) -> None:
    if inspect.isawaitable(result):
        await result


def _arrived(subject: Any) -> Callable[[], Any]:
    async def arrived() -> list[int]:
        return list(subject.there)

    return arrived


def _context() -> Context:
    from kingpost.testing.conformance.agent import context_of  # what the class itself asks

    return context_of("How much does the harbour crane lift?")


def _spoiler(subject: Any) -> Callable[[int, str], Any]:
    async def spoil(position: int, part: str) -> None:
        subject.damage(position, part)

    return spoil


def test_an_answer_is_no_call() -> None:
    """The actions are told apart by their kind."""
    assert (Answer(text="").kind, Calls(calls=()).kind) == ("answer", "calls")
