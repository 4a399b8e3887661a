"""The SDKs as they are driven by the contracts, and a server, for everything beyond the contracts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.conftest import _built, driver
from tests.sdk.server import Server

__all__ = ["_built", "driver", "server"]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all; nobody may count what others have left in it."""
    with Server(tmp_path_factory.mktemp("server")) as server:
        yield server
