"""The baselines of ``http``: one row with one index, durable before the 202, as it is usually written.

Beside them, for streams, a program that writes to sockets one after the other. Run by ``http`` as a script, with the
folder on the path into which ``make bench`` installs the frameworks. Loaded by name, so that what a type checker says
does not depend on them.
"""

from __future__ import annotations

import json
import os
import select
import socket
import sqlite3
import sys
import uuid
from importlib import import_module
from pathlib import Path
from typing import Any

_TABLE = "CREATE TABLE IF NOT EXISTS task (id TEXT PRIMARY KEY, thread TEXT, body TEXT)"
_INDEX = "CREATE INDEX IF NOT EXISTS by_thread ON task (thread)"
_INSERT = "INSERT INTO task VALUES (?, ?, ?)"
_SETUP = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL")

_PART_BYTES = 1452
"""As long as the event of a submit is in a stream."""

_GRAPH = """
from langgraph.graph import END, START, StateGraph

builder = StateGraph(dict)
builder.add_node("answer", lambda state: {"text": "done"})
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile()
"""


def _prepare(path: str) -> None:
    connection = sqlite3.connect(path)
    for statement in (*_SETUP, _TABLE, _INDEX):
        connection.execute(statement)
    connection.close()


def fastapi(path: str, *, shared: bool) -> Any:
    """FastAPI with aiosqlite: a connection for each request, or one for all."""
    framework, pydantic, aiosqlite = import_module("fastapi"), import_module("pydantic"), import_module("aiosqlite")
    fields = {"agent": (str, ...), "context": (str, ""), "priority": (int, 0), "thread": (str, ""), "depth": (int, 3)}
    body = pydantic.create_model(
        "Body", description=(str, ...), scopes=(list[str], ...), not_before=(float, 0.0), **fields
    )
    app = framework.FastAPI()
    kept: list[Any] = []

    async def insert(connection: Any, task: Any) -> dict[str, str]:
        id = str(uuid.uuid4())
        await connection.execute(_INSERT, (id, task.thread, task.model_dump_json()))
        await connection.commit()
        return {"id": id, "status": "queued"}

    async def submit(task: Any) -> dict[str, str]:
        if shared:
            if not kept:
                # Others come while this one opens: it is nobody's before it is set up.
                made = await aiosqlite.connect(path)
                await made.execute(_SETUP[1])
                kept.append(made)
            return await insert(kept[0], task)
        async with aiosqlite.connect(path, timeout=60) as connection:
            await connection.execute(_SETUP[1])
            return await insert(connection, task)

    submit.__annotations__["task"] = body
    app.post("/v1/tasks", status_code=202)(submit)
    return app


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """Reads the body and answers the same to everything: what sockets and server cost on this machine, right now."""
    while (await receive()).get("more_body"):
        pass
    head = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 202, "headers": head})
    await send({"type": "http.response.body", "body": b"{}"})


def flask(path: str) -> Any:
    """Flask with a connection for each request."""
    framework = import_module("flask")
    app = framework.Flask("baseline")

    def submit() -> Any:
        task = framework.request.get_json()
        id = str(uuid.uuid4())
        connection = sqlite3.connect(path, timeout=60)
        connection.execute(_SETUP[1])
        connection.execute(_INSERT, (id, task.get("thread"), json.dumps(task)))
        connection.commit()
        connection.close()
        return {"id": id, "status": "queued"}, 202

    app.post("/v1/tasks")(submit)
    return app


def langgraph(folder: Path) -> None:
    """An application of one node that does nothing, for ``langgraph dev`` to serve."""
    folder.mkdir()
    (folder / "graph.py").write_text(_GRAPH, encoding="utf-8")
    (folder / "langgraph.json").write_text('{"dependencies": ["."], "graphs": {"noop": "./graph.py:graph"}}')


def sockets(port: int) -> None:
    """Who asks by GET follows; a POST sends all of them one message of a stream, and nothing is done beside that."""
    part = b"id: 1.0\nevent: task.queued\ndata: %b\n\n" % (b"x" * (_PART_BYTES - 38))
    part = b"%x\r\n%b\r\n" % (len(part), part)
    poll, following = select.epoll(), dict[int, socket.socket]()
    door = socket.create_server(("127.0.0.1", port), backlog=2000)
    poll.register(door, select.EPOLLIN)
    while True:
        for file, _ in poll.poll():
            if file == door.fileno():
                one, _ = door.accept()
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                following[one.fileno()] = one
                poll.register(one, select.EPOLLIN)
            elif not (asked := (one := following[file]).recv(1 << 16)):
                following.pop(file).close()
            elif asked.startswith(b"GET"):
                one.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nd\r\nretry: 1000\n\n\r\n")
            else:
                one.sendall(b"HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n{}")
                for other in following.values():
                    if other is not one:
                        other.send(part)


def main(kind: str, port: str, path: str) -> None:
    """Serve until somebody ends it."""
    if kind == "sockets":
        sockets(int(port))
    _prepare(path)
    if kind == "flask":
        os.environ["BENCH_DATABASE"] = path
        base: Any = import_module("gunicorn.app.base").BaseApplication
        served = flask(path)

        class Application(base):  # type: ignore[misc]  # by name
            def load_config(self) -> None:
                for key, value in {"bind": f"127.0.0.1:{port}", "workers": 1, "threads": 16}.items():
                    self.cfg.set(key, value)

            def load(self) -> Any:
                return served

        Application().run()
        return
    uvicorn = import_module("uvicorn")
    app = bare if kind == "bare" else fastapi(path, shared=kind == "fastapi_shared")
    uvicorn.run(app, port=int(port), log_level="error", access_log=False, lifespan="off")


if __name__ == "__main__":
    main(*sys.argv[1:])
