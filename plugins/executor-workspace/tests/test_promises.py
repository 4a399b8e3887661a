from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from kingpost import Call, Executor, Limits, Ports
from kingpost.testing import ExecutorConformance
from kingpost_executor_workspace import provide_executors
from kingpost_executor_workspace.executor import Workspace
from kingpost_executor_workspace.openat2 import available


class TestWorkspace(ExecutorConformance):
    @pytest.fixture
    def subject(self, ports: Ports) -> Executor:
        (executor,) = provide_executors(ports)
        return executor

    @pytest.fixture
    def limits(self, tmp_path: Path) -> Limits:
        folder = tmp_path / "workspace"
        folder.mkdir()
        (folder / "notes.md").write_text("forty tonnes\n")
        return Limits(task="task-1", tenant="default", key="task-1/1.1", workspace=str(folder))

    @pytest.fixture
    def calls(self) -> Sequence[Call]:
        return [
            Call("c-1", "list_files", {"path": ".", "recursive": True}),
            Call("c-2", "read_file", {"path": "notes.md"}),
            Call("c-3", "search_files", {"query": "tonnes"}),
            Call("c-4", "write_file", {"path": "made/by/me.md", "content": "here\n"}),
            Call("c-5", "hand_in", {"path": "made/by/me.md"}),
        ]


@pytest.mark.skipif(not available(), reason="this system has no openat2")
class TestWorkspaceByWalking(TestWorkspace):
    @pytest.fixture
    def subject(self, ports: Ports) -> Executor:
        return Workspace(ports, one_step=False)


async def test_every_tool_may_be_repeated(ports: Ports) -> None:
    """A crash may repeat each of them: reading changes nothing, and a file written or handed in twice is one file."""
    (executor,) = provide_executors(ports)

    assert all(tool.repeatable for tool in await executor.tools())


@pytest.fixture
def ports(tmp_path: Path) -> Ports:
    return Ports(home=tmp_path)
