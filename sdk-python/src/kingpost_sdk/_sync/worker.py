# Made out of ../_async by `make contracts`; mend it there.
"""A loop that serves calls from an application's own process: looks for what waits, answers it, settles it.

Made by ``client.worker``. A call that is settled twice is settled once: the server refuses the second, and the loop
takes that for done.
"""

from __future__ import annotations

from typing import Any

from .. import models
from .._errors import Conflict, FinalError, InputError, NotFound
from ._wire import settle, sleep_for


class Worker:
    """Answers the calls that a server has waiting. ``run`` goes on until ``stop`` is called."""

    def __init__(self, calls: Any, answer: Any, *, poll: float, filters: dict[str, Any]) -> None:
        self._calls, self._answer, self._poll = calls, answer, poll
        self._filters = {"waits": "answer"} | filters
        self._stopped = False

    def stop(self) -> None:
        """End after the call that is being answered."""
        self._stopped = True

    def run(self) -> None:
        """Answer calls until told to stop."""
        while not self._stopped:
            if not self.once():
                sleep_for(self._poll)

    def once(self) -> int:
        """Answer all calls that wait now; how many there were."""
        answered = 0
        for call in self._calls.each(**self._filters):
            if self._stopped:
                break
            answered += self._serve(call)
        return answered

    def _serve(self, call: models.CallView) -> int:
        try:
            text, error = settle(self._answer, call), None
        except Exception as problem:  # noqa: BLE001 - whatever an application raises is what the agent is told
            text, error = f"{type(problem).__name__}: {problem}", "tool.failed"
        said = {"call": call.call, "text": text, "trust": "outside"} | ({"error": error} if error else {})
        observation = models.ObservationInput.from_dict(said)
        try:
            self._calls.observe(call.task, observation=observation)
        except (Conflict, FinalError, NotFound):
            return 0
        except InputError as refused:
            if refused.code == "input.invalid":
                return 0
            raise
        return 1
