"""A PDF document as its pages' text.

Called by the walk when an input ends in ``.pdf``. Pages are read one at a time in a thread, so that a long document
neither fills the memory nor stops the event loop. Whatever is wrong with the document is an ``UnreadableInput``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kingpost import Piece, UnreadableInput

if TYPE_CHECKING:
    from .document import Document

T = TypeVar("T")

LONGEST_STEP = 30.0
"""Seconds for opening a document or reading a page, beyond the bound that a page keeps by itself."""


class PdfReader:
    """Reads the text that a PDF holds; pictures of text need OCR first."""

    name = "pdf"
    suffixes = frozenset({".pdf"})

    async def read(self, path: Path) -> AsyncIterator[Piece]:
        """The pages that hold text, in order."""
        document = await _within(path, lambda: _opened(path))
        try:
            found = False
            for number in range(1, document.pages + 1):
                text = await _within(path, lambda number=number: document.text(number))  # type: ignore[misc]  # mypy cannot tell the type of a lambda's default
                if text:
                    found = True
                    yield Piece(text=text, place=f"p. {number}", kind="prose")
            if not found:
                raise UnreadableInput(
                    str(path), "holds no text, only pictures of it", "recognise it first, for instance with ocrmypdf"
                )
        finally:
            document.close()


def _opened(path: Path) -> Document:
    from .document import Document  # pypdf costs 100 ms that only a PDF has to pay

    return Document(path)


async def _within(path: Path, step: Callable[[], T]) -> T:
    try:
        async with asyncio.timeout(LONGEST_STEP):
            return await asyncio.to_thread(step)
    except TimeoutError:
        raise UnreadableInput(
            str(path), f"takes longer than {LONGEST_STEP:g} s to read", "save it anew, or leave it out"
        ) from None
