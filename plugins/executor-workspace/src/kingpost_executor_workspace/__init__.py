"""Tools that list, read, search, write and hand in files inside a task's workspace.

No settings: where the workspace lies, how long a call may take and how much it may answer come with the call.
"""

from __future__ import annotations

from kingpost import Executor, Ports, hookimpl

from .executor import Workspace


@hookimpl
def provide_executors(ports: Ports) -> list[Executor]:
    """One executor, which opens nothing before it is called."""
    return [Workspace(ports)]
