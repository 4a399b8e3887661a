"""Commands that plugins bring, imported when they are called.

Called by the root command for words that it does not know itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from .._host.heap import settle
from .._host.index import Found
from .._host.kernel import Kernel
from ..errors import KingpostError
from .session import failure


class Brought:
    """What installed plugins bring. Called, it is the ``Opener`` that their commands are handed."""

    def __init__(self, found: Sequence[Found]) -> None:
        self._found = found

    def __call__(self, settings: Mapping[str, Mapping[str, Any]]) -> Kernel:
        """A kernel for the length of a command, with these settings in the place of those of the file."""
        kernel = Kernel.open(overrides=settings, plugins=self._found)
        settle()
        return kernel

    def command(self, name: str) -> click.Command:
        """A plugin's command."""
        try:
            command: click.Command = Kernel.open(plugins=self._found).plugins.get("commands", name).command
        except KingpostError as problem:
            raise failure(problem) from problem
        return command
