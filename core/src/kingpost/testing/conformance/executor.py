"""The promises of an ``Executor``."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from ...protocols import Executor
from ...records.action import Call, Limits, Observation, Pending
from ...records.record import replace
from .ground import Ground, examples, json_objects, missing

_WRONG: Mapping[str, Any] = {
    "string": 5,
    "integer": "many",
    "number": "many",
    "boolean": "perhaps",
    "array": "one",
    "object": "thing",
}
"""For each type of a JSON Schema a value that is not of it."""


class ExecutorConformance(Ground):
    """Inherit, and override ``subject`` and ``calls``.

    ``limits`` has a workspace of its own. ``slow`` is a call that takes longer than a second; without one the test of
    the time limit is skipped.
    """

    door = "executors"

    @pytest.fixture
    def subject(self) -> Executor:
        """The executor that is tested, started."""
        missing("subject", "yield a started executor")

    @pytest.fixture
    def calls(self) -> Sequence[Call]:
        """One call for each tool, at least, that succeeds when they are made in this order."""
        missing("calls", "return a valid call for each tool")

    @pytest.fixture
    def slow(self) -> Call | None:
        """A call that takes longer than a second."""
        return None

    @pytest.fixture
    def limits(self, tmp_path: Path) -> Limits:
        """Bounds with an empty workspace."""
        workspace = tmp_path / "workspace"
        workspace.mkdir()
        return Limits(task="task-1", tenant="default", key="task-1/1.1", workspace=str(workspace))

    async def test_tools_have_distinct_names(self, subject: Executor) -> None:
        """What it can do, with distinct names."""
        tools = await subject.tools()

        assert tools
        assert len({tool.name for tool in tools}) == len(tools)
        for tool in tools:
            assert tool.name
            assert tool.description.strip()
            assert tool.parameters["type"] == "object"
            assert set(tool.parameters.get("required", ())) <= set(tool.parameters.get("properties", {}))

    async def test_every_tool_does_its_work(self, subject: Executor, calls: Sequence[Call], limits: Limits) -> None:
        """Do it. Answers for ``call.id``."""
        assert {call.tool for call in calls} == {tool.name for tool in await subject.tools()}
        for call in calls:
            seen = await subject.execute(call, limits)
            assert isinstance(seen, Observation | Pending)
            assert seen.call == call.id
            assert isinstance(seen, Pending) or seen.error is None, seen.text

    async def test_calls_at_the_same_time_are_told_apart(
        self, subject: Executor, calls: Sequence[Call], limits: Limits
    ) -> None:
        """Answers for ``call.id``; whatever goes wrong is an observation with an ``error``, never raised."""
        many = [replace(call, id=f"{call.id}-{n}") for call in calls for n in range(3)]

        seen = await asyncio.gather(*(subject.execute(call, limits) for call in many))

        assert [each.call for each in seen] == [call.id for call in many]

    async def test_a_tool_that_nobody_has_is_an_error(self, subject: Executor, limits: Limits) -> None:
        """Whatever goes wrong is an observation with an ``error``, never raised."""
        await _fails(subject, Call("c-1", "no-such-tool"), limits)

    async def test_a_missing_argument_is_an_error(
        self, subject: Executor, calls: Sequence[Call], limits: Limits
    ) -> None:
        """Arguments that do not fit the tool are an observation too."""
        required = {tool.name: tool.parameters.get("required", ()) for tool in await subject.tools()}
        for call in calls:
            for name in required[call.tool]:
                rest = {key: value for key, value in call.arguments.items() if key != name}
                await _fails(subject, replace(call, arguments=rest), limits)

    async def test_an_argument_of_the_wrong_type_is_an_error(
        self, subject: Executor, calls: Sequence[Call], limits: Limits
    ) -> None:
        """Arguments that do not fit the tool are an observation too."""
        properties = {tool.name: tool.parameters.get("properties", {}) for tool in await subject.tools()}
        for call in calls:
            for name, schema in properties[call.tool].items():
                if (wrong := _WRONG.get(str(schema.get("type")))) is not None:
                    await _fails(subject, replace(call, arguments={**call.arguments, name: wrong}), limits)

    @examples
    @given(arguments=json_objects)
    async def test_no_arguments_make_it_raise(
        self, subject: Executor, limits: Limits, arguments: dict[str, Any]
    ) -> None:
        """Whatever goes wrong is an observation with an ``error``, never raised."""
        for tool in await subject.tools():
            names = dict(zip(tool.parameters.get("properties", {}), arguments.values(), strict=False))
            for guess in (arguments, names):
                seen = await subject.execute(Call("c-1", tool.name, guess), limits)
                assert seen.call == "c-1"

    async def test_long_output_is_cut_and_marked(
        self, subject: Executor, calls: Sequence[Call], limits: Limits
    ) -> None:
        """Stays within ``limits``: output beyond its bytes is cut between characters, and marked."""
        for call in calls:
            seen = await subject.execute(call, replace(limits, output_bytes=10))
            if isinstance(seen, Observation) and seen.error is None:
                assert len(seen.text.encode()) <= 10

    async def test_time_runs_out(self, subject: Executor, slow: Call | None, limits: Limits) -> None:
        """Stays within ``limits``: what takes longer than its seconds is stopped, and an observation says so."""
        if slow is None:
            pytest.skip("an executor without slow calls")
        await _fails(subject, slow, replace(limits, seconds=0.01))


async def _fails(subject: Executor, call: Call, limits: Limits) -> None:
    seen = await subject.execute(call, limits)
    assert isinstance(seen, Observation)
    assert seen.call == call.id
    assert seen.error
    assert seen.text.strip()
