"""How long to wait before something is tried again: exponential back-off with full jitter.

Called by whoever records a retry. Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015) keeps
those who failed together from coming back together. Never sleeps, and takes its randomness from the ports.
"""

from __future__ import annotations

from collections.abc import Callable


def delay(tries: int, entropy: Callable[[int], bytes], base: float = 1.0, cap: float = 300.0) -> float:
    """Seconds to wait after ``tries`` failures that have been waited for already (0 after the first).

    Uniform from 0 up to ``base`` doubled ``tries`` times, or up to ``cap`` where that is less. ``entropy(n)`` gives n
    random bytes.
    """
    # 53 bits are all that a float between 0 and 1 can hold.
    share = (int.from_bytes(entropy(7), "big") >> 3) / (1 << 53)
    return share * min(cap, base * 2.0 ** min(max(tries, 0), 64))
