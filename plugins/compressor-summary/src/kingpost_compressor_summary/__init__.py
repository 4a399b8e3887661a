"""A compressor over another compressor, which has an agent sum up the passages that found no room.

Settings (section ``compressor-summary``): ``compressor`` and ``agent`` that it works through; see ``settings``.
"""

from __future__ import annotations

from kingpost import Compressor, Ports, hookimpl

from .settings import Settings


@hookimpl
def provide_compressors(settings: Settings | None, ports: Ports) -> list[Compressor]:
    """The compressor named ``summary``."""
    from .fitting import SummaryCompressor

    return [SummaryCompressor(settings or Settings(), ports.clock)]
