"""How long a call may go on, and how much it may say."""

from __future__ import annotations

from kingpost import Clock

from .denied import TIMEOUT, Denied

_FOOT_BYTES = 160


class Deadline:
    """The end of a call's time. A thread cannot be stopped from outside, so it asks, often."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock, self._seconds = clock, seconds
        self._end = clock.monotonic() + seconds
        self._over = False

    def stop(self) -> None:
        """Nobody waits any more."""
        self._over = True

    def check(self) -> None:
        """Go on, or not.

        Raises:
            Denied: the time is up.
        """
        if self._over or self._clock.monotonic() > self._end:
            raise Denied(TIMEOUT, f"not done within {self._seconds:g} s; ask for less, a folder or a pattern")


class Output:
    """Lines for the agent, at most ``most`` bytes of UTF-8 together, with room kept for a last one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._left = most - min(_FOOT_BYTES, most // 2)
        self._parts: list[str] = []
        self._cut = False

    def add(self, line: str) -> bool:
        """Take a line in, or not (false); only the first, where it is too long, is taken in part."""
        size = len(line.encode())
        if self._cut or size > self._left:
            first, self._cut = not self._cut and not self._parts, True
            if first:
                self._parts.append(clipped(line, self._left))
            return first
        self._left -= size
        self._parts.append(line)
        return True

    def is_cut(self) -> bool:
        """True once something was left out."""
        return self._cut

    def text(self, foot: str = "") -> str:
        """Everything, and a line below it that says what is missing."""
        body = "".join(self._parts)
        if foot:
            body += ("\n" if body and not body.endswith("\n") else "") + foot
        return clipped(body, self._most)


def clipped(text: str, most: int) -> str:
    """The longest beginning of at most ``most`` bytes of UTF-8 that ends between characters."""
    return text.encode()[: max(most, 0)].decode(errors="ignore")
