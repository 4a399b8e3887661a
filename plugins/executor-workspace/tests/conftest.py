from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from kingpost import Call, Limits, Observation
from kingpost.testing import seeded_ports
from kingpost_executor_workspace.executor import Workspace
from kingpost_executor_workspace.openat2 import available

Do = Callable[..., Awaitable[Observation]]


@pytest.fixture(params=["openat2", "walk"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Workspace:
    """The executor, once for each way in which it resolves a path."""
    if request.param == "openat2" and not available():
        pytest.skip("this system has no openat2")
    return Workspace(seeded_ports(0, tmp_path), one_step=request.param == "openat2")


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    """The folder that a task may work in."""
    folder = tmp_path / "inside"
    folder.mkdir()
    return folder


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside it, with a file that nobody may see or change."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "file").write_text("secret")
    return folder


@pytest.fixture
def limits(inside: Path) -> Limits:
    """The bounds of a call."""
    return Limits(task="task-1", tenant="default", key="task-1/1.1", workspace=str(inside))


@pytest.fixture
def do(workspace: Workspace, limits: Limits) -> Do:
    """Calls a tool, with other bounds than the usual ones where they are given."""

    async def do(tool: str, bounds: dict[str, Any] | None = None, /, **arguments: Any) -> Observation:
        return await workspace.execute(Call("c", tool, arguments), replace(limits, **(bounds or {})))

    return do
