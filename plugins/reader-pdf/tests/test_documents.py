"""What is read out of real and of hostile files."""

from __future__ import annotations

import asyncio
import logging
import random
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from kingpost import Piece, Reader, UnreadableInput
from kingpost_reader_pdf import document

MEGABYTE = 1024 * 1024
BOMB = zlib.compress(bytes(64 * MEGABYTE), 9)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.9, 0.99])
async def test_a_file_that_was_cut_off_is_refused(subject: Reader, pdf: Any, write: Any, share: float) -> None:
    """Half a document is never passed off as a whole one."""
    whole = pdf("First page.", "Second page.").written()
    path = write("cut.pdf", whole[: int(len(whole) * share)])

    with pytest.raises(UnreadableInput, match=r"cut\.pdf"):
        await _read(subject, path)


async def test_a_wrong_table_of_contents_is_made_anew(subject: Reader, pdf: Any, write: Any) -> None:
    path = write("table.pdf", pdf("Still whole.").written().replace(b"startxref\n", b"startxref\n9"))

    assert [piece.text for piece in await _read(subject, path)] == ["Still whole."]


async def test_a_damaged_page_is_named(subject: Reader, pdf: Any, write: Any, stream_of: Any) -> None:
    """A page is not left out because its bytes are broken."""
    made = pdf("Sound.", "Damaged.")
    packed = bytearray(zlib.compress(random.Random(1).randbytes(2000)))
    packed[:8] = b"\xff" * 8
    made.objects[6] = stream_of(bytes(packed), b"/Filter /FlateDecode")

    with pytest.raises(UnreadableInput, match=r"p\. 2: Recovery limit"):
        await _read(subject, write("damaged.pdf", made.written()))


def _bomb(made: Any, stream_of: Any) -> None:
    made.objects[4] = stream_of(BOMB, b"/Filter /FlateDecode")


def _nested_bomb(made: Any, stream_of: Any) -> None:
    made.objects[4] = stream_of(zlib.compress(BOMB, 9), b"/Filter [/FlateDecode /FlateDecode]")


def _circle(made: Any, _: Any) -> None:
    made.objects[1] = b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"


def _many_pages(made: Any, _: Any) -> None:
    made.objects[1] = b"<< /Type /Pages /Kids [%s] /Count 1 >>" % (b"4 0 R " * 50_000)


def _deep_tree(made: Any, _: Any) -> None:
    first = len(made.objects) + 1
    made.objects[1] = b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % first
    made.objects += [
        b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (number + 1) for number in range(first, first + 3000)
    ]
    made.objects.append(b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>")


def _deep_content(made: Any, stream_of: Any) -> None:
    made.objects[4] = stream_of(b"[" * 100_000, b"")


def _form_in_itself(made: Any, stream_of: Any) -> None:
    resources = b"/Resources << /XObject << /X 6 0 R >> >>"
    made.objects[3] = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] %s /Contents 5 0 R >>" % resources
    made.objects[4] = stream_of(b"/X Do " * 100, b"")
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] " + resources
    made.objects.append(stream_of(b"/X Do /X Do", form))


def _wide_font(made: Any, stream_of: Any) -> None:
    ranges = b"<00000000> <FFFFFFFF> <0041>\n" * 100
    made.objects[2] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>"
    made.objects.append(stream_of(b"begincmap 100 beginbfrange\n" + ranges + b"endbfrange endcmap", b""))


@pytest.mark.parametrize(
    "spoil",
    [
        _bomb, _nested_bomb, _circle, _many_pages, _deep_tree, _deep_content, _form_in_itself, _wide_font,
    ],
)  # fmt: skip
async def test_a_hostile_file_is_refused_within_bounds(
    subject: Reader, pdf: Any, write: Any, stream_of: Any, spoil: Callable[[Any, Any], None]
) -> None:
    made = pdf("Innocent.")
    spoil(made, stream_of)

    with pytest.raises(UnreadableInput, match=r"hostile\.pdf"):
        await _read(subject, write("hostile.pdf", made.written()))


async def test_a_count_that_lies_is_not_believed(subject: Reader, pdf: Any, write: Any) -> None:
    made = pdf("The only page.")
    made.objects[1] = made.objects[1].replace(b"/Count 1", b"/Count 999999999")

    assert len(await _read(subject, write("count.pdf", made.written()))) == 1


async def test_bounds_hold(subject: Reader, pdf: Any, write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("three.pdf", pdf("One.", "Two.", "Three.").written())
    monkeypatch.setattr(document, "PAGE_SECONDS", -1.0)
    with pytest.raises(UnreadableInput, match=r"p\. 1: it takes longer"):
        await _read(subject, path)

    monkeypatch.setattr(document, "MOST_PAGES", 2)
    with pytest.raises(UnreadableInput, match="3 pages, more than 2"):
        await _read(subject, path)


async def test_a_long_book_does_not_pile_up(
    subject: Reader, pdf: Any, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What pypdf keeps of the pages that were read is let go of, and the pages behind are still read."""
    kept: list[int] = []
    original = document.Document.text

    def noted(self: document.Document, number: int) -> str:
        text = original(self, number)
        kept.append(len(self._pypdf.resolved_objects))
        return text

    monkeypatch.setattr(document.Document, "text", noted)
    pieces = await _read(subject, write("book.pdf", pdf(*[f"Page {n}." for n in range(1, 201)]).written()))

    assert [piece.text for piece in pieces] == [f"Page {n}." for n in range(1, 201)]
    assert max(kept) < 300  # 403 objects in all


async def test_what_is_not_there_or_no_file_is_refused(subject: Reader, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.pdf", tmp_path):
        with pytest.raises(UnreadableInput, match="is no PDF that can be read"):
            await _read(subject, path)


async def test_pages_are_read_off_the_event_loop(
    subject: Reader, pdf: Any, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[int] = set()
    original = pypdf.PageObject.extract_text

    def noted(self: pypdf.PageObject, **options: Any) -> str:
        threads.add(threading.get_ident())
        return original(self, **options)

    monkeypatch.setattr(pypdf.PageObject, "extract_text", noted)
    await _read(subject, write("two.pdf", pdf("One.", "Two.").written()))

    assert threads
    assert threading.get_ident() not in threads


async def test_whoever_stops_reading_leaves_no_file_open(
    subject: Reader, pdf: Any, write: Any, recwarn: pytest.WarningsRecorder
) -> None:
    pages = subject.read(write("long.pdf", pdf(*["Page."] * 50).written()))
    assert (await anext(pages)).place == "p. 1"

    await pages.aclose()  # type: ignore[attr-defined]  # the protocol promises an iterator, which a generator is
    await asyncio.sleep(0)

    assert not recwarn.list


async def test_what_pypdf_forgives_is_not_told(
    subject: Reader, pdf: Any, write: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await _read(subject, write("table.pdf", pdf("Whole.").written().replace(b"startxref\n", b"startxref\n9")))

    assert not [record for record in caplog.records if record.name.startswith("pypdf")]


async def _read(reader: Reader, path: Path) -> list[Piece]:
    return [piece async for piece in reader.read(path)]
