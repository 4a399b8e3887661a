"""A PDF document as its pages' text.

Called by the walk when an input ends in ``.pdf``. Pages are read one at a time in a thread, so that a long document
neither fills the memory nor stops the event loop. Whatever is wrong with the document is an ``UnreadableInput``;
pypdf's own bounds stop streams that inflate without end.
"""

from __future__ import annotations

import asyncio
import logging
import struct
import warnings
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import pypdf
from kingpost import Piece, UnreadableInput
from pypdf.errors import FileNotDecryptedError, PyPdfError, WrongPasswordError

T = TypeVar("T")

MOST_PAGES = 20_000

# pypdf logs a line for each oddity of each page; what matters is said by an error.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

_BROKEN = (
    PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError, ArithmeticError,
    LookupError, RecursionError, NotImplementedError, MemoryError, struct.error, zlib.error, OSError,
)  # fmt: skip
"""What a damaged document makes pypdf raise, besides its own errors."""


class PdfReader:
    """Reads the text that a PDF holds; pictures of text need OCR first."""

    name = "pdf"
    suffixes = frozenset({".pdf"})

    async def read(self, path: Path) -> AsyncIterator[Piece]:
        """The pages that hold text, in order."""
        file = await asyncio.to_thread(_guarded, path, lambda: path.open("rb"))
        try:
            document = await asyncio.to_thread(_guarded, path, lambda: _opened(pypdf.PdfReader(file), path))
            pages = await asyncio.to_thread(_guarded, path, lambda: len(document.pages))
            if pages > MOST_PAGES:
                raise UnreadableInput(str(path), f"has {pages:,} pages, more than {MOST_PAGES:,}", "split it")
            found = False
            for number in range(pages):
                text = await asyncio.to_thread(_guarded, path, lambda number=number: _text(document, number))
                if text:
                    found = True
                    yield Piece(text=text, place=f"p. {number + 1}", kind="prose")
            if not found:
                raise UnreadableInput(
                    str(path), "holds no text, only pictures of it", "recognise it first, for instance with ocrmypdf"
                )
        finally:
            file.close()


def _opened(document: pypdf.PdfReader, path: Path) -> pypdf.PdfReader:
    """The document, decrypted if an empty password opens it."""
    if document.is_encrypted and not document.decrypt(""):
        raise UnreadableInput(
            str(path), "needs a password", "save a copy without one, for instance with qpdf --decrypt"
        )
    return document


def _text(document: pypdf.PdfReader, number: int) -> str:
    text = document.pages[number].extract_text()
    # A font's table may map to half a surrogate pair or to NUL, neither of which is text.
    return text.encode("utf-8", "replace").decode().replace("\0", "").strip()


def _guarded(path: Path, step: Callable[[], T]) -> T:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return step()
    except UnreadableInput:
        raise
    except (FileNotDecryptedError, WrongPasswordError) as problem:
        raise UnreadableInput(
            str(path), "needs a password", "save a copy without one, for instance with qpdf --decrypt"
        ) from problem
    except _BROKEN as problem:
        what = " ".join(str(problem).split())[:120] or type(problem).__name__
        raise UnreadableInput(
            str(path), f"is no PDF that can be read ({what})", "save it anew, or leave it out"
        ) from problem
