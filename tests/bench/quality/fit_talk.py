"""Dialogues of two people over months, made up from templates, with questions and the lines that answer them.

Called by ``fit_quality``. Nothing in here was said by anybody. Facts are split by topic into a half to tune with
and a half to report, so that no word list fits the one because it was made for the other.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .fit_talk_words import CHATTER, FACTS, OPENINGS, REPLIES, SLOTS

SPEAKERS = (("Mira", "Tobias"), ("Oona", "Felipe"), ("Greta", "Ibrahim"), ("Sanne", "Kofi"))
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")
SESSIONS = 22


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the lines of the dialogue without which nobody can answer it."""

    question: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What was said, and what is asked about it."""

    text: str
    asked: tuple[Asked, ...]


def dialogue(seed: int, half: str, turns: int = 640) -> Dialogue:
    """About ``31 * turns`` tokens; ``half`` is ``train`` or ``test``."""
    chance = random.Random(f"{seed} {half}")
    pair = SPEAKERS[seed % len(SPEAKERS)]
    lines = [_chatter(chance, pair, turn) for turn in range(turns)]
    facts = [fact for number, fact in enumerate(FACTS) if (number % 2 == 0) == (half == "train")]
    places = chance.sample(range(4, turns - 4, 5), len(facts))
    asked = []
    for place, (said, questions) in zip(places, facts, strict=True):
        slots = _slots(chance) | {"me": pair[place % 2], "you": pair[1 - place % 2]}
        evidence = [f"{slots['me']}: {chance.choice(OPENINGS)} {_filled(said, slots)}".replace(":  ", ": ")]
        lines[place] = evidence[0]
        # What is said in reply takes up the words, and answers nothing.
        lines[place + 1] = f"{slots['you']}: {_filled(chance.choice(REPLIES), slots)}"
        asked.append(Asked(_filled(chance.choice(questions), slots), tuple(evidence)))
    return Dialogue(_in_sessions(lines, chance), tuple(asked))


def _chatter(chance: random.Random, pair: Sequence[str], turn: int) -> str:
    slots = _slots(chance) | {"me": pair[turn % 2], "you": pair[1 - turn % 2]}
    kinds = ["statement", "varied", "varied", "varied", "question", "reaction", "reaction", "distractor"]
    parts = [chance.choice(CHATTER[chance.choice(kinds)]) for _ in range(chance.choice((1, 2, 2, 3)))]
    return f"{slots['me']}: {_filled(' '.join(parts), slots)}"


def _slots(chance: random.Random) -> dict[str, str]:
    return {name: chance.choice(words) for name, words in SLOTS.items()}


def _filled(template: str, slots: Mapping[str, str]) -> str:
    return template.format_map(slots)


def _in_sessions(lines: Sequence[str], chance: random.Random) -> str:
    size = -(-len(lines) // SESSIONS)
    parts = []
    for number in range(SESSIONS):
        day = f"{chance.randrange(1, 28)} {MONTHS[number * len(MONTHS) // SESSIONS]} 2024"
        session = lines[number * size : (number + 1) * size]
        parts.append(f"Session {number + 1}, {chance.randrange(8, 22)}:{chance.randrange(10, 60)}, {day}\n")
        parts += [f"{line}\n" for line in session]
        parts.append("\n")
    return "".join(parts)
