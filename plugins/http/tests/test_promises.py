"""The promises of the protocols, on a real socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest
from kingpost import Face, Ports
from kingpost.testing import FaceConformance
from kingpost_http.face import HttpFace
from kingpost_http.settings import Settings
from kingpost_http.status import Standing


class TestHttpFace(FaceConformance):
    @pytest.fixture
    def subject(self, ports: Ports) -> Face:
        return HttpFace(Settings(port=0), ports, Standing())

    @pytest.fixture
    def reach(self) -> Callable[[Face], Awaitable[bool]]:
        async def reach(face: Face) -> bool:
            assert isinstance(face, HttpFace)
            try:
                async with httpx.AsyncClient(base_url=face.url) as client:
                    return (await client.get("/ready")).status_code == 200
            except httpx.ConnectError:
                return False

        return reach
