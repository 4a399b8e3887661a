"""Orders what was weighed: the best first, what says the same only once, the newer of two versions before the older.

Called by ``search``. Pure; the order never depends on the order that candidates came in.
"""

from __future__ import annotations

from collections.abc import Sequence

from .signals import Candidate
from .words import written

ALIKE = 0.9
"""Two longer texts that share so much of their words say the same, if their numbers agree."""

LONG = 12
OLDER = 0.3
"""The most that an older version of a fact is put back."""

OUTDATED = 1.5
"""The same where the question asks how things are now: as much as words are worth at most."""

SAME_FACT = 0.6
Said = tuple[list[str], frozenset[str], tuple[object, ...]]
_NO = frozenset(
    [
        "no",
        "not",
        "never",
        "none",
        "nor",
        "cannot",
        "without",
        "don",
        "doesn",
        "didn",
        "isn",
        "aren",
        "wasn",
        "weren",
        "won",
        "wouldn",
        "couldn",
        "t",
    ]
)


def ranked(found: Sequence[Candidate], limit: int, *, asks_now: bool = False) -> list[Candidate]:
    """The best, at most ``limit``; ``asks_now`` wants the newest version of a fact, whatever words it holds."""
    kept = _once(_ordered(found, 4 * limit + 100), limit + 12)
    _newer_first(kept, asks_now=asks_now)
    return _ordered(kept, len(kept))[:limit]


def _ordered(found: Sequence[Candidate], most: int) -> list[Candidate]:
    """By score, at most so many; equals by source, place, scope and id, which are read of those alone."""
    scores = {each.seq: each.score for each in found}
    by_age = sorted(found, key=lambda each: (-each.created, each.seq))
    order = sorted(by_age, key=lambda each: -scores[each.seq])[:most]
    for first, last in _equals([scores[each.seq] for each in order]):
        order[first:last] = sorted(order[first:last], key=lambda each: each.place)
    return order


def _equals(scores: Sequence[float]) -> list[tuple[int, int]]:
    """Where two or more stand in a row that are equal."""
    spans = []
    first = 0
    for n in range(1, len(scores) + 1):
        if n == len(scores) or scores[n] != scores[first]:
            if n - first > 1:
                spans.append((first, n))
            first = n
    return spans


def _once(order: Sequence[Candidate], most: int) -> list[Candidate]:
    """Each that says something new; copies that live equally long are counted, and the newest stands for them."""
    kept: list[Candidate] = []
    said: list[Said] = []
    exact: dict[tuple[object, ...], int] = {}
    for each in order:
        words = written(each.body[:20_000].lower())
        life = each.life
        key = (*life, " ".join(words) or each.body)
        place = exact.get(key)
        bag = frozenset(words)
        if place is None and len(words) >= LONG:
            place = _copied(words, bag, life, said)
        if place is None:
            if len(kept) == most:
                break
            exact[key] = len(kept)
            kept.append(each)
            said.append((words, bag, life))
        else:
            kept[place] = _one(kept[place], each)
    return kept


def _copied(words: list[str], bag: frozenset[str], life: tuple[object, ...], said: Sequence[Said]) -> int | None:
    """Which of those before says the same."""
    least, most = len(words) * ALIKE, len(words) / ALIKE
    for n, (had, theirs, of) in enumerate(said):
        if least <= len(had) <= most and of == life and _alike(bag, theirs):
            return n
    return None


def _one(first: Candidate, copy: Candidate) -> Candidate:
    """The newer of two copies in the better place; both are counted."""
    newer, other = (copy, first) if copy.created > first.created else (first, copy)
    if newer is copy:
        newer.weight.terms["copy"] = newer.weight.terms.get("copy", 0.0) + first.score - copy.score
    newer.copies += other.copies
    return newer


def _alike(bag: frozenset[str], theirs: frozenset[str]) -> bool:
    # What is shared is at most the smaller one, and all is at least the larger.
    if not ALIKE * len(theirs) <= len(bag) <= len(theirs) / ALIKE:
        return False
    shared = len(bag & theirs)
    if shared < ALIKE * (len(bag) + len(theirs) - shared):
        return False
    # Another number, or a *not* more, is another fact.
    return all(not _tells(word) for word in bag ^ theirs)


def _tells(word: str) -> bool:
    return word in _NO or any(c.isdigit() for c in word)


def _newer_first(kept: Sequence[Candidate], *, asks_now: bool) -> None:
    """Of two that say the same of the same thing with another value, the newer one goes first."""
    # *On which street* fits *Elm Street* better than the newer *Quay Road*: of now, all words tell what is one fact.
    bags = [frozenset(written(each.body[:400].lower()) if asks_now else each.weight.words[:60]) for each in kept]
    for n, each in enumerate(kept):
        if not 2 <= len(bags[n]) <= 40 or not each.weight.held:
            continue
        for m in range(n):
            other = kept[m]
            alike = bool(other.weight.held) if asks_now else each.weight.held == other.weight.held
            if alike and _same_fact(each, other) and _share(bags[n], bags[m]):
                older, newer = (each, other) if each.since < other.since else (other, each)
                back = min(older.score - newer.score + 0.001, OUTDATED if asks_now else OLDER)
                if back > 0 and older.since < newer.since:
                    older.weight.terms["older"] = older.weight.terms.get("older", 0.0) - back


def _same_fact(one: Candidate, other: Candidate) -> bool:
    return one.speaker == other.speaker and one.row[1] == other.row[1]


def _share(one: frozenset[str], other: frozenset[str]) -> bool:
    if not 2 <= len(other) <= 40 or one == other:
        return False
    return len(one & other) >= SAME_FACT * min(len(one), len(other)) and len(one & other) >= 2
