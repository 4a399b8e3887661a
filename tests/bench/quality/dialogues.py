"""Dialogues of two speakers over many sessions, with questions and the turns that answer them.

Called by ``recall``. A seed and a half give the same dialogues everywhere. Each turn is a memory as a user would store
it: body, speaker, session, and the time of the session.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kingpost import Memory

from .material import (
    DEEDS,
    FAREWELLS,
    GREETINGS,
    HELD_OUT,
    INTRODUCED,
    KIN,
    KIN_NAMES,
    SMALL_TALK,
    SPEAKERS,
    TUNED,
    WHENS,
    Topic,
)  # fmt: skip

BEGIN = 1_672_560_000.0
DAY = 86_400.0
SESSIONS = 18
STORIES = 5


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, the ids of all turns that are needed for the answer, and its kind."""

    text: str
    evidence: tuple[str, ...]
    kind: str


@dataclass(slots=True)
class Dialogue:
    """Turns in their order, and what is asked of them."""

    scope: str
    turns: list[Memory] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


def dialogues(half: str, count: int, seed: int = 7) -> Iterator[Dialogue]:
    """``count`` dialogues of ``tuned`` or ``held out`` topics."""
    topics = TUNED if half == "tuned" else HELD_OUT
    for number in range(count):
        yield _Writer(f"{half} {number}", topics, random.Random(f"{half} {number} {seed}")).written()


class _Writer:
    """Writes one dialogue."""

    def __init__(self, scope: str, topics: Sequence[Topic], chance: random.Random) -> None:
        self._chance, self._topics = chance, topics
        self._made = Dialogue(scope)
        self._speakers = chance.choice(SPEAKERS)
        self._number, self._now = 0, BEGIN
        self._used: dict[tuple[str, int], list[tuple[str, str]]] = {}
        self._kin: dict[tuple[str, str], tuple[str, str]] = {}

    def written(self) -> Dialogue:
        plots = self._plots()
        for number in range(1, SESSIONS + 1):
            self._number = number
            self._now += DAY * self._chance.randint(5, 24)
            self._session(plots[number - 1])
        self._gather()
        return self._made

    def _plots(self) -> list[list[tuple[str, str, object]]]:
        """What each session tells of: each speaker tells some values of each topic, never one twice."""
        stories: list[tuple[str, str, object]] = []
        for number, topic in enumerate(self._topics):
            values = self._chance.sample(topic.values, 4)
            for place, value in enumerate(values):
                stories.append(("topic", self._speakers[place % 2], (number, value)))
        stories = self._chance.sample(stories, len(stories))
        pool = [self._chance.sample(KIN, 2), self._chance.sample(KIN, 2)]
        names = iter(self._chance.sample(KIN_NAMES, 4))
        plots: list[list[tuple[str, str, object]]] = [[] for _ in range(SESSIONS)]
        for place, story in enumerate(stories):
            plots[place % SESSIONS].append(story)
        for speaker, kins in zip(self._speakers, pool, strict=True):
            for kin in kins:
                person = (kin, next(names))
                first = self._chance.randrange(SESSIONS - 4)
                plots[first].append(("met", speaker, person))
                plots[first + self._chance.randint(1, 4)].append(("deed", speaker, person))
        return plots

    def _session(self, plot: Sequence[tuple[str, str, object]]) -> None:
        first, second = self._speakers if self._chance.random() < 0.5 else self._speakers[::-1]
        self._say(first, self._chance.choice(GREETINGS))
        self._say(second, self._chance.choice(SMALL_TALK))
        for kind, speaker, what in plot:
            {"topic": self._tell, "met": self._meet, "deed": self._deed}[kind](speaker, what)
            for _ in range(self._chance.randint(1, 4)):
                self._say(self._other(self._made.turns[-1].speaker), self._chance.choice(SMALL_TALK))
        self._say(second, self._chance.choice(FAREWELLS))
        self._say(first, self._chance.choice(FAREWELLS))

    def _tell(self, speaker: str, what: object) -> None:
        number, value = what if isinstance(what, tuple) else (0, "")
        topic, when = self._topics[number], self._chance.choice(WHENS)
        other = self._other(speaker)
        if self._chance.random() < 0.4:
            self._say(other, topic.lead)
            id = self._say(speaker, self._chance.choice(topic.reply), v=value, w=when)
        else:
            id = self._say(speaker, self._chance.choice(topic.told), v=value, w=when)
            self._say(other, self._chance.choice(topic.cheer))
        told = self._used.setdefault((speaker, number), [])
        told.append((id, value))
        evidence = (id,)
        if len(told) == 1:
            self._ask(self._chance.choice(topic.asked), speaker, evidence, "single")
        elif self._chance.random() < 0.5:
            year = "2023" if self._now < BEGIN + 365 * DAY else "2024"
            text = self._chance.choice(topic.asked).rstrip("?")
            self._ask(f"{text} in {_month(self._now)} {year}?", speaker, evidence, "dated")
        else:
            self._ask(topic.dated, speaker, tuple(id for id, _ in told), "when")

    def _meet(self, speaker: str, what: object) -> None:
        kin, name = what if isinstance(what, tuple) else ("", "")
        id = self._say(speaker, self._chance.choice(INTRODUCED), kin=kin, name=name, w=self._chance.choice(WHENS))
        self._kin[speaker, kin] = (name, id)

    def _deed(self, speaker: str, what: object) -> None:
        kin, name = what if isinstance(what, tuple) else ("", "")
        text, values, asked = self._chance.choice(DEEDS)
        id = self._say(speaker, text, name=name, v=self._chance.choice(values))
        self._ask(asked, speaker, (self._kin[speaker, kin][1], id), "multi-hop", kin=kin)

    def _gather(self) -> None:
        for (speaker, number), told in self._used.items():
            if len(told) > 1:
                self._ask(self._topics[number].gathered, speaker, tuple(id for id, _ in told), "multi-hop")

    def _ask(self, text: str, speaker: str, evidence: tuple[str, ...], kind: str, **words: str) -> None:
        self._made.questions.append(Question(text.format(S=speaker, **words), evidence, kind))

    def _say(self, speaker: str, text: str, **words: str) -> str:
        id = f"D{self._number}:{len(self._made.turns)}"
        body = text.format(O=self._other(speaker), **words)
        self._made.turns.append(
            Memory(
                id=id,
                scope=self._made.scope,
                body=body[:1].upper() + body[1:],
                speaker=speaker,
                session=f"session {self._number}",
                created=self._now,
            )
        )
        return id

    def _other(self, speaker: str) -> str:
        return self._speakers[1] if speaker == self._speakers[0] else self._speakers[0]


def _month(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%B")
