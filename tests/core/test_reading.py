"""What was recalled stands in the prompt as one reads it."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kingpost import (
    Action,
    Answer,
    Call,
    Calls,
    Context,
    Description,
    Memory,
    Passage,
    Recollection,
    Say,
    Status,
    Trust,
    render,
)
from kingpost._walk.context import Stock, fit, recall_limit
from kingpost._walk.reading import MOST_CHARS, passages_of
from kingpost.testing import DictMemory, FirstFitCompressor, WordCounter
from kingpost.testing.kernel import open_kernel

DAY = 1_750_000_000.0


def piece(source: str, place: str, text: str, **more: object) -> Memory:
    """A part of a document, as reading in stores it."""
    id = f"{source} {place} {text}"[:32]
    memory = Memory(id=id, scope="s", body=text, source=source, place=place, origin="import")
    return replace(memory, **more)  # type: ignore[arg-type]  # any field may be another


def turn(minute: float, speaker: str, text: str, session: str = "9") -> Memory:
    """Something that was said."""
    return Memory(id=text[:32], scope="s", body=text, speaker=speaker, session=session, created=DAY + minute * 60)


def recalled(*memories: Memory) -> list[Recollection]:
    """They, best first."""
    return [Recollection(memory=memory, score=1.0 / rank) for rank, memory in enumerate(memories, 1)]


def test_parts_of_a_document_stand_in_its_order_and_neighbours_are_one() -> None:
    """The blank line between them too, so that a place still tells the line; the label is paid for once."""
    found = passages_of(
        recalled(
            piece("a.md", "12-13", "Third.\nFourth."), piece("a.md", "40", "Far."), piece("a.md", "8-10", "1\n2\n3")
        )
    )

    assert [(one.id, one.place, one.text) for one in found] == [
        ("1", "8-13", "1\n2\n3\n\nThird.\nFourth."),
        ("2", "40", "Far."),
    ]
    assert found[0].reason == "recalled for the task's words, ranks 1 and 3"
    assert found[0].score == 1.0


def test_the_document_that_fits_best_comes_first_and_what_was_said_last() -> None:
    found = passages_of(
        recalled(piece("b.md", "9", "b"), turn(1, "Ada", "Hello."), piece("a.md", "1", "a"), piece("b.md", "2", "bb"))
    )

    assert [one.source for one in found] == ["b.md", "b.md", "a.md", "conversation 9"]
    assert [one.place for one in found] == ["2", "9", "1", "2025-06-15 15:07"]


def test_a_conversation_stands_in_time_with_who_said_it() -> None:
    """Turns of one session are one passage; another session is another passage, the older one first."""
    found = passages_of(
        recalled(turn(9, "Bo", "At nine."), turn(3, "Ada", "When?"), turn(0, "Ada", "Long ago.", session="1"))
    )

    assert [one.text for one in found] == ["Ada: Long ago.", "Ada: When?\nBo: At nine."]
    assert found[1].place == "2025-06-15 15:09 to 2025-06-15 15:15"
    assert found[1].reason == "recalled for the task's words, ranks 1 and 2"


def test_turns_of_one_time_stand_in_the_order_in_which_their_ids_count() -> None:
    """Many dialogues give a session one time; where ids do not count, the best comes first."""
    said = {9: "Nine.", 10: "Ten.", 2: "Two."}
    counting = [replace(turn(0, "Ada", text), id=f"D3:{n}") for n, text in said.items()]
    random = [replace(turn(0, "Ada", text), id=f"b{n}f") for n, text in said.items()]

    assert [one.text for one in passages_of(recalled(*counting))] == ["Ada: Two.\nAda: Nine.\nAda: Ten."]
    assert [one.text for one in passages_of(recalled(*random))] == ["Ada: Nine.\nAda: Ten.\nAda: Two."]


def test_what_is_joined_stays_small_enough_to_be_dropped_alone() -> None:
    texts = [piece("a.md", f"{n * 10 + 1}-{n * 10 + 10}", "x" * 1100) for n in range(12)]

    found = passages_of(recalled(*texts))

    assert len(found) == 3
    assert all(len(one.text) <= MOST_CHARS for one in found)


def test_texts_of_different_trust_or_form_are_never_joined() -> None:
    """A label says whose words a passage holds; it holds no other's."""
    own = piece("a.md", "1-2", "mine", origin="user")
    outside = piece("a.md", "3-4", "theirs")
    code = piece("a.md", "5-6", "x = 1", meta={"kind": "python"})

    found = passages_of(recalled(own, outside, code))

    assert [(one.text, one.trust) for one in found] == [
        ("mine", Trust.MEMORY), ("theirs", Trust.OUTSIDE), ("x = 1", Trust.OUTSIDE),
    ]  # fmt: skip


