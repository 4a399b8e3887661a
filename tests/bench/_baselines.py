"""The no-op task as two others do it: a DBOS workflow of one step, a LangGraph graph of one node, each on SQLite.

Run by ``tasks`` in a process of its own, with the folder on the path into which ``make bench`` installs both. Loaded by
name, so that what a type checker says does not depend on them. Both are called directly from a pool of threads, which
is quicker than their asynchronous forms, and both keep what they write in a write-ahead log, synced with each commit.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

Flow = Callable[[], None]


@contextmanager
def dbos_sqlite_wal(home: Path) -> Iterator[Flow]:
    """As shipped but for the journal: DBOS leaves SQLite in its rollback mode, which costs it another sync."""
    sqlalchemy, dbos = import_module("sqlalchemy"), import_module("dbos")

    @sqlalchemy.event.listens_for(sqlalchemy.engine.Engine, "connect")  # type: ignore[untyped-decorator]  # by name
    def connected(connection: Any, _: object) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    url = f"sqlite:///{home / 'dbos.db'}"
    dbos.DBOS(config={"name": "bench", "system_database_url": url, "log_level": "ERROR"})
    step = dbos.DBOS.step()(_done)

    @dbos.DBOS.workflow()  # type: ignore[untyped-decorator]  # by name
    def flow(task: str) -> Any:
        return step(task)

    dbos.DBOS.launch()
    try:
        yield lambda: _check(flow("task"))
    finally:
        dbos.DBOS.destroy()


@contextmanager
def langgraph_sqlite(home: Path) -> Iterator[Flow]:
    """With ``durability="sync"``, so that each checkpoint is written before the next node runs."""
    graphs, savers = import_module("langgraph.graph"), import_module("langgraph.checkpoint.sqlite")
    builder = graphs.StateGraph(dict)
    builder.add_node("answer", _done)
    builder.add_edge(graphs.START, "answer")
    builder.add_edge("answer", graphs.END)
    numbers = itertools.count()
    with savers.SqliteSaver.from_conn_string(str(home / "langgraph.db")) as saver:
        graph = builder.compile(checkpointer=saver)

        def flow() -> None:
            config = {"configurable": {"thread_id": f"task-{next(numbers)}"}}
            _check(graph.invoke({"text": "task"}, config, durability="sync"))

        yield flow


BASELINES = {"dbos_sqlite_wal": dbos_sqlite_wal, "langgraph_sqlite": langgraph_sqlite}


def _done(task: Any) -> Any:
    return {"text": "done"}


def _check(outcome: Any) -> None:
    if outcome != {"text": "done"}:
        raise RuntimeError(f"what is measured was not done: {outcome!r}")


def together(submitters: int, flow: Flow, seconds: float) -> tuple[int, float]:
    """How many tasks so many submitters got done, each waiting for its outcome before the next, and in what time."""
    began = time.perf_counter()

    def submitter(_: int) -> int:
        done = 0
        while time.perf_counter() - began < seconds:
            flow()
            done += 1
        return done

    with ThreadPoolExecutor(submitters) as pool:
        done = sum(pool.map(submitter, range(submitters)))
    return done, time.perf_counter() - began
