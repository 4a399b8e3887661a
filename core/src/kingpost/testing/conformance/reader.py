"""The promises of a ``Reader``."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from ...errors import UnreadableInput
from ...protocols import Reader
from ...records.memory import Piece
from .ground import Ground, missing

Document = tuple[Path, Sequence[str]]
"""A file, and texts that stand in it in this order."""


class ReaderConformance(Ground):
    """Inherit, and override ``subject``, ``documents`` and ``broken``."""

    door = "readers"

    @pytest.fixture
    def subject(self) -> Reader:
        """The reader that is tested, started."""
        missing("subject", "yield a started reader")

    @pytest.fixture
    def documents(self) -> Sequence[Document]:
        """Documents that it can read, each with texts that stand in it in this order."""
        missing("documents", "return pairs of a path and the texts that stand in that file, in order")

    @pytest.fixture
    def broken(self) -> Sequence[Path]:
        """Documents with its suffix that are broken, encrypted or hold no text."""
        missing("broken", "return paths of files that cannot be read: damaged, encrypted, without text")

    def test_suffixes_are_lower_case_with_the_dot(self, subject: Reader) -> None:
        """The file suffixes it reads, lower case, with the dot."""
        assert subject.suffixes
        assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in subject.suffixes)

    async def test_the_text_comes_in_reading_order(self, subject: Reader, documents: Sequence[Document]) -> None:
        """The document's text in reading order, piece by piece, each with its place."""
        assert documents
        for path, expected in documents:
            assert path.suffix.lower() in subject.suffixes
            text = "\n".join(piece.text for piece in await _pieces(subject, path))
            found = [text.find(each) for each in expected]
            assert -1 not in found
            assert found == sorted(found)

    async def test_every_piece_has_its_place(self, subject: Reader, documents: Sequence[Document]) -> None:
        """The document's text in reading order, piece by piece, each with its place."""
        for path, _ in documents:
            pieces = await _pieces(subject, path)
            assert all(piece.text.strip() and piece.place for piece in pieces)
            assert len({piece.place for piece in pieces}) == len(pieces)

    async def test_documents_are_read_side_by_side(self, subject: Reader, documents: Sequence[Document]) -> None:
        """The document's text in reading order: nothing of another one that is read at the same time."""
        alone = [await _pieces(subject, path) for path, _ in documents]

        assert await asyncio.gather(*(_pieces(subject, path) for path, _ in documents)) == alone

    async def test_what_cannot_be_read_is_said_with_the_mend(self, subject: Reader, broken: Sequence[Path]) -> None:
        """UnreadableInput: the document is broken, encrypted or holds no text, with the mend."""
        assert broken
        for path in broken:
            with pytest.raises(UnreadableInput) as caught:
                await _pieces(subject, path)
            assert path.name in str(caught.value)

    async def test_an_empty_file_holds_no_text(self, subject: Reader, tmp_path: Path) -> None:
        """UnreadableInput: the document is broken, encrypted or holds no text, with the mend."""
        for suffix in subject.suffixes:
            path = tmp_path / f"empty{suffix}"
            path.touch()
            with pytest.raises(UnreadableInput):
                await _pieces(subject, path)


async def _pieces(reader: Reader, path: Path) -> list[Piece]:
    return [piece async for piece in reader.read(path)]
