"""The SDKs, built once for each process of the test run and started once for each language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contracts import drivers
from tests.contracts.drivers import Driver


@pytest.fixture(scope="session")
def _built() -> None:
    if not drivers.NODE.exists():
        pytest.skip("`make contracts` installs Node, Go and the generators")
    drivers.built()


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
