"""The gentlest levels come first, and each goes only as far as it is needed."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

import pytest
from kingpost import Fitted, Passage
from kingpost.testing import WordCounter
from kingpost_compressor_structure import comments, duplicates, tidy

Fit = Callable[..., Fitted]
Passages = Callable[..., list[Passage]]


class LineCounter(WordCounter):
    """Words, and every line."""

    def count(self, text: str) -> int:
        return super().count(text) + text.count("\n")


def test_spaces_go_before_words(fit: Fit, passages: Passages) -> None:
    given = passages("One line.   \n\n\n\n\n\nAnother line.\n", "A third one.\n")

    fitted = fit(given, LineCounter().count("One line.\n\nAnother line.\n" + "A third one.\n"), "", LineCounter())

    assert [passage.text for passage in fitted.kept] == ["One line.\n\nAnother line.\n", "A third one.\n"]
    assert [(each.id, each.reason, each.whole) for each in fitted.dropped] == [("1", tidy.LOSS, False)]


def test_a_python_string_keeps_its_spaces() -> None:
    source = 'x = """a   \n\n\n\n\n\nb"""\n'

    assert tidy.tidy(source, "python") == source
    assert ast.dump(ast.parse(tidy.tidy("x = 1   \n\n\n\n\n\ny = 2\n", "python"))) == ast.dump(
        ast.parse("x = 1\ny = 2\n")
    )


def test_json_loses_white_space_outside_of_strings_only() -> None:
    assert tidy.tidy('{ "a  b" : [ 1.50,\n  "\\" " ] }', "json") == '{"a  b":[1.50,"\\" "]}'
    assert tidy.tidy("{ broken", "json") == "{ broken"


def test_a_line_break_of_markdown_stays() -> None:
    assert tidy.tidy("one  \ntwo   \n\nthree \n", "markdown") == "one  \ntwo\n\nthree\n"


def test_a_twin_is_dropped_and_names_the_one_that_stays(fit: Fit, passages: Passages) -> None:
    """The higher score stays; other spaces and another case make no other text."""
    text = "The crane was built in 1931 by two brothers.\n"
    first, second, third = passages(text, text.upper().replace(" ", "  "), "Nobody has seen it rest since then.\n")
    second = replace(second, score=2.0)

    fitted = fit([first, second, third], 18)

    assert [passage.id for passage in fitted.kept] == ["2", "3"]
    assert [(each.id, each.reason, each.whole) for each in fitted.dropped] == [("1", "duplicate of 2", True)]


def test_another_number_makes_another_text(fit: Fit, passages: Passages) -> None:
    """Two versions of a fact are no duplicates of each other."""
    given = passages("The crane was built in 1931.", "The crane was built in 1932.", "Filler without any meaning here.")

    fitted = fit(given, 14, "When was the crane built?")

    assert [passage.id for passage in fitted.kept] == ["1", "2"]


def test_a_paragraph_that_stood_before_is_said_once(fit: Fit, passages: Passages) -> None:
    shared = "Every crane must be inspected by two people before its first lift.\n\n"
    given = passages(
        f"{shared}Red cranes are old.\n", f"Blue cranes are new.\n\n{shared}They are fast.\n", kind="prose"
    )

    fitted = fit(given, 30)

    assert [passage.text for passage in fitted.kept] == [given[0].text, "Blue cranes are new.\n\nThey are fast.\n"]
    assert [(each.id, each.reason) for each in fitted.dropped] == [("2", "repeats of 1")]


def test_repeated_lines_and_paragraphs_are_counted() -> None:
    assert duplicates.counted_lines("beep\nbeep\nbeep\nbop\n", "log") == "beep [3 times]\nbop\n"
    assert duplicates.counted_lines("x = 1\nx = 1\n", "python") == "x = 1\nx = 1\n"


def test_a_code_block_is_never_thinned_out() -> None:
    """Two equal parts of one code block are no repetition."""
    block = "```\n" + "total = total + load  # and again, the same line\n\n" * 2 + "```\n"

    assert "".join(duplicates._paragraphs(block)) == block  # noqa: SLF001 - the seam where it would be cut


def test_comments_go_and_docstrings_stay(fit: Fit, passages: Passages) -> None:
    source = '''def lift(load):
    """How far it goes up."""
    # Nobody knows why this is forty and not fifty, but it has always been so.
    limit = 40  # tonnes, says the sign
    return "# no comment" if load > limit else ""
'''
    given = passages(source, kind="python")

    fitted = fit(given, WordCounter().count(source) - 20)

    (kept,) = fitted.kept
    assert "Nobody" not in kept.text
    assert "tonnes" not in kept.text
    assert '"""How far it goes up."""' in kept.text
    assert '"# no comment"' in kept.text
    assert ast.dump(ast.parse(kept.text)) == ast.dump(ast.parse(source))
    assert fitted.dropped[0].reason == comments.LOSS


def test_a_comment_that_the_question_mentions_stays() -> None:
    source = "x = 1  # the crane is red\ny = 2  # nothing\n"

    assert comments.strip(source, lambda comment: "crane" in comment) == "x = 1  # the crane is red\ny = 2\n"


@pytest.mark.parametrize("source", ["x = '# open", "def f(:\n  # c", "\tif x:\n  # c\n y", "# \x00"])
def test_what_is_no_python_keeps_its_comments(source: str) -> None:
    assert comments.strip(source, lambda _: False) in (source, source.replace("# \x00", ""))


def test_a_cut_is_the_last_resort_and_is_told(fit: Fit, passages: Passages) -> None:
    """One long sentence leaves nothing else to do."""
    given = passages("crane " * 299 + "crane")

    fitted = fit(given, 50)

    (kept,) = fitted.kept
    assert 40 <= kept.tokens <= 50
    assert fitted.dropped[0].reason == "cut at the budget"
