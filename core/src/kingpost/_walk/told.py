"""What went wrong, as one short line of text, whatever was thrown.

Called wherever the message of somebody else's exception is passed on or written down. Never raises: a message may be
endless, no text at all, or raise when it is asked for.
"""

from __future__ import annotations

import asyncio

LONGEST = 1000
"""Characters of a message that are passed on."""


def told(problem: BaseException | str, longest: int = LONGEST) -> str:
    """The message on one line, or the exception's name where it has none."""
    name = type(problem).__name__
    try:
        # Cut before it is looked through: it may be as large as the memory.
        text = str(problem)[: 4 * longest]
    except BaseException as another:  # noqa: BLE001 - what cannot be printed must not become a failure of its own
        return f"{name}, which cannot be printed ({type(another).__name__})"
    line = " ".join(text.encode("utf-8", "replace").decode().split())
    if not line:
        return name if problem else "no reason was given"
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def thrown(problem: BaseException, longest: int = LONGEST) -> str:
    """The message behind the exception's name."""
    return f"{type(problem).__name__}: {told(problem, longest)}"


def is_fault(problem: BaseException) -> bool:
    """Whether the code that was called threw this by itself.

    Not when this process is interrupted, or whoever called it was cancelled.
    """
    if isinstance(problem, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is not None and not task.cancelling()
    return not isinstance(problem, KeyboardInterrupt | GeneratorExit)
