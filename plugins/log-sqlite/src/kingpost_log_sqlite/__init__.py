"""The durable log in one SQLite file.

Settings (section ``log-sqlite``): ``path``, default ``log.db`` in the home; the README lists the others.
"""

from __future__ import annotations

from kingpost import Log, Ports, hookimpl

from .log import SqliteLog
from .settings import Settings


@hookimpl
def provide_log(settings: Settings | None, ports: Ports) -> list[Log]:
    """The log named ``sqlite``."""
    return [SqliteLog(settings or Settings(), ports)]
