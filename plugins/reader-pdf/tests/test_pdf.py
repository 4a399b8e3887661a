"""A PDF is read page by page; whatever is wrong with one is said with the mend."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pypdf
import pytest
from kingpost import Piece, Reader, UnreadableInput
from kingpost.testing import ReaderConformance
from kingpost_reader_pdf.pdf import PdfReader


def pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A document with these lines of text on its pages (PDF 1.4, ISO 32000-1 section 7.5)."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, lines in enumerate(pages):
        shown = " ".join(f"({line}) Tj 0 -14 Td" for line in lines)
        content = f"BT /F1 12 Tf 72 720 Td {shown} ET" if lines else ""
        page = "/Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>"
        objects += [
            f"<< {page} /Contents {5 + 2 * number} 0 R >>",
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        ]
    return assembled(objects)


def assembled(objects: Sequence[str]) -> bytes:
    """Objects with header, cross-reference table and trailer."""
    body = b"%PDF-1.4\n"
    offsets = []
    for number, each in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{each}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + f"xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode("latin-1")


async def pages(path: Path) -> list[Piece]:
    return [piece async for piece in PdfReader().read(path)]


def written(tmp_path: Path, content: bytes, name: str = "document.pdf") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def encrypted(password: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf([["The vault opens at nine"]])))
    writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


class TestPdfReader(ReaderConformance):
    @pytest.fixture
    def subject(self) -> Reader:
        return PdfReader()

    @pytest.fixture
    def documents(self, tmp_path: Path) -> Sequence[tuple[Path, Sequence[str]]]:
        first = written(tmp_path, pdf([["The beam rests", "on the post."], [], ["The post stands."]]), "first.pdf")
        second = written(tmp_path, pdf([["One page only."]]), "second.pdf")
        return [(first, ["The beam rests", "on the post.", "The post stands."]), (second, ["One page only."])]

    @pytest.fixture
    def broken(self, tmp_path: Path) -> Sequence[Path]:
        whole = pdf([["The beam rests"]])
        return [
            written(tmp_path, whole[:60], "truncated.pdf"),
            written(tmp_path, b"not a PDF at all", "other.pdf"),
            written(tmp_path, pdf([[], []]), "blank.pdf"),
            written(tmp_path, encrypted("secret"), "locked.pdf"),
        ]


async def test_a_place_is_a_page_and_pages_without_text_are_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path, pdf([["first"], [], ["third"]]))

    assert [(piece.place, piece.text, piece.kind) for piece in await pages(path)] == [
        ("p. 1", "first", "prose"),
        ("p. 3", "third", "prose"),
    ]


async def test_an_empty_password_opens_what_is_only_protected_from_change(tmp_path: Path) -> None:
    assert [piece.text for piece in await pages(written(tmp_path, encrypted("")))] == ["The vault opens at nine"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (pdf([[]]), "ocrmypdf"),
        (encrypted("secret"), "qpdf --decrypt"),
        (b"", "is no PDF that can be read"),
        (b"%PDF-1.7\n%%EOF", "is no PDF that can be read"),
        (assembled(["<< /Type /Catalog /Pages 1 0 R >>"]), "recognise|no PDF"),
        (assembled(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"]), "no PDF|text"),
        (b"%PDF-1.4\n" + b"[" * 100_000, "is no PDF that can be read"),
    ],
)
async def test_what_is_wrong_is_said_with_the_mend(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(UnreadableInput, match=says):
        await pages(written(tmp_path, content))


async def test_a_damaged_document_is_read_or_refused_and_nothing_else(tmp_path: Path) -> None:
    """Any byte may be wrong: the answer is text or a refusal, never another error."""
    dice = random.Random(7)
    whole = pdf([["The beam rests on the post."], ["The post stands."]])
    for number in range(200):
        content = bytearray(whole)
        for _ in range(dice.randint(1, 12)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        with suppress(UnreadableInput):
            await pages(written(tmp_path, bytes(content), f"{number}.pdf"))


def test_the_door_offers_the_reader() -> None:
    import kingpost_reader_pdf

    assert [reader.name for reader in kingpost_reader_pdf.provide_readers()] == ["pdf"]
