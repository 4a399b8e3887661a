# Made out of ../_async by `make contracts`; mend it there.
"""How a blocking worker does several things at once and waits for them: this is ``_hands`` of the blocking half."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Annotated, Any, TypeAlias, TypeVar

Signal = threading.Event

T = TypeVar("T")
Said: TypeAlias = Annotated[T, "at once"]


class Cancelled(BaseException):
    """Nobody cancels a thread."""


def waited(signal: Signal, seconds: float) -> bool:
    """Whether the signal came within so many seconds."""
    return signal.wait(seconds)


def settle(answer: Callable[..., Any], *given: Any) -> Any:
    """What an application's function says."""
    return answer(*given)


class Hands:
    """Deeds that are done at the same time, each in a thread of its own."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._busy = 0

    def begin(self, name: str, deed: Callable[..., Any], *given: Any) -> None:
        """Begin one, to be known by this name."""
        with self._changed:
            self._busy += 1
        threading.Thread(target=self._do, args=(deed, *given), name=name, daemon=True).start()

    def _do(self, deed: Callable[..., Any], *given: Any) -> None:
        try:
            deed(*given)
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def free(self, most: int) -> int:
        """How many more may be begun, once there is one."""
        with self._changed:
            self._changed.wait_for(lambda: self._busy < most)
            return most - self._busy

    def done(self) -> None:
        """Wait until all are done."""
        with self._changed:
            self._changed.wait_for(lambda: not self._busy)

    def abandon(self, *names: str) -> None:
        """A thread cannot be broken off; what it says comes too late and is refused."""
