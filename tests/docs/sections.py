"""Check every section of a settings file by the model of whoever reads it.

Run by ``test_pages`` as a script, in the environment of the reader, who may have installed a plugin on the way.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from kingpost._host.index import installed
from kingpost._host.settings import KernelSettings, PluginSettings, Settings
from pydantic import BaseModel


def check(file: Path) -> None:
    """Check the file.

    Raises:
        SettingsInvalid: it is no TOML, or a value is wrong or unknown.
        LookupError: nobody reads a section.
    """
    settings = Settings.read(file)
    models: dict[str, type[BaseModel]] = {"kernel": KernelSettings, "plugins": PluginSettings}
    for plugin in installed():
        if plugin.settings is not None and plugin.id in settings.raw:
            module, _, name = plugin.settings.partition(":")
            models[plugin.id] = getattr(import_module(module), name)
    for section in settings.raw:
        settings.section(section, models[section])


if __name__ == "__main__":
    check(Path(sys.argv[1]))
