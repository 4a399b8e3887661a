"""What every command shares: a kernel for the length of the command, errors as one line, times, tables and JSON.

Called by the modules beside it. Turns the tree of failures into exit codes: 2 for what the user must mend (input,
configuration), 1 for everything else.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from .._host.heap import settle
from .._host.kernel import Kernel
from ..errors import ConfigurationError, InputError, KingpostError
from ..records.codec import dump

P = ParamSpec("P")
R = TypeVar("R")


class Failure(click.ClickException):
    """One line on standard error and an exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(" ".join(message.split()))
        self._code = code

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # click declares a class variable and reads an attribute
        """What the process leaves with."""
        return self._code


def with_kernel(command: Callable[Concatenate[Kernel, P], Awaitable[R]]) -> Callable[P, R]:
    """Run an async command with an open kernel, and turn what kingpost reports into one line."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        async def inside() -> R:
            async with Kernel.open() as kernel:
                settle()
                return await command(kernel, *args, **kwargs)

        try:
            return asyncio.run(inside())
        except KingpostError as problem:
            raise failure(problem) from problem
        except BrokenPipeError:
            raise  # whoever read us has gone, which is no failure; ``main`` ends quietly
        except OSError as problem:
            raise Failure(f"{problem.filename or 'system'}: {problem.strerror or problem}", 1) from problem

    return run


def failure(problem: KingpostError) -> Failure:
    """The exit that a failure means."""
    return Failure(str(problem), 2 if isinstance(problem, (InputError, ConfigurationError)) else 1)


as_json = click.option("--json", "json_", is_flag=True, help="Print one JSON object on one line.")


def print_json(value: Any) -> None:
    """One line of JSON."""
    click.echo(json.dumps(value, ensure_ascii=False))


def plain(record: Any) -> Any:
    """A record as JSON values."""
    return dump(record)


def moment(seconds: float) -> str:
    """A time for the eye, in the local zone."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S") if seconds else "-"


def talks() -> bool:
    """Whether somebody sits at a terminal who can be asked: one that we may read from, and write questions to."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    try:
        # In the background of a shell a read would stop us.
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except OSError:
        return False


_CELL_CHARS = 400
# Control characters, and those that turn the direction of a text, which can show it as another.
_CONTROLS = dict.fromkeys(
    (*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "�"
)


def harmless(text: str, *, err: bool = False) -> str:
    """A text whose control characters cannot command a terminal; documents and models may hold any."""
    return text.translate(_CONTROLS) if (sys.stderr if err else sys.stdout).isatty() else text


def one_line(text: str, width: int) -> str:
    """The beginning of a text on one line."""
    flat = " ".join(text.translate(_CONTROLS).split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


def styled(text: str, *, bold: bool = False, dim: bool = False) -> str:
    """A text as a terminal shows it; plain for those who ask for no colours, or whose terminal has none.

    Source: https://no-color.org. What goes into a pipe or a file is made plain by click.
    """
    without = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return text if without else click.style(text, bold=bold or None, dim=dim or None)


def table(rows: Sequence[tuple[str, ...]], head: tuple[str, ...]) -> None:
    """Columns as wide as their widest cell, the last one cut at the terminal's edge; in a pipe there is none."""
    import shutil

    # What agents and tools name themselves stands here too.
    rows = [tuple(one_line(cell, _CELL_CHARS) for cell in row) for row in rows]
    columns = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    room = max(shutil.get_terminal_size((_CELL_CHARS, 24)).columns, 60) - sum(columns[:-1]) - 2 * (len(head) - 1)
    for row in (head, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row[:-1], columns, strict=False)]
        last = one_line(row[-1], max(room, 20))
        line = "  ".join([*cells, last]).rstrip()
        click.echo(styled(line, bold=True) if row is head else line)
