"""Words of a question that nobody ever wrote, repaired to the nearest one that somebody did.

Called by ``search``. Only words of the asked scope are looked at: another one's vocabulary is its own. One letter more,
less, another, or two that changed places; names and ordinary words alike.
"""

from __future__ import annotations

from collections.abc import Sequence

from .file import Read

SHORTEST, LONGEST = 5, 24
"""Among words of five letters too many are one letter apart, so there letters may only change places."""

MOST = 3
"""Words of one question that are repaired."""

REPAIRED = 0.5
"""What a repaired word is worth: it may be another word after all."""

_HEAD = 2


def repaired(read: Read, scope: int, unknown: Sequence[str]) -> dict[str, tuple[str, int]]:
    """For each unknown term that has one, the nearest term of the scope, and how many memories hold that."""
    found: dict[str, tuple[str, int]] = {}
    for term in [term for term in unknown if _is_worth_it(term)][:MOST]:
        near = [each for each in _near(read, scope, term) if len(term) > SHORTEST or sorted(each[0]) == sorted(term)]
        if near:
            found[term] = max(near, key=lambda each: (each[1], each[0]))
    return found


def _is_worth_it(term: str) -> bool:
    return SHORTEST <= len(term) <= LONGEST and term.isascii() and term.isalpha()


def _near(read: Read, scope: int, term: str) -> list[tuple[str, int]]:
    """Terms at distance one: those with the same head from a stretch of the index, the others one by one."""
    prefix = f"{scope}_"
    head, middle = prefix + term[:_HEAD], len(term) // 2
    least = len(prefix) + len(term) - 1
    # One slip leaves what is before the middle as it is, or what is behind it.
    begin, end = prefix + term[:middle], term[middle + 1 :]
    sql = (
        "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ? "
        "AND (substr(term, 1, ?) = ? OR substr(term, ?) = ?)"
    )
    rows = read(sql, (head, f"{head}{{", least, least + 2, len(begin), begin, -len(end), end))
    near = [(other, count) for row, count in rows if is_near(term, other := row.removeprefix(prefix))]
    others = [prefix + other for other in _other_heads(term)]
    sql = f"SELECT term, doc FROM vocabulary WHERE term IN ({', '.join('?' * len(others))})"  # noqa: S608 - question marks
    return near + [(row.removeprefix(prefix), count) for row, count in read(sql, others)]


def _other_heads(term: str) -> list[str]:
    """Terms at distance one whose first letters differ: those that were swapped, left out or doubled."""
    made = {term[1] + term[0] + term[2:], term[0] + term[2] + term[1] + term[3:], term[1:], term[0] + term[2:]}
    return sorted((made | {term[0] + term, term[:2] + term[1:]}) - {term})


def is_near(one: str, other: str) -> bool:
    """Whether two words are one slip apart."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1 or one == other:
        return False
    begin = 0
    while begin < len(one) and one[begin] == other[begin]:
        begin += 1
    if len(one) < len(other):
        return one[begin:] == other[begin + 1 :]
    swapped = one[begin : begin + 2] == other[begin : begin + 2][::-1]
    return one[begin + 1 :] == other[begin + 1 :] or (swapped and one[begin + 2 :] == other[begin + 2 :])
