"""Exact token counts for kingpost, offline, with the vocabularies inside the package.

Offers the counters ``cl100k_base`` and ``o200k_base``. Has no settings.
"""

from __future__ import annotations

from kingpost import TokenCounter, hookimpl

from .counting import TiktokenCounter
from .vocabulary import CL100K_BASE, O200K_BASE


@hookimpl
def provide_counters() -> list[TokenCounter]:
    """One counter for each vocabulary; each is read at its first count."""
    return [TiktokenCounter(CL100K_BASE), TiktokenCounter(O200K_BASE)]
