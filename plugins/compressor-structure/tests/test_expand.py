"""What a fit leaves out comes back as it was: from a first prompt, from earlier turns, from a child's answer."""

from __future__ import annotations

from random import Random

import pytest
from kingpost import Answer, Call, Calls, Context, Description, Material, Say, operations
from kingpost.testing import FunctionExecutor, ScriptedAgent, open_kernel
from kingpost_compressor_structure.fitting import StructureCompressor
from random_texts import FORMS, damaged

TASKS = 10
TURNS = 4
EXPAND = operations.tasks.EXPAND


def written(text: str) -> str:
    """Half a surrogate pair is no text: the log keeps a question mark in its place."""
    return text.encode(errors="replace").decode()


def made(form: str, chance: Random) -> str:
    """A text of some length; nobody hands in nothing."""
    text = ""
    while len(text) < 400:
        text += damaged(FORMS[form](chance), chance) + "crane\n"
    return written(text)


@pytest.mark.parametrize("form", FORMS)
async def test_what_a_prompt_leaves_out_comes_back_as_it_was(form: str) -> None:
    """Character by character, whole passages and parts of passages; the task's own words are in every prompt."""
    chance = Random(form)
    seen: list[Context] = []
    losses = 0

    def answer(context: Context, _: Say) -> str:
        seen.append(context)
        return "done"

    async with open_kernel(
        agents=[ScriptedAgent(answer, "doer", Description())], compressor=StructureCompressor()
    ) as opened:
        for number in range(TASKS):
            # A NUL is refused at the door.
            given = [
                Material(text=made(form, chance).replace("\0", ""), source=f"{at}.txt")
                for at in range(chance.randint(1, 3))
            ]
            asks = f"What does crane {number} lift?\n\n  Look {number} times."
            done = await opened.run(asks, material=tuple(given), budget=chance.randint(60, 400))
            pack = seen[-1].pack
            assert asks in seen[-1].prompt
            assert pack.used <= pack.budget
            for lost in pack.dropped:
                losses += 1
                place = int(lost.id.removeprefix("material ")) - 1
                back = await opened.kernel.perform(EXPAND, operations.tasks.Expand(id=done.id, passage=lost.id))
                assert back.text == given[place].text
                assert back.dropped == lost

    assert losses >= TASKS // 2


@pytest.mark.parametrize("form", FORMS)
async def test_what_is_left_out_of_earlier_turns_comes_back_as_it_was(form: str) -> None:
    """By the number of the call, as the ledger names it, for the agent and for whoever looks from outside."""
    chance = Random(form)
    said: list[str] = []
    seen: list[Context] = []

    async def look() -> str:
        """Look."""
        said.append(made(form, chance))
        return said[-1]

    def script(context: Context, _: Say) -> Answer | Calls:
        seen.append(context)
        number = len(context.turns) + 1
        if number <= TURNS:
            return Calls(calls=(Call(f"c{number}", "look"),))
        if number == TURNS + 1:
            return Calls(calls=(Call("back", "expand", {"id": "1.c1"}),))
        return Answer(text="done")

    async with open_kernel(
        agents=[ScriptedAgent(script)], executors=[FunctionExecutor([look])], compressor=StructureCompressor()
    ) as opened:
        done = await opened.run("What does the crane lift?", budget=700, tools=("look", "expand"))
        turns = (await opened.kernel.perform(operations.tasks.TURNS, operations.tasks.TaskId(done.id))).turns
        lost = [row for one in turns if one.ledger for row in one.ledger.dropped if "." in row.id]
        for row in lost:
            place = int(row.id.partition(".")[0]) - 1
            back = await opened.kernel.perform(EXPAND, operations.tasks.Expand(id=done.id, passage=row.id))
            assert place >= TURNS or back.text == said[place]
            assert back.dropped is not None

    assert {row.id for row in lost} >= {"1.c1"}
    assert turns[TURNS].turn.observations[0].text == said[0]
    assert all(one.pack.used <= one.pack.budget for one in seen)
