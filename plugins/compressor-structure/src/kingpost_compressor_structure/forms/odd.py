"""Which values stand out from their like.

Called by the forms that have many of a kind: rows of tables, records of logs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from statistics import median

_FEW = 12
"""Fewer than these show no habit that one of them could break."""
_BEGINS = frozenset("0123456789+-.")
_NUMERIC = frozenset("0123456789+-.eE")
_LONGEST, _HUGE = 30, 1e300


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
        distinct = set(column)
        if len(column) < _FEW or len(distinct) == 1:
            continue
        if (plain := _plain_numbers(column, distinct)) is not None:
            found.update(far_out(plain))
            continue
        numbers = {value: _number(value) for value in distinct}
        shapes = {
            value: "number" if number is not None else "empty" if not value else "text"
            for value, number in numbers.items()
        }
        if len(set(shapes.values())) > 1:
            found.update(rare([shapes[value] for value in column]))
        known = [(at, number) for at, value in enumerate(column) if (number := numbers[value]) is not None]
        if len(known) > 0.8 * len(column):
            found.update(known[at][0] for at in far_out([number for _, number in known]))
        else:
            found.update(rare(column))
    return found


def _plain_numbers(column: Sequence[str], distinct: Set[str]) -> list[float] | None:
    """All of a column at once, where it is nothing but short numbers."""
    if not _NUMERIC.issuperset("".join(distinct)) or max(map(len, distinct)) > _LONGEST:
        return None
    try:
        numbers = list(map(float, column))
    except ValueError:
        return None
    return numbers if max(map(abs, numbers)) < _HUGE else None


def _number(value: str) -> float | None:
    if len(value) > _LONGEST or value[:1] not in _BEGINS:
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if abs(number) < _HUGE else None
