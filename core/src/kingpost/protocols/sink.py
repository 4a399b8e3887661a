"""What a sink promises: a place outside to which the log's frames go, at a pace of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from ..records.event import Recorded


@runtime_checkable
class Sink(Protocol):
    """Receives what was recorded, payloads in place.

    One instance serves a kernel; a slow or broken one never stops a task.
    """

    @property
    def name(self) -> str:
        """The name it is chosen by, as in the plugin's manifest."""
        ...

    async def accept(self, frames: Sequence[Recorded]) -> None:
        """Take these frames, at least one, in order; when it returns they are never handed over again.

        When it raises or is cancelled they are handed over again later, so accepting twice must do no harm. So they
        are after a crash, to another instance. Any frame is accepted: kinds nobody has heard of, payloads that were
        erased. Stops soon when it is cancelled.

        Raises:
            Unavailable: its far side does not answer, with the mend.
        """
        ...
