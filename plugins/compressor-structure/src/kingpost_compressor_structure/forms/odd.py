"""Which values stand out from their like.

Called by the forms that have many of a kind: rows of tables, records of logs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence

from .mishaps import mishap
from .sorts import sorts

_FEW, _ALONE, _SORTS = 12, 2, 48
"""Fewer than the first show no habit that one of them could break; of a sort up to the second are alone; and more
sorts than the third are no sorts.
"""
_ODD, _USUAL = 0.95, 0.7
"""What a row is worth for a value that stands out, and for being the first of its sort."""
_BEGINS = frozenset("0123456789+-.")
_NUMERIC = b"0123456789+-.eE"
_LONGEST, _HUGE = 30, 1e300


def far_out(numbers: Sequence[float]) -> list[int]:
    """The places of the numbers far from the others: many times the usual distance from the middle."""
    if len(numbers) < _FEW:
        return []
    ranked = sorted(numbers)
    middle = _middle(ranked)
    # The usual distance is at least that of the nearer quarter, so mostly this is all there is to do.
    quarter = min(middle - ranked[len(ranked) // 4], ranked[-1 - len(ranked) // 4] - middle)
    if max(middle - ranked[0], ranked[-1] - middle) <= 8 * quarter:
        return []
    cut = bisect_left(ranked, middle)
    # Two runs that are in order are merged at once.
    distances = sorted(
        [middle - number for number in ranked[:cut][::-1]] + [number - middle for number in ranked[cut:]]
    )
    usual = _middle(distances) or sum(distances) / len(distances)
    if not distances[-1] > 8 * usual > 0:
        return []
    found = [at for at, number in enumerate(numbers) if abs(number - middle) > 8 * usual]
    # When many are far out that is how they are.
    return found if len(found) <= max(2, len(numbers) // 25) else []


def _middle(ranked: Sequence[float]) -> float:
    half = len(ranked) // 2
    return ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2


def _rare(counts: Mapping[str, int], total: int) -> set[str]:
    """The values that hardly any other has, where the others share a few."""
    if len(counts) > total // 2:
        return set()
    usual = sum(count for count in counts.values() if count > max(2, total // 25))
    if usual < 0.9 * total:
        return set()
    return {value for value, count in counts.items() if count <= max(2, total // 100)}


def odd_rows(columns: Sequence[Sequence[str]], *, asked: bool = False) -> dict[int, float]:
    """The rows with a value that stands out in its column, and what they are worth.

    The first row of each sort of text does too, where a column is what a log says. ``asked``: there is a question,
    so only what went wrong comes before what answers. All columns have the same length.
    """
    found: dict[int, float] = {}
    for column in columns:
        if len(column) < _FEW:
            continue
        if (plain := _odd_numbers(column)) is not None:
            found |= dict.fromkeys(plain, _ODD)
            continue
        counts = Counter(column)
        if len(counts) == 1:
            continue
        for at, worth in _odd_texts(column, counts, asked=asked).items():
            found[at] = max(worth, found.get(at, 0.0))
    return found


def _odd_texts(column: Sequence[str], counts: Mapping[str, int], *, asked: bool) -> dict[int, float]:
    """The rows that stand out in a column that holds more than numbers. What is the same is looked at once."""
    likely = [value for value in counts if value[:1] in _BEGINS]
    numbers = {value: number for value in likely if (number := _number(value)) is not None}
    empty, numeric = counts.get("", 0), sum([counts[value] for value in numbers])
    of_shape = {"number": numeric, "empty": empty, "text": len(column) - numeric - empty}
    few = _rare({shape: count for shape, count in of_shape.items() if count}, len(column))
    odd = {value for value in counts if _shape(value, numbers) in few} if few else set()
    found: dict[int, float] = {}
    if of_shape["number"] > 0.8 * len(column):
        places = [at for at, value in enumerate(column) if value in numbers]
        found = dict.fromkeys((places[at] for at in far_out([numbers[column[at]] for at in places])), _ODD)
    else:
        odd |= _rare(counts, len(column))
        found = _first_of_sorts(column, counts, asked=asked)
    return found | ({at: _ODD for at, value in enumerate(column) if value in odd} if odd else {})


def _first_of_sorts(column: Sequence[str], counts: Mapping[str, int], *, asked: bool) -> dict[int, float]:
    """The first row of each sort of text, where there are a few: the same but for numbers."""
    values = list(counts)
    if len(values) < _FEW or sum(1 for value in values if " " in value) * 2 < len(values):
        return {}
    first: dict[str, str] = {}
    times: Counter[str] = Counter()
    for value, sort in zip(values, sorts(values), strict=True):
        first.setdefault(sort, value)
        times[sort] += counts[value]
    if not 1 < len(first) <= _SORTS:
        return {}
    often = sum(count for count in times.values() if count >= max(_FEW, len(column) // 200))
    alone = _ALONE if often > 0.9 * len(column) else 0
    worth = {value: _ODD if times[sort] <= alone else mishap(sort) or _USUAL for sort, value in first.items()}
    place = {value: at for at, value in reversed(list(enumerate(column))) if value in worth}
    return {at: worth[value] for value, at in place.items() if not asked or worth[value] > _USUAL}


def _shape(value: str, numbers: Mapping[str, float]) -> str:
    return "number" if value in numbers else "text" if value else "empty"


def _odd_numbers(column: Sequence[str]) -> list[int] | None:
    """The rows that stand out in a column of short numbers, some of them perhaps left empty; ``None`` for any other."""
    joined = "".join(column)
    if joined[:1] not in _BEGINS or joined.encode(errors="replace").translate(None, _NUMERIC):
        return None
    filled = column if "" not in column else [value for value in column if value]
    if max(map(len, filled)) > _LONGEST:
        return None
    try:
        numbers = list(map(float, filled))
    except ValueError:
        return None
    if not (max(numbers) < _HUGE and min(numbers) > -_HUGE):
        return None
    if len(filled) == len(column):
        return far_out(numbers)
    places = [at for at, value in enumerate(column) if value]
    few = _rare({"number": len(filled), "empty": len(column) - len(filled)}, len(column))
    lone = [at for at, value in enumerate(column) if ("number" if value else "empty") in few] if few else []
    return lone + [places[at] for at in far_out(numbers)]


def _number(value: str) -> float | None:
    if len(value) > _LONGEST:
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if abs(number) < _HUGE else None