def test_scopes_and_single_memories_stay_apart() -> None:
    """Two roots may hold a file of the same name; memories without a source are cited by their own ids."""
    here, there = piece("a.md", "1-2", "here"), replace(piece("a.md", "3-4", "there"), scope="t")
    alone = [Memory(id=f"m{n}", scope="s", body=f"fact {n}", created=DAY - n) for n in range(2)]

    found = passages_of(recalled(here, there, *alone))

    assert [(one.source, one.text) for one in found] == [
        ("a.md", "here"), ("a.md", "there"), ("memory m1", "fact 1"), ("memory m0", "fact 0"),
    ]  # fmt: skip


def test_copies_are_told() -> None:
    (found,) = passages_of([Recollection(memory=turn(0, "", "Yes."), score=1.0, copies=3)])

    assert found.reason == "recalled for the task's words, rank 1, said 3 times"


memories = st.builds(
    Memory,
    id=st.text("ab", min_size=1, max_size=3), scope=st.sampled_from("st"), body=st.text(max_size=40),
    source=st.sampled_from(["", "a.md", "b.py"]), session=st.sampled_from(["", "1"]),
    speaker=st.sampled_from(["", "Bo"]), place=st.from_regex(r"[0-9]{1,2}(-[0-9]{1,2})?|p\. [0-9]|", fullmatch=True),
    created=st.floats(allow_nan=False), origin=st.sampled_from(["user", "import"]),
)  # fmt: skip


@given(st.lists(memories, max_size=12))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_whatever_is_recalled_all_of_it_stands_there_once(found: list[Memory]) -> None:
    """And the same memories give the same bytes."""
    passages = passages_of(recalled(*found))

    assert render(passages) == render(passages_of(recalled(*found)))
    ranks = [int(number) for one in passages for number in re.findall(r"\d+", one.reason)]
    assert sorted(ranks) == list(range(1, len(found) + 1))
    assert sum(len(one.text) for one in passages) >= sum(len(one.body) for one in found)
    assert [one.id for one in passages] == [str(number) for number in range(1, len(passages) + 1)]


@pytest.mark.parametrize(
    ("setting", "budget", "limit"),
    [(None, 90, 40), (None, 8000, 40), (None, 40_000, 200), (None, 10**6, 400), (7, 10**6, 7)],
)
def test_a_larger_budget_recalls_more(setting: int | None, budget: int, limit: int) -> None:
    """So that it is filled; who says how many is believed."""
    assert recall_limit(setting, budget) == limit


async def test_joining_leaves_more_room_for_text() -> None:
    """The same neighbours apart pay for a label each: of the same budget less is text."""
    texts = [piece("a.md", f"{n * 3 + 1}-{n * 3 + 2}", f"line {n} says.\nline {n} ends.") for n in range(20)]
    task = Passage(id="task", text="What?", source="task", trust=Trust.TASK, pinned=True)
    joined = passages_of(recalled(*texts))
    apart = [passages_of(recalled(one))[0] for one in texts]
    apart = [replace(one, id=str(number)) for number, one in enumerate(apart, 1)]

    packs = [
        await fit(Stock((task, *passages)), 260, "what", FirstFitCompressor(), WordCounter())
        for passages in (joined, apart)
    ]  # fmt: skip

    assert all(pack.used <= 260 for pack in packs)
    assert packs[0].used - packs[0].framing > 1.5 * (packs[1].used - packs[1].framing)


class Caller:
    """Calls a tool three times, then answers; remembers each prompt."""

    name = "caller"

    def __init__(self) -> None:
        self.seen: list[Context] = []

    async def describe(self, model: str | None) -> Description:
        return Description(model="m", window=4000, room=100, prices=(0, 0), tools=True)

    async def decide(self, context: Context, say: Say) -> Action:
        self.seen.append(context)
        if len(self.seen) == 4:
            return Answer(text="done")
        return Calls(calls=(Call("1", "expand", {"id": "nobody"}),))


async def test_the_prompt_is_the_same_bytes_in_every_turn_and_pinned_words_begin_it() -> None:
    """What a provider has read once it need not read again: tools, frame and earlier turns never change."""
    agent, memory = Caller(), DictMemory()
    facts = [turn(n, "Ada", f"fact {n} of the crane", session=str(n % 2)) for n in range(6)]
    await memory.remember([replace(fact, scope="default") for fact in facts])
    async with open_kernel(agents=[agent], memory=memory) as opened:
        done = await opened.run("Tell of the crane", context="It is old.")

    assert done.status is Status.SUCCEEDED
    assert len({one.prompt for one in agent.seen}) == 1
    assert all(one.tools == agent.seen[0].tools for one in agent.seen)
    assert [one.turns[: len(before.turns)] for before, one in pairwise(agent.seen)] == [
        before.turns for before in agent.seen[:-1]
    ]
    assert agent.seen[0].prompt.startswith("Tell of the crane\n\nIt is old.\n\n<passage")
