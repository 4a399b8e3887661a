"""The agent that needs no model: it answers by quoting the best passages, and says so.

No settings: the same question over the same passages gets the same answer everywhere.
"""

from __future__ import annotations

from kingpost import Agent, hookimpl

from .agent import Extract


@hookimpl
def provide_agents() -> list[Agent]:
    """One agent, which holds nothing."""
    return [Extract()]
