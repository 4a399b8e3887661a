"""PDF files written byte by byte, so that a test says exactly what is wrong with its own."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from kingpost import Reader
from kingpost_reader_pdf.pdf import PdfReader

Write = Callable[[str, bytes], Path]


class Pdf:
    """Objects of a document: 1 the catalogue, 2 the page tree, 3 a font, then each page and its content."""

    def __init__(self, *pages: str | bytes) -> None:
        kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(len(pages)))
        self.objects = [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        ]
        for page in pages:
            content = page if isinstance(page, bytes) else shown(page)
            resources = b"<< /Font << /F1 3 0 R >> >>"
            self.objects.append(
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources %s /Contents %d 0 R >>"
                % (resources, len(self.objects) + 2)
            )
            self.objects.append(stream(zlib.compress(content), b"/Filter /FlateDecode"))

    def written(self, trailer: bytes = b"") -> bytes:
        """The file, with a cross-reference table that is right."""
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        offsets = []
        for number, content in enumerate(self.objects, 1):
            offsets.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
        table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        size = len(offsets) + 1
        return bytes(out) + (
            b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n"
            % (size, table, size, trailer, len(out))
        )


def shown(text: str) -> bytes:
    """The content of a page that shows lines of text."""
    lines = [line.encode("cp1252").replace(b"(", b"\\(").replace(b")", b"\\)") for line in text.split("\n")]
    return b"BT /F1 12 Tf 72 720 Td 14 TL " + b" ".join(b"(%s) Tj T*" % line for line in lines) + b" ET"


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


@pytest.fixture
def pdf() -> type[Pdf]:
    return Pdf


@pytest.fixture
def stream_of() -> Callable[[bytes, bytes], bytes]:
    return stream


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file and tells its path."""

    def written(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return written


@pytest.fixture
def subject() -> Reader:
    return PdfReader()
