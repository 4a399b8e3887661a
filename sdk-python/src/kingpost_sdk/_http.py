"""The one place that knows which HTTP library is under the SDK. Imported by the transports only."""

from httpx import (
    AsyncClient as AsyncWire,
)
from httpx import (
    Client as Wire,
)
from httpx import (
    HTTPError,
    InvalidURL,
    Limits,
    Response,
    Timeout,
    TimeoutException,
)

__all__ = ["AsyncWire", "HTTPError", "InvalidURL", "Limits", "Response", "Timeout", "TimeoutException", "Wire"]
