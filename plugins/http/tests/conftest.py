"""A kernel that serves on a free port of loopback, in this process or in one of its own, and clients for it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from kingpost import Ports, operations
from kingpost.testing import OpenKernel, open_kernel
from kingpost_http.face import HttpFace
from kingpost_http.settings import Settings
from kingpost_http.status import FaceStatus, Standing

Serving = Callable[..., AbstractAsyncContextManager[tuple[OpenKernel, str]]]
Run = Callable[..., subprocess.Popen[str]]
Serve = Callable[..., tuple[subprocess.Popen[str], str]]


@pytest.fixture(autouse=True)
def rootless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody here speaks to the web, and to read its certificates takes each client of httpx 40 ms."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))


@pytest.fixture
def ports(tmp_path: Path) -> Ports:
    return Ports(home=tmp_path)


@pytest.fixture
def serving(ports: Ports) -> Serving:
    """Opens a kernel that serves: its doors are those of ``open_kernel``, ``http`` are settings of the face."""

    @asynccontextmanager
    async def serving(
        http: dict[str, Any] | None = None, *, work: bool = True, **more: Any
    ) -> AsyncIterator[tuple[OpenKernel, str]]:
        standing = Standing()
        face = HttpFace(Settings(port=0, **(http or {})), ports, standing)
        doors = {"faces": [face], "operations": [FaceStatus(standing)], "ports": ports, **more}
        async with open_kernel(**doors) as opened:
            if work:
                await opened.kernel.work()
            await opened.kernel.serve("http")
            yield opened, face.url

    return serving


@pytest.fixture
async def client(serving: Serving) -> AsyncIterator[httpx.AsyncClient]:
    async with serving() as (_, url), httpx.AsyncClient(base_url=url, timeout=60) as one:
        yield one


@pytest.fixture
def token() -> Callable[..., Any]:
    """Makes a token of a tenant: what to show."""

    async def token(opened: OpenKernel, tenant: str = "default", *scopes: str) -> dict[str, str]:
        asked = operations.tokens.CreateToken(scopes=scopes or ("*",))
        made = await opened.kernel.perform(operations.tokens.CREATE, asked, tenant)
        return {"Authorization": f"Bearer {made.token}"}

    return token


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Starts processes in a home of their own; those that are left are ended."""
    running: list[subprocess.Popen[str]] = []

    def run(*command: str) -> subprocess.Popen[str]:
        home = {name: value for name, value in os.environ.items() if not name.startswith("KINGPOST")}
        home["KINGPOST_HOME"] = str(tmp_path / "home")
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=tmp_path,
            env=home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def serve(run: Run) -> Serve:
    """Starts a server, and reads where it listens."""

    def serve() -> tuple[subprocess.Popen[str], str]:
        process = run("-m", "kingpost", "serve", "--port", "0")
        assert process.stderr is not None
        found = re.search(r"listening on (\S+)", process.stderr.readline())
        assert found is not None
        return process, found[1]

    return serve
