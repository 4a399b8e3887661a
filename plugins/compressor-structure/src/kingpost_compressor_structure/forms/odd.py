"""Which values stand out from their like.

Called by the forms that have many of a kind: rows of tables, records of logs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median

_FEW = 12
"""Fewer than these show no habit that one of them could break."""


def far_out(numbers: Sequence[float]) -> list[int]:
    """The places of the numbers far from the others: many times the usual distance from the middle."""
    if len(numbers) < _FEW:
        return []
    middle = median(numbers)
    distances = [abs(number - middle) for number in numbers]
    usual = median(distances) or sum(distances) / len(distances)
    found = [at for at, distance in enumerate(distances) if distance > 8 * usual > 0]
    # When many are far out that is how they are.
    return found if len(found) <= max(2, len(numbers) // 25) else []


def rare(values: Sequence[str]) -> list[int]:
    """The places of the values that hardly any other has, where the others share a few."""
    if len(values) < _FEW:
        return []
    counts = Counter(values)
    usual = sum(count for count in counts.values() if count > max(2, len(values) // 25))
    if usual < 0.9 * len(values):
        return []
    return [at for at, value in enumerate(values) if counts[value] <= max(2, len(values) // 100)]


def odd_rows(columns: Sequence[Sequence[str]]) -> set[int]:
    """The rows with a value that stands out in its column. All columns have the same length."""
    found: set[int] = set()
    for column in columns:
        numbers = [_number(value) for value in column]
        shape = [
            "number" if number is not None else "empty" if not value else "text"
            for number, value in zip(numbers, column, strict=True)
        ]
        found.update(rare(shape))
        known = [(at, number) for at, number in enumerate(numbers) if number is not None]
        if len(known) > 0.8 * len(column):
            found.update(known[at][0] for at in far_out([number for _, number in known]))
        else:
            found.update(rare(column))
    return found


def _number(value: str) -> float | None:
    if len(value) > 30 or not value[:1].isascii() or not (value[:1].isdigit() or value[:1] in "+-."):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if abs(number) < 1e300 else None
