"""What differs between waiting and blocking, and is more than a word: this is ``_wire`` of the blocking half."""

import time
from typing import Any

from .._http import Wire

sleep_for = time.sleep


def settle(answer: Any, call: Any) -> str:
    """What an application's function says to a call."""
    return str(answer(call))


__all__ = ["Wire", "settle", "sleep_for"]
