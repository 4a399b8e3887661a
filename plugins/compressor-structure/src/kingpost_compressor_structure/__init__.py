"""Fits passages into a token budget by their structure and by the question, without a model.

Offers the compressor ``structure``. Has no settings.
"""

from __future__ import annotations

from kingpost import Compressor, hookimpl

from .fitting import StructureCompressor


@hookimpl
def provide_compressors() -> list[Compressor]:
    """One compressor; it keeps nothing between two fits."""
    return [StructureCompressor()]
