"""Reads PDF documents page by page, with pypdf. It has no settings."""

from __future__ import annotations

from kingpost import Reader, hookimpl


@hookimpl
def provide_readers() -> list[Reader]:
    """The reader for ``.pdf``."""
    from .pdf import PdfReader  # pypdf costs 100 ms that only a PDF has to pay

    return [PdfReader()]
