"""A kernel that serves on a free port of loopback, and clients for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
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
    async with serving() as (_, url), httpx.AsyncClient(base_url=url, timeout=20) as one:
        yield one


@pytest.fixture
def token() -> Callable[..., Any]:
    """Makes a token of a tenant: what to show."""

    async def token(opened: OpenKernel, tenant: str = "default", *scopes: str) -> dict[str, str]:
        asked = operations.tokens.CreateToken(scopes=scopes or ("*",))
        made = await opened.kernel.perform(operations.tokens.CREATE, asked, tenant)
        return {"Authorization": f"Bearer {made.token}"}

    return token
