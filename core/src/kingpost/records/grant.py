"""What a task's whole tree may spend and do."""

from __future__ import annotations

from .record import Record


class Grant(Record, kw_only=True):
    """Bounds for a task and everything below it; ``None`` means unbounded.

    ``tokens`` counts input and output of every turn. ``money`` is in micro-units of the currency the prices are in.
    ``seconds`` is active wall time in decide and execute, overlaps counted once. ``tools`` are names or ``fnmatch``
    patterns; ``scopes`` the memory scopes that may be recalled; ``workspace`` a folder, or ``None`` for a fresh one.
    ``depth`` is how many levels of children may stand below, ``fan_out`` how many children one task may ever begin.
    """

    tokens: int | None = None
    money: int | None = None
    seconds: float | None = None
    depth: int = 3
    fan_out: int = 16
    tools: tuple[str, ...] = ("*",)
    scopes: tuple[str, ...] = ()
    workspace: str | None = None


class Allowance(Record, kw_only=True):
    """What may be spent beside a task's turns; ``None`` means unbounded.

    ``tokens`` counts input and output, ``money`` is in micro-units, ``seconds`` is active time.
    """

    tokens: int | None = None
    money: int | None = None
    seconds: float | None = None
