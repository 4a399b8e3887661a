"""What a summary is paid, and what it may not be paid."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest
from agents import GOOD, Line, Summing, calls
from kingpost import Allowance, Answer, Description, Fitted, Material, Passage, Unavailable, Usage, operations
from kingpost.testing import FirstFitCompressor, ScriptedAgent, WordCounter, in_process_plugin, open_kernel
from kingpost_compressor_summary.fitting import SummaryCompressor

Over = Callable[..., SummaryCompressor]

PASSAGES = [
    Passage(id=str(n), text=text, source=f"{n}.md")
    for n, text in enumerate(("The crane lifts forty tonnes.", "It was built in 1931. " * 30, "It rests. " * 90), 1)
]
PAID = Description(model="m", prices=(2_000_000, 8_000_000))
"""A model of two micro-units for a token that goes in, and eight for one that comes out."""
COUNT = WordCounter().count
FREELY = Allowance()


async def within(
    compressor: SummaryCompressor, allowance: Allowance = FREELY, passages: Sequence[Passage] = PASSAGES
) -> Fitted:
    return await compressor.fit_within(passages, 160, "How old is the crane?", WordCounter(), allowance)


@pytest.mark.parametrize(
    ("reported", "paid"),
    [
        (Usage(input_tokens=300, output_tokens=20), (300, 20, 760)),
        (Usage(input_tokens=300, output_tokens=20, money=5), (300, 20, 5)),
        (Usage(output_tokens=20), (0, 20, 160)),
    ],
    ids=["tokens", "with money", "one of them"],
)
async def test_what_the_server_reports_is_the_price(over: Over, reported: Usage, paid: tuple[int, int, int]) -> None:
    usage = (await within(over(Summing(Answer(text=GOOD, usage=reported), who=PAID)))).usage

    assert usage is not None
    assert (usage.input_tokens or 0, usage.output_tokens, usage.money) == paid


async def test_where_a_server_reports_nothing_its_tokens_are_counted(over: Over) -> None:
    """What it was shown with its instructions, and what it said."""
    agent = Summing(who=PAID)

    usage = (await within(over(agent))).usage

    (context,) = agent.asked
    given = COUNT(context.prompt) + COUNT(context.instructions)
    assert usage == Usage(input_tokens=given, output_tokens=COUNT(GOOD), money=2 * given + 8 * COUNT(GOOD))


async def test_a_summary_is_paid_for_once(over: Over) -> None:
    """One that is remembered is free, and so is a fit without one."""
    compressor = over(Summing(who=PAID))

    first, second = await within(compressor), await within(compressor)
    plain = await within(compressor, passages=PASSAGES[:1])

    assert first == second
    assert (first.usage is not None, second.usage, plain.usage) == (True, None, None)


async def test_an_agent_without_a_model_costs_nothing(over: Over) -> None:
    """It is asked whatever there is left."""
    result = await within(over(Summing()), Allowance(tokens=0, money=0))

    assert "Summary of" in result.kept[-1].text
    assert result.usage == Usage(money=0)


@pytest.mark.parametrize(
    ("allowance", "words"),
    [
        (Allowance(tokens=500), r"may take [\d,]+ tokens, more than the 500 that the task can spend on it now"),
        (Allowance(money=9), r"may cost [\d,]+ micro-units, more than the 9 that the task can spend on it now"),
        (Allowance(seconds=19.9), "may take 20 s, and 19.9 active seconds are left"),
    ],
    ids=["tokens", "money", "seconds"],
)
async def test_nobody_is_asked_who_might_take_more_than_is_allowed(
    over: Over, allowance: Allowance, words: str
) -> None:
    """The compressor below fits alone, and each loss says why it was not summed up."""
    agent = Summing(who=PAID)
    below = await FirstFitCompressor().fit(PASSAGES, 160, "How old is the crane?", WordCounter())

    result = await within(over(agent), allowance)

    assert (agent.asked, result.usage, result.kept) == ([], None, below.kept)
    assert result.dropped
    for each, plain in zip(result.dropped, below.dropped, strict=True):
        assert each.reason.startswith(f"{plain.reason}; not summed up: the agent summing ")
        assert re.search(words, each.reason), each.reason


async def test_an_agent_of_unknown_price_is_not_asked_where_money_is_bounded(over: Over) -> None:
    agent = Summing(who=Description(model="m"))

    result = await within(over(agent), Allowance(money=10**9))

    assert agent.asked == []
    assert result.dropped[0].reason.endswith("the agent summing has no known price, and the grant bounds money")
    assert (await within(over(agent), Allowance(tokens=10**6))).usage is not None


async def test_less_material_is_shown_where_all_of_it_is_too_dear(over: Over) -> None:
    """Half of it, or a quarter; what was not shown is not said to be summed up."""
    agent = Summing(who=PAID)
    longer = [*PASSAGES, Passage(id="4", text="Sea. " * 450, source="4.md")]
    compressor = over(agent, material=1800)

    result = await within(compressor, Allowance(tokens=1300), longer)
    again = await within(compressor, Allowance(tokens=100), longer)

    (context,) = agent.asked
    assert context.pack.used < 900
    assert "Sea." not in context.prompt
    assert result.usage is not None
    assert ["summed up" in each.reason for each in result.dropped if each.id == "4"] == [False]
    # What is remembered of the half needs no allowance any more.
    assert (again, again.usage) == (result, None)


@pytest.mark.parametrize("line", [Unavailable("the server is down"), calls(), GOOD * 20], ids=["down", "calls", "long"])
async def test_what_comes_to_nothing_is_paid_for_too(over: Over, line: Line) -> None:
    """As it was noted while the agent spoke, counted, or by its bound where a grant has to bear it."""
    noted = Summing(line, who=PAID, notes=Usage(input_tokens=50, output_tokens=5))
    silent = Summing(line, who=PAID)
    free = Summing(line, who=PAID)

    known, bound, unbounded = [
        (await within(over(agent), allowance)).usage
        for agent, allowance in ((noted, Allowance()), (silent, Allowance(tokens=9000)), (free, Allowance()))
    ]

    raised = isinstance(line, Exception)
    assert known is not None
    assert bound is not None
    assert (known.input_tokens == 50) == raised
    assert (bound.input_tokens or 0) > (512 if raised else 100)
    assert (unbounded is None) == raised


@pytest.mark.parametrize("tokens", [None, 9000, 2000])
async def test_a_task_is_charged_for_its_summary(over: Over, tokens: int | None) -> None:
    """In what it has spent, within its grant; where that has too little the ledger tells so."""
    summing = Summing(Answer(text=GOOD, usage=Usage(input_tokens=300, output_tokens=20)), who=PAID)
    doer = ScriptedAgent(
        [Answer(text="1931", usage=Usage(input_tokens=100, output_tokens=10))], "doer",
        Description(model="m", room=1500, prices=(0, 0)),
    )  # fmt: skip
    plugin = in_process_plugin("compressor-summary", compressors=[over(summing)])
    async with open_kernel(
        agents=[doer, summing], compressor=FirstFitCompressor(), plugins=[plugin],
        settings={"kernel": {"compressor": "summary"}},
    ) as opened:  # fmt: skip
        material = tuple(Material(text=each.text, source=each.source) for each in PASSAGES)
        done = await opened.run("How old is the crane?", material=material, budget=350, tokens=tokens)
        turns = await opened.kernel.perform(operations.tasks.TURNS, operations.tasks.TaskId(done.id))

    asked = tokens != 2000
    assert done.status == "succeeded"
    assert len(summing.asked) == asked
    assert done.spent[:2] == ((430, 760) if asked else (110, 0))
    assert (done.usage.input_tokens, done.usage.output_tokens) == ((400, 30) if asked else (100, 10))
    ledger = turns.turns[0].ledger
    assert ledger is not None
    assert any("not summed up: the agent summing may take" in each.reason for each in ledger.dropped) != asked
