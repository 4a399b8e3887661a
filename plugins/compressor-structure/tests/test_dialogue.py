"""Dialogue is kept turn by turn, and what an answer looks like counts beside its words."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from kingpost_compressor_structure.forms import dialogue
from kingpost_compressor_structure.question import Question

Shorten = Callable[..., str]

TALK = [
    "I keep meaning to sort out the garage but never get round to it.",
    "Honestly the weather has been all over the place lately.",
    "Thanks, Ann, that means a lot to me.",
    "Thanks, Bob, I will let you know.",
    "What did you do at the weekend?",
    "I tried something new and nearly gave up on it.",
    "We should really plan something soon, shouldn't we?",
]


def talk(*said: str, turns: int = 300) -> str:
    """Small talk of Ann and Bob; what is ``said`` is said by Ann, far apart."""
    chance = random.Random(11)
    lines = [f"{'Ann' if turn % 2 else 'Bob'}: {chance.choice(TALK)}" for turn in range(turns)]
    for number, line in enumerate(said, 1):
        lines[number * turns // (len(said) + 1) // 2 * 2 + 1] = f"Ann: {line}"
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("fact", "question"),
    [
        ("We bought a van for the band.", "What did Ann buy?"),
        ("There is a beagle on our sofa now.", "What pet does Ann have?"),
        ("I took up the cello after the flood.", "What instrument does Ann play?"),
        ("My mum taught me to whistle.", "What did Ann learn from her mother?"),
        ("The surgeon wants to see the wrist again, I broke it.", "What injury does Ann have?"),
    ],
)
def test_an_answer_in_other_words_survives(fact: str, question: str, shorten: Shorten) -> None:
    """Irregular forms, kinds and names, words for the same."""
    assert fact in shorten(talk(fact), 0.04, question)


def test_whom_the_question_names_is_believed_before_whoever_thanks_them(shorten: Shorten) -> None:
    left = shorten(talk("I moved to Bergen after the storm."), 0.04, "Where did Ann move?")

    assert "Bergen" in left


def test_a_turn_stays_whole(shorten: Shorten) -> None:
    turn = "It rained. We left early. The ferry to Malmo was late, so we slept on deck. Nobody complained."
    left = shorten(talk(turn), 0.1, "Which ferry was late?")

    assert f"Ann: {turn}" in left


def test_a_question_about_time_keeps_the_head_of_the_session(shorten: Shorten) -> None:
    parts = talk("The rehearsal was yesterday, and it went wrong.").splitlines(keepends=True)
    text = "".join(
        f"\nSession {at // 30}, {at // 30 + 1} May 2024\n{line}" if at % 30 == 0 else line
        for at, line in enumerate(parts)
    )
    day = next(line for line in text[: text.index("rehearsal")].splitlines()[::-1] if line.startswith("Session"))

    left = shorten(text, 0.06, "When was the rehearsal?")

    assert left.index(day) < left.index("rehearsal")


def test_turns_and_heads_together_are_the_text() -> None:
    text = "Monday\n\nAnn: Hi.\nStill Ann.\n\nTuesday\nBob: " + "Long story. " * 80 + "\nAnn: Yes.\n"
    form = dialogue.form(text, Question("when"))

    assert form is not None
    assert "".join(unit.whole for unit in form.units) == text
