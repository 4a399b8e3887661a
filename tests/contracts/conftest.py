"""The SDKs, built once for each test run and started once for each language."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contracts import drivers
from tests.contracts.drivers import Driver


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> None:
    if not drivers.NODE.exists():
        pytest.skip("`make contracts` installs Node, Go and the generators")
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    # Once for all processes of a run: one that builds anew takes away what another has started.
    with (shared / "sdks.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (done := shared / "sdks.built").exists():
            drivers.built()
            done.touch()


@pytest.fixture(scope="session", params=drivers.SDKS)
def driver(request: pytest.FixtureRequest, _built: None) -> Iterator[Driver]:
    """Each SDK in turn."""
    driver = Driver(request.param)
    yield driver
    driver.close()


@pytest.fixture(scope="session")
def behaviour() -> Any:
    """``contracts/behaviour.json``."""
    return json.loads((drivers.ROOT / "contracts/behaviour.json").read_text("utf-8"))
