"""Where a kernel lives: the folder of its log and memories, and the settings file that belongs to it.

Called once by whoever opens a kernel, and by ``kernel`` when something is to be kept. The home is ``.kingpost/``
beside the nearest ``kingpost.toml`` upwards, else the user's data folder; ``KINGPOST_HOME`` overrides.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from ..errors import ConfigurationError
from ..records.record import Record

CONFIG = "kingpost.toml"


class Home(Record):
    """The folder, and the settings file if there is one."""

    folder: Path
    config: Path | None


def find_home(start: Path, environ: Mapping[str, str] = os.environ) -> Home:
    """The home that belongs to the folder ``start``."""
    config = next((c for c in (folder / CONFIG for folder in (start, *start.parents)) if c.is_file()), None)
    if override := environ.get("KINGPOST_HOME"):
        folder = Path(override).expanduser().absolute()
    elif config is not None:
        folder = config.parent / ".kingpost"
    else:
        from platformdirs import user_data_path  # costs milliseconds that most starts need not pay

        folder = user_data_path("kingpost", appauthor=False)
    if config is None and (folder / CONFIG).is_file():
        config = folder / CONFIG
    return Home(folder, config)


def made(home: Path) -> None:
    """See to it that the folder is there; what is new in it is its owner's alone.

    Raises:
        ConfigurationError: it cannot be made, or is no folder.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise ConfigurationError(
            f"the home {str(home)!r} cannot be made ({problem.strerror or problem}); "
            "set KINGPOST_HOME to a folder that you may write to"
        ) from problem
