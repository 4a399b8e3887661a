"""The promises of an ``Agent``."""

from __future__ import annotations

import asyncio
from copy import deepcopy

import pytest

from ...errors import Unavailable, UnknownName
from ...protocols import Agent
from ...records.action import Action, Answer, Calls, Tool
from ...records.context import Context, Description, Pack, Passage, Trust
from ...records.record import replace
from ...records.speech import Checkpoint, Speech, Text, Thought, ToolNote, UsageNote
from .ground import Ground, missing

_ELSEWHERE = "Zanzibar-7781"


class AgentConformance(Ground):
    """Inherit, and override ``subject``. An agent that talks to a model's server hands in a stub of that server.

    ``context`` is what it decides on, ``model`` one that it has (``None`` for its own choice), ``unknown_model`` one
    that its server does not have, ``dark`` the same agent with nobody at the other end. The last two are ``None`` for
    an agent without a server, whose tests of them are skipped.
    """

    door = "agents"

    @pytest.fixture
    def subject(self) -> Agent:
        """The agent that is tested, started."""
        missing("subject", "yield a started agent")

    @pytest.fixture
    def model(self) -> str | None:
        """A model that it has; ``None`` for its own choice."""
        return None

    @pytest.fixture
    def unknown_model(self) -> str | None:
        """A model that its server does not have."""
        return None

    @pytest.fixture
    def dark(self) -> Agent | None:
        """The agent, with a server that does not answer."""
        return None

    @pytest.fixture
    def context(self, model: str | None) -> Context:
        """A small question with one passage, and one tool."""
        return context_of("How much does the harbour crane lift?", model)

    async def test_it_describes_itself(self, subject: Agent, model: str | None) -> None:
        """What it is with ``model`` (``None``: its own choice)."""
        description = await subject.describe(model)

        assert isinstance(description, Description)
        assert model is None or description.model == model
        assert description.window is None or 0 < description.room <= description.window
        assert description.prices is None or min(description.prices) >= 0
        assert (description.prices is None) == (description.prices_source is None)

    async def test_the_same_question_gets_the_same_description(self, subject: Agent, model: str | None) -> None:
        """Makes no model call; asked again, it says the same."""
        assert await subject.describe(model) == await subject.describe(model)

    async def test_a_server_that_does_not_answer_is_unavailable(self, dark: Agent | None, model: str | None) -> None:
        """Unavailable: the model's server does not answer, with the mend."""
        if dark is None:
            pytest.skip("an agent without a server")
        with pytest.raises(Unavailable) as caught:
            await dark.describe(model)
        assert str(caught.value)

    async def test_a_model_that_nobody_has_is_an_unknown_name(self, subject: Agent, unknown_model: str | None) -> None:
        """UnknownName: the server has no such model, with the mend."""
        if unknown_model is None:
            pytest.skip("an agent without a choice of models")
        with pytest.raises(UnknownName) as caught:
            await subject.describe(unknown_model)
        assert unknown_model in str(caught.value)

    async def test_it_answers_or_calls_tools_that_are_offered(self, subject: Agent, context: Context) -> None:
        """One decision: an answer, or calls to tools that ``context.tools`` offers, with ids unique in the turn."""
        action = await subject.decide(context, _mute)

        assert isinstance(action, Answer | Calls)
        if isinstance(action, Calls):
            assert {call.tool for call in action.calls} <= {tool.name for tool in context.tools}
            assert len({call.id for call in action.calls}) == len(action.calls) > 0

    async def test_without_tools_it_answers(self, subject: Agent, context: Context) -> None:
        """One decision: an answer, or calls to tools that ``context.tools`` offers."""
        context = replace(context, tools=())

        action = await subject.decide(context, _mute)

        assert isinstance(action, Answer)
        given = {passage.id for passage in context.pack.kept}
        assert {source.passage for source in action.sources} <= given

    async def test_what_it_says_is_speech(self, subject: Agent, context: Context) -> None:
        """How an agent speaks while it decides: synchronous, never blocks, never raises."""
        said: list[Speech] = []

        await subject.decide(context, said.append)

        assert all(isinstance(each, Text | Thought | ToolNote | UsageNote | Checkpoint) for each in said)

    async def test_it_leaves_its_context_alone(self, subject: Agent, context: Context) -> None:
        """One instance serves all tasks of a kernel and touches nothing but its context: even that it only reads."""
        before = deepcopy(context)

        await subject.decide(context, _mute)

        assert context == before

    async def test_one_task_learns_nothing_of_another(self, subject: Agent, context: Context) -> None:
        """Never keeps anything between calls: all it knows stands in ``context``."""
        other = context_of(f"What is {_ELSEWHERE} for?", context.model, task="other")

        await subject.decide(other, _mute)
        action = await subject.decide(context, _mute)

        assert _ELSEWHERE not in _words_of(action)

    async def test_tasks_at_the_same_time_stay_apart(self, subject: Agent, context: Context) -> None:
        """One instance serves all tasks of a kernel and touches nothing but its context."""
        other = context_of(f"What is {_ELSEWHERE} for?", context.model, task="other")

        _, action = await asyncio.gather(subject.decide(other, _mute), subject.decide(context, _mute))

        assert _ELSEWHERE not in _words_of(action)

    async def test_it_stops_when_it_is_cancelled(self, subject: Agent, context: Context) -> None:
        """Stops soon when it is cancelled."""
        deciding = asyncio.ensure_future(subject.decide(context, _mute))
        await asyncio.sleep(0)
        deciding.cancel()

        done, _ = await asyncio.wait({deciding}, timeout=60)

        assert done == {deciding}


def context_of(question: str, model: str | None = None, task: str = "task-1") -> Context:
    """A context with the question, one passage that answers another one, and one tool."""
    passages = (
        Passage(id="1", text=question, source="task", tokens=8, trust=Trust.TASK, pinned=True),
        Passage(
            id="2",
            text="The harbour crane lifts forty tonnes. It was built in 1931.",
            source="docs/harbour.md",
            place="1-2",
            tokens=13,
            kind="markdown",
            score=1.0,
        ),
    )
    prompt = f"{question}\n\n{passages[1].text}"
    echo = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
    return Context(
        task=task,
        description=question,
        prompt=prompt,
        pack=Pack(budget=1000, used=21, framing=0, counter="words", exact=True, kept=passages),
        tools=(Tool(name="echo", description="Say it again.", parameters=echo, repeatable=True),),
        model=model,
    )


def _mute(speech: Speech) -> None:
    """Nobody listens."""


def _words_of(action: Action) -> str:
    if isinstance(action, Answer):
        return action.text + repr(action.sources)
    return action.text + repr(action.calls)
