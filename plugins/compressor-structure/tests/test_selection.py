"""The question decides what stays."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kingpost import Fitted, Passage, Trust
from kingpost.testing import WordCounter
from kingpost_compressor_structure.duplicates import essence
from kingpost_compressor_structure.question import Question

Fit = Callable[..., Fitted]
Passages = Callable[..., list[Passage]]
Shorten = Callable[..., str]

FACTS = {
    17: ("My cousin Clara moved to Lisbon in 2014.", "Where did Clara move to?"),
    60: ("Omar finally bought the telescope, he paid 320 euros.", "How much did Omar pay for the telescope?"),
    101: ("Turns out Priya is allergic to the paint in that studio.", "What is Priya allergic to?"),
    155: ("They named the boat after Lena's grandmother.", "Whom was the boat named after?"),
    230: ("The meeting with the bank was shifted to the ninth of May.", "When is the bank meeting?"),
    288: ("Jonas broke his left wrist while climbing near Gdansk.", "What happened to Jonas in Gdansk?"),
}


@pytest.fixture(scope="module")
def dialogue() -> str:
    """Small talk of two people, with a fact at some turns."""
    chance = random.Random(7)
    talk = [
        "Honestly the weather has been all over the place lately, hasn't it?",
        "I keep meaning to sort out the garage but never get round to it.",
        "We should really plan something for the weekend soon.",
        "Work has been busy, three meetings before lunch again.",
        "The kids were up early so I am on my fourth coffee.",
        "I tried a new recipe and nearly burned the kitchen down.",
    ]
    return "\n".join(
        f"{'Ann' if turn % 2 else 'Bob'}: {FACTS[turn][0] if turn in FACTS else chance.choice(talk)}{' ' * (turn % 3)}"
        for turn in range(320)
    )


@pytest.mark.parametrize("turn", FACTS)
@pytest.mark.parametrize("share", [0.2, 0.05])
def test_the_line_that_answers_survives(turn: int, share: float, dialogue: str, shorten: Shorten) -> None:
    fact, question = FACTS[turn]

    assert fact in shorten(dialogue, share, question)


def test_without_a_question_what_is_said_once_survives(dialogue: str, shorten: Shorten) -> None:
    """The head alone holds one of the six."""
    left = shorten(dialogue, 0.2)

    assert sum(fact in left for fact, _ in FACTS.values()) >= 5


def test_the_answer_next_to_the_question_survives(dialogue: str, shorten: Shorten) -> None:
    """It has no word of what is asked."""
    asked = dialogue.replace("\nBob:", "\nBob: And where does the zeppelin land? \nAnn: In Oslo.\nBob:", 1)

    assert "In Oslo." in shorten(asked, 0.1, "Where does the zeppelin land?")


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("The sealing crew was lifted out on Monday.", "Who lifts the crews?"),
        ("See parse_http_header and maxRetryCount.", "How is the retry count set?"),
        ("会議は五月九日に銀行で行われます。", "銀行の会議はいつですか"),
        ("It runs on port 8443 only.", "What runs on 8443?"),
    ],
)
def test_words_are_found_in_other_forms(text: str, question: str, fit: Fit, passages: Passages) -> None:
    """Endings, parts of names, languages without spaces, numbers."""
    noise = [f"Line {n} is about something else entirely, as lines are." for n in range(50)]
    fitted = fit(passages(*noise, text), 30, question)

    assert text in [passage.text for passage in fitted.kept]


def test_gaps_are_shown(shorten: Shorten, dialogue: str) -> None:
    """Nobody takes two lines for neighbours that were none."""
    left = shorten(dialogue, 0.1, "Where did Clara move to? What is Priya allergic to?")

    clara, priya = left.index("Clara"), left.index("Priya")
    assert "…" in left[clara:priya]


def test_no_sentence_is_broken(shorten: Shorten) -> None:
    sentences = [f"Sentence {n} tells that crane {n} lifts {n * 3} tonnes on a good day." for n in range(100)]
    left = shorten(" ".join(sentences), 0.3, "crane 44")

    parts = [
        part for chunk in left.split("…") for part in chunk.replace("day. S", "day.\nS").split("\n") if part.strip()
    ]
    assert {part.strip() for part in parts} <= set(sentences)
    assert sentences[44] in left


def heard() -> list[str]:
    """What a machine writes down of speech, eight words at a time, with a fact among them."""
    chance = random.Random(2)
    words = ("crane", "rope", "yard", "tide", "mast", "hull", "winch", "deck")
    said = [" ".join(chance.choices(words, k=8)) for _ in range(900)]
    said[500] = "the cat of the keeper is called marbles they say"
    return said


def test_speech_without_points_is_chosen_some_words_at_a_time(shorten: Shorten) -> None:
    """One sentence of thousands of words."""
    left = shorten(" ".join(heard()), 0.05, query="What is the keeper's cat called?")

    assert "is called marbles" in left


def test_a_caption_stays_with_its_time(shorten: Shorten) -> None:
    """Neither is shown without the other."""
    text = "\n".join(f"{n // 60:02}:{n % 60:02}\n{words}" for n, words in enumerate(heard()))
    left = shorten(text, 0.05, query="What is the keeper's cat called?")

    shown = [line for line in left.splitlines() if line != "…"]
    assert "08:20\nthe cat of the keeper is called marbles" in left
    assert [":" in line for line in shown] == [True, False] * (len(shown) // 2)


class CharacterCounter:
    """Each character is a token."""

    name, exact = "characters", True

    def count(self, text: str) -> int:
        return len(text)

    def cut(self, text: str, limit: int) -> str:
        return text[: max(limit, 0)]


def test_what_is_written_without_spaces_and_points_is_chosen_in_parts(fit: Fit, passages: Passages) -> None:
    chance = random.Random(2)
    text = "".join(chance.choices("港口起重机绳索船只领航潮汐锚桅杆浮标货物码头账本", k=6_000))
    text = f"{text[:3_000]}灯塔看守人的猫叫做大理石{text[3_000:]}"
    fitted = fit(passages(text), 300, "看守人的猫叫什么?", CharacterCounter())

    assert "猫叫做大理石" in fitted.kept[0].text


def test_what_was_handed_along_outranks_what_was_recalled(fit: Fit, passages: Passages) -> None:
    texts = [f"Part {n} of the report has nothing in common with the others, {n * 7919}." for n in range(20)]
    given = passages(*texts)
    given[9] = replace(given[9], trust=Trust.TASK)

    fitted = fit(given, 30)

    assert "10" in {passage.id for passage in fitted.kept}


def test_a_better_recalled_passage_wins_among_equals(fit: Fit, passages: Passages) -> None:
    given = [
        replace(passage, score=float(number == 7))
        for number, passage in enumerate(passages(*(f"The crane was painted in year {n}." for n in range(1900, 1920))))
    ]

    fitted = fit(given, 8, "When was the crane painted?")

    assert [passage.id for passage in fitted.kept] == ["8"]


def test_what_the_question_does_not_touch_is_told_so(fit: Fit, passages: Passages) -> None:
    given = passages("The crane is red.", "Soup should be hot.", "Rain fell on the town all night.")

    asked = fit(given, 5, "What colour is the crane?")
    unasked = fit(given, 5)

    assert {each.reason for each in asked.dropped} == {"less relevant to the question"}
    assert {each.reason for each in unasked.dropped} == {"less informative than the rest"}
    assert sum(passage.tokens for passage in asked.kept) <= WordCounter().count("The crane is red.")


def test_a_term_is_found_in_any_part_of_a_word() -> None:
    """Many words are looked through at once; each is still a word of its own."""
    said = ["alpha", "HTTPParser", "b2c", "Xpar", "serY", "lineParser2", "parsers", "İparserX", "PARSE"]

    found = Question("Which parser is it?").found(said)

    assert set(found) == {"HTTPParser", "lineParser2", "parsers", "İparserX", "PARSE"}


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_what_a_text_says_in_plain_letters_is_read_as_by_the_expression(text: str) -> None:
    assert essence(text) == (" ".join(re.findall(r"\w+", text.casefold())) or text.strip())


def test_without_a_question_what_stands_below_a_heading_comes_first(shorten: Shorten) -> None:
    """A section begins with what it is about."""
    chance = random.Random(9)
    nouns = ["rope", "winch", "load", "yard", "hook", "mast", "boom", "sling", "crew", "barge"]
    said = iter(f"The {' and the '.join(chance.sample(nouns, 3))} were seen in the {n}th week." for n in range(99))
    text = "".join(f"## Part {part}\n\n" + "".join(f"{next(said)}\n\n" for _ in range(8)) for part in range(6))
    left = shorten(text, 0.3)

    firsts = [section.split("\n\n")[1] for section in text.split("## ")[1:]]
    assert sum(first in left for first in firsts) >= 5
