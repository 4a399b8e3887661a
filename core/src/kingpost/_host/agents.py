"""What agents say of themselves, asked once in a while.

Called at submit, at each attempt and for each child. A description may cost a request to a model's server; asked again
it says the same, so it is kept for a short time.
"""

from __future__ import annotations

from ..ports import Clock
from ..protocols import Agent
from ..records.context import Description
from .offered import description_of
from .plugins import Plugins

KEPT_SECONDS = 30.0
_MOST = 256


class Agents:
    """Agents by name, with their descriptions."""

    def __init__(self, plugins: Plugins, clock: Clock) -> None:
        self._plugins, self._clock = plugins, clock
        self._kept: dict[tuple[str, str | None], tuple[float, Description]] = {}

    async def get(self, name: str) -> Agent:
        """The agent, started.

        Raises:
            KingpostError: nobody offers it, or its plugin is broken.
        """
        agent: Agent = await self._plugins.use("agents", name)
        return agent

    async def describe(self, name: str, model: str | None) -> Description:
        """What the agent is with a model.

        Raises:
            KingpostError: as ``get``, or the model's server does not answer.
        """
        if (kept := self.kept(name, model)) is not None:
            return kept
        now = self._clock.monotonic()
        description = await description_of(self._plugins, name, model)
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[name, model] = now, description
        return description

    def kept(self, name: str, model: str | None) -> Description | None:
        """The same, if it is known still."""
        kept = self._kept.get((name, model))
        return kept[1] if kept is not None and self._clock.monotonic() - kept[0] < KEPT_SECONDS else None
