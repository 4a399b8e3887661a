"""The SDKs as they are driven by the contracts, for everything beyond the contracts."""

from __future__ import annotations

from tests.contracts.conftest import _built, driver

__all__ = ["_built", "driver"]
