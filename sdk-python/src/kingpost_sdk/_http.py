"""The one place that knows which HTTP library is under the SDK. Used by the transports only.

It is loaded with the first client, not with the SDK.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from httpx import AsyncClient as AsyncWire
    from httpx import Client as Wire
    from httpx import HTTPError, InvalidURL, Limits, Response, Timeout, TimeoutException

__all__ = ["AsyncWire", "HTTPError", "InvalidURL", "Limits", "Response", "Timeout", "TimeoutException", "Wire"]

if not TYPE_CHECKING:  # or every name would be one

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import httpx

        found = globals()[name] = getattr(httpx, {"AsyncWire": "AsyncClient", "Wire": "Client"}.get(name, name))
        return found
