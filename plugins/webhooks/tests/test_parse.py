"""What was verified is read strictly, and in a time that grows with its length and nothing else."""

from __future__ import annotations

import json

import pytest
from kingpost_webhooks.parse import MOST, MOST_VALUES, Unreadable, parse


@pytest.mark.parametrize("one", ["[]", "{}", '{"a":[]}'])
def test_more_lists_and_objects_than_anybody_sends_are_refused(one: str) -> None:
    """Eight million of them fit into 25 MB, and would take seconds to make."""
    with pytest.raises(Unreadable, match="lists and objects"):
        parse(f"[{','.join([one] * MOST)}]".encode(), "application/json")


def test_brackets_in_texts_open_nothing() -> None:
    value = {"text": '\\"[{' * (MOST // 2 + 1), "list": [{"a": '"'}]}

    assert parse(json.dumps(value).encode(), "application/json") == value


@pytest.mark.parametrize(("one", "times"), [("0", 1), ('""', 3), (r'"\\\\"', 1), ('",["', 1)])
def test_more_values_than_anybody_sends_are_refused(one: str, times: int) -> None:
    """Twelve million of them fit into 25 MB; while they are made nobody else is received."""
    with pytest.raises(Unreadable, match="values"):
        parse(f"[{','.join([one] * (times * MOST_VALUES + 1))}]".encode(), "application/json")


def test_commas_and_quotes_in_texts_part_nothing() -> None:
    value = {"text": '\\",' * (MOST_VALUES // 2 + 1), "more": "," * MOST_VALUES, "quotes": '"' * 5 * MOST_VALUES}

    assert parse(json.dumps(value).encode(), "application/json") == value


@pytest.mark.parametrize("text", ['"' + '\\"' * 2_000_000, '"' * 2_000_001, '"' + "\\" * 2_000_001])
def test_a_text_without_end_is_looked_through_once(text: str) -> None:
    """Looked through from each of its quotes, this would not end before the suite does."""
    with pytest.raises(Unreadable):
        parse(b"[" * (MOST + 1) + text.encode(), "application/json")
