"""The SDKs as they are driven by the contracts, and a server, for everything beyond the contracts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.conftest import _built, driver
from tests.contracts.drivers import ROOTLESS
from tests.sdk import packages
from tests.sdk.server import Server

__all__ = ["_built", "driver", "server"]


@pytest.fixture(autouse=True)
def rootless(monkeypatch: pytest.MonkeyPatch) -> None:
    """No client reads the certificates of the web."""
    for name, value in ROOTLESS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all; nobody may count what others have left in it."""
    with Server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="session")
def tarball(tmp_path_factory: pytest.TempPathFactory, _built: None) -> Path:
    """The npm package."""
    return packages.npm_package(tmp_path_factory.mktemp("npm"))


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory, tarball: Path) -> Path:
    """A folder in which nothing but the npm package is installed."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "package.json").write_text('{"type": "module", "private": true}', "utf-8")
    packages.npm("install", tarball, folder=folder)
    return folder
