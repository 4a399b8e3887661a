"""One PDF file, open: how many pages it has, and the text of each.

Called by ``pdf``, in a thread. The only module that knows pypdf, and whatever pypdf meets in a broken or hostile file
becomes ``UnreadableInput`` here. Its limits are set for our own calls alone.
"""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdf
from kingpost import UnreadableInput
from pypdf.errors import DependencyError, FileNotDecryptedError

MOST_PAGES = 20_000
MOST_INFLATED = 32 * 1024 * 1024
PAGE_SECONDS = 20.0

_KEPT_PAGES = 32
_DECRYPT = "save a copy without one, for instance with qpdf --decrypt"
_MEND = "save it anew, or leave it out"

# pypdf logs a line for each oddity of each page; what matters is said by an error.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


class _TooLong(Exception):
    """A page has used up its time."""


class Document:
    """The pages of one file.

    Raises:
        UnreadableInput: it is not there, no PDF, broken, encrypted or too long.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with _explained(path, ""):
            self._file = path.open("rb")
            try:
                self._pypdf = _decrypted(pypdf.PdfReader(self._file), path)
                self.pages = _counted(self._pypdf, path)
            except BaseException:
                self._file.close()
                raise

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def text(self, number: int) -> str:
        """The text of a page, counted from 1; empty where it has none.

        Raises:
            UnreadableInput: the page is broken, or takes too long.
        """
        deadline = time.monotonic() + PAGE_SECONDS

        def in_time(*_: Any) -> None:
            if time.monotonic() > deadline:
                raise _TooLong(f"it takes longer than {PAGE_SECONDS:g} s")

        with _explained(self._path, f"p. {number}: "):
            found = self._pypdf.pages[number - 1].extract_text(visitor_operand_before=in_time)
        if number % _KEPT_PAGES == 0:
            # pypdf keeps whatever it has read; the pages of a long book must not pile up.
            self._pypdf.resolved_objects.clear()
        # A font's table may map to half a surrogate pair or to NUL, neither of which is text.
        return found.encode("utf-8", "replace").decode().replace("\0", "").strip()


def _decrypted(document: pypdf.PdfReader, path: Path) -> pypdf.PdfReader:
    """The document, if an empty password opens it."""
    if document.is_encrypted and not document.decrypt(""):
        raise UnreadableInput(str(path), "needs a password", _DECRYPT)
    return document


def _counted(document: pypdf.PdfReader, path: Path) -> int:
    pages = len(document.pages)
    if pages > MOST_PAGES:
        raise UnreadableInput(str(path), f"has {pages:,} pages, more than {MOST_PAGES:,}", "split it")
    return pages


@contextmanager
def _explained(path: Path, where: str) -> Iterator[None]:
    """Inside, pypdf's limits are ours, and whatever it raises is told to the user."""
    try:
        with warnings.catch_warnings(), _limited():
            warnings.simplefilter("ignore")
            yield
    except UnreadableInput:
        raise
    except (FileNotDecryptedError, DependencyError) as problem:
        raise UnreadableInput(str(path), "needs a password", _DECRYPT) from problem
    except (Exception, MemoryError) as problem:
        what = " ".join(str(problem).split())[:120] or type(problem).__name__
        raise UnreadableInput(str(path), f"is no PDF that can be read ({where}{what})", _MEND) from problem


@contextmanager
def _limited() -> Iterator[None]:
    with pypdf.apply_configuration(
        zlib_maximum_output_length=MOST_INFLATED,
        lzw_maximum_output_length=MOST_INFLATED,
        run_length_maximum_output_length=MOST_INFLATED,
        brotli_maximum_output_length=MOST_INFLATED,
        array_based_stream_maximum_output_length=MOST_INFLATED,
        # What cannot be inflated is damaged; otherwise pypdf goes on, in silence, with the bytes that it can guess.
        zlib_maximum_recovery_input_length=0,
        page_tree_maximum_entries=2 * MOST_PAGES,
    ):
        yield
