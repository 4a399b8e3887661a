"""Dialogue is kept turn by turn, and what an answer looks like counts beside its words."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from kingpost_compressor_structure.forms import dialogue
from kingpost_compressor_structure.kinds import tell
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


STYLES = [
    "{name}: {said}\n",
    "{name}：{said}\n",  # noqa: RUF001 - full-width on purpose
    "{name}:\n{said}\n\n",
    "**{name}** (2024-05-{n:02} 10:00): {said}\n\n",
    "### {name}\n\n{said}\n\n",
    "[10:{n:02}] <{name}_> {said}\n",
    "D1:{n} {name}: {said}\n",
    "Turn {n} ({name}): {said}\n",
    "(10:{n:02} am on 8 May) {name} said: {said}\n",
    "{name} Miller  10:{n:02} AM\n{said}\n\n",
    "<|im_start|>{name}\n{said}<|im_end|>\n",
    "00:{n:02}:01.000 --> 00:{n:02}:02.500\n{name}: {said}\n\n",
    "12/03/24, 10:{n:02} - {name}: {said}\n",
]


@pytest.mark.parametrize("style", STYLES)
def test_however_a_dialogue_is_written_who_says_what_stays_together(style: str, shorten: Shorten) -> None:
    """Names in front or above, with times, numbers and marks."""
    lines = [line.partition(": ") for line in talk("We bought a van for the band.", turns=200).splitlines()]
    text = "".join(style.format(name=name, said=said, n=10 + at % 50) for at, (name, _, said) in enumerate(lines))
    left = shorten(text, 0.05, "What did Ann buy?")

    assert tell(text) == "dialogue"
    assert "We bought a van for the band." in left
    assert "Ann" in left[: left.index("We bought a van")].split("…")[-1]


def test_a_setting_that_is_quoted_ends_no_dialogue() -> None:
    assert tell(talk("Set it like this:\ncolour: red") + "Bob: It worked.\n") == "dialogue"
    assert tell("colour: red\nsize: 3\n" * 20) != "dialogue"


def test_messages_in_json_are_a_dialogue_too(shorten: Shorten) -> None:
    """An answer next to its question comes with it."""
    said = [line.partition(": ") for line in talk(turns=200).splitlines()]
    rows = [{"role": name, "content": text} for name, _, text in said]
    rows[100], rows[101] = (
        {"role": "Bob", "content": "Who won the sailing race?"},
        {"role": "Ann", "content": "Ibrahim."},
    )
    left = shorten(json.dumps(rows), 0.05, "Who won the sailing race?")

    assert "Ann | Ibrahim." in left


def test_a_long_answer_keeps_its_speaker_over_blank_lines() -> None:
    """What stands in a block of code, or behind the name of a list, names nobody."""
    answer = "Assistant: Two ways.\n\nNote: the first is slow.\n\n```\nAnn: x\n\nUser: y\n```\n\n"
    text = f"User: How?\n{answer}User: Thanks, really.\nAssistant: Any time.\nUser: Bye.\n"
    form = dialogue.form(text, Question("how"))

    assert form is not None
    assert "".join(unit.whole for unit in form.units) == text
    assert [unit.speaker for unit in form.units] == ["User:", *["Assistant:"] * 3, "User:", "Assistant:", "User:"]


@pytest.mark.parametrize(
    "text",
    [
        "Package: rope\nVersion: 1\nSection: yard\nPriority: low\n\n" * 9,
        "Author: A. Person\nDate: 7 May\n\n    Lift more.\n\nAuthor: A. Person\nDate: 8 May\n\n    Lift less.\n\n" * 4,
        "Name: crane\nVersion: 2\n" + "Classifier: Topic :: Yard\nClassifier: Topic :: Rope\n" * 9 + "\nSome text.\n",
    ],
    ids=["stanzas", "history", "head of a mail"],
)
def test_records_are_no_dialogue(text: str) -> None:
    """Their fields stand in one order, say the same again or never take turns."""
    assert tell(text) != "dialogue"
