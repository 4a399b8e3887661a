"""What differs between waiting and blocking, and is more than a word: this is ``_wire`` of the blocking half."""

from __future__ import annotations

import time
from typing import Any

from .. import _http

sleep_for = time.sleep


def wired(**settings: Any) -> _http.Wire:
    """A pool of connections."""
    return _http.Wire(**settings)
