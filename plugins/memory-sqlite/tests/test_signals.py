"""What speaks for a memory beside its words: who says it, what surrounds it, when it was, what it leads to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from kingpost import Memory, Query, Recollection
from kingpost_memory_sqlite.dates import windows
from kingpost_memory_sqlite.forms import TIMED
from kingpost_memory_sqlite.memory import SqliteMemory
from kingpost_memory_sqlite.typos import is_near

DAY = 86_400.0
MARCH = datetime(2023, 3, 14, 18, tzinfo=UTC).timestamp()
NOW = datetime(2023, 10, 2, tzinfo=UTC).timestamp()


def talk(*turns: str, session: str = "one", created: float = MARCH) -> list[Memory]:
    """Turns of a conversation, each ``speaker: text``, under ids that count."""
    return [
        Memory(
            id=f"{session} {number}", scope="talk", body=turn.partition(": ")[2], speaker=turn.partition(": ")[0],
            session=session, created=created,
        )
        for number, turn in enumerate(turns)
    ]  # fmt: skip


async def ids(memory: SqliteMemory, text: str, **more: Any) -> list[str]:
    return [each.memory.id for each in await asked(memory, text, **more)]


async def asked(memory: SqliteMemory, text: str, limit: int = 10, **more: Any) -> list[Recollection]:
    query = Query(text=text, scopes=("talk",), limit=limit, now=NOW)
    return list(await memory.recall(replace(query, **more)))


async def test_who_is_named_is_heard_first(memory: SqliteMemory) -> None:
    """What the named speaker says goes before what is said to them."""
    await memory.remember(talk("Ada: I bought a canoe.", "Ben: Ada, I bought a canoe too.", "Ben: I bought a canoe."))

    found = await asked(memory, "What did Ben buy?")

    assert [each.memory.speaker for each in found[:2]] == ["Ben", "Ben"]
    assert all("speaker" in each.terms for each in found[:2])


async def test_a_name_before_the_words_is_a_speaker_too(memory: SqliteMemory) -> None:
    """Many dialogues are kept as lines that begin with who speaks; such a body comes back as it was."""
    lines = ["Ada: I bought a canoe.", "Ben: I bought a canoe."]
    await memory.remember([Memory(id=line[:3], scope="talk", body=line, created=MARCH) for line in lines])

    found = await asked(memory, "What did Ben buy?")

    assert found[0].memory == Memory(id="Ben", scope="talk", body=lines[1], created=MARCH)


async def test_an_answer_is_found_by_the_question_before_it(memory: SqliteMemory) -> None:
    """The turn that answers holds none of the words; the turn that asks holds all of them, and says nothing."""
    turns = talk(
        "Ben: Lovely weather.", "Ada: What did you plant in the garden?", "Ben: Climbing roses, at last!", "Ada: Nice."
    )
    other = talk("Ada: The garden gate squeaks again, I have to oil it.", session="two")
    await memory.remember([*turns, *other])

    found = await ids(memory, "What did Ben plant in the garden?")

    assert found[0] == "one 2"


async def test_turns_of_another_conversation_are_no_neighbours(memory: SqliteMemory) -> None:
    await memory.remember(
        [*talk("Ada: What did you plant in the garden?"), *talk("Ben: Nothing to tell, sorry.", session="two")]
    )

    assert await ids(memory, "What was planted in the garden?") == ["one 0"]


@pytest.mark.parametrize(
    "question",
    ["What did Ada paint in March 2023?", "What did Ada paint on 14 March 2023?", "What did Ada paint in March?",
     "what did ada paint on 2023-03-14", "What did Ada paint before June 2023?"],
)  # fmt: skip
async def test_a_time_in_the_question_is_a_window(memory: SqliteMemory, question: str) -> None:
    march = talk("Ada: I painted a bridge.")
    later = [talk("Ada: I painted a harbour.", session=f"s{n}", created=MARCH + n * 60 * DAY) for n in (2, 3)]
    await memory.remember([*march, *(turn for turns in later for turn in turns)])

    assert (await ids(memory, question))[0] == "one 0"


async def test_a_question_of_a_time_alone_is_answered_by_what_was_told_then(memory: SqliteMemory) -> None:
    await memory.remember(
        [*talk("Ada: I painted a bridge."), *talk("Ada: Hm.", session="two", created=MARCH + 99 * DAY)]
    )

    assert await ids(memory, "What happened on 14 March 2023?") == ["one 0"]


async def test_what_the_named_one_said_in_a_time_is_found_without_any_word_of_the_question(
    memory: SqliteMemory,
) -> None:
    """Others who spoke then are not asked for, nor is what was said at another time."""
    await memory.remember(
        [
            *talk("Ada: The lump was nothing, I could hug a dentist.", "Hm: So.", "Hm: Well.", "Ben: I lit a lens."),
            *talk("Ada: I wear gloves.", session="two", created=MARCH + 99 * DAY),
        ]
    )

    assert await ids(memory, "What did Ada tell about her health in March 2023?") == ["one 0"]


async def test_nonsense_with_a_date_gets_no_answer(memory: SqliteMemory) -> None:
    await memory.remember(talk("Ada: The lump was nothing, I could hug a dentist."))

    assert await ids(memory, "Which spaceship docked with the orbital refinery in March 2023?") == []


async def test_who_asks_how_things_are_now_gets_the_newest_first(memory: SqliteMemory) -> None:
    """Any other question lets the better words go first."""
    await memory.remember(
        [
            *talk("Ada: I paddle in a canoe, a canoe of wood, every day."),
            *talk("Ben: The canoe is at the mender's.", session="two", created=NOW - DAY),
        ]
    )

    assert (await ids(memory, "Which canoe does she paddle?"))[0] == "one 0"
    assert (await ids(memory, "Where is the canoe now?"))[0] == "two 0"


async def test_when_asks_for_a_time(memory: SqliteMemory) -> None:
    await memory.remember(
        [*talk("Ada: I ran a marathon in the rain."), *talk("Ada: I ran a marathon last Sunday.", session="two")]
    )

    found = await asked(memory, "When did Ada run a marathon?")

    assert found[0].memory.id == "two 0"
    assert "timely" in found[0].terms


@pytest.mark.parametrize("typo", ["lighthose", "lihgthouse", "lighthousee", "lightxouse", "ilghthouse"])
async def test_a_slip_of_the_pen_is_repaired(memory: SqliteMemory, typo: str) -> None:
    """One letter more, less, another, or two that changed places; by the words of the asked scope alone."""
    await memory.remember([*talk("Ada: The lighthouse is green."), *talk("Ben: The mill is red.", session="two")])

    assert (await ids(memory, f"What colour is the {typo}?"))[0] == "one 0"
    assert await ids(memory, typo, scopes=("elsewhere",)) == []


@pytest.mark.parametrize(
    ("told", "typo"),
    [
        ("We met at the conference in Denver.", "confrence"),
        ("The inspection failed on Tuesday.", "inspectoin"),
        ("Our management agreed.", "mangement"),
        ("The cello was broken.", "celo"),
        ("She plays the guitar.", "gutar"),
        ("They wish for separate rooms.", "seperate"),
        ("She plays the guitar.", "instrumnet"),
        ("Билеты лежат на столе.", "билетв"),
        ("Der Schlüssel hängt an der Wand.", "Schlüsel"),
    ],
)
async def test_a_slip_is_repaired_wherever_it_is(memory: SqliteMemory, told: str, typo: str) -> None:
    """In an ending that a stem lacks, in a short word, in any script, in a word that others stand for."""
    await memory.remember([Memory(id="told", scope="talk", body=told), Memory(id="hm", scope="talk", body="The mill.")])

    assert await ids(memory, f"{typo}?") == ["told"]


@pytest.mark.parametrize("word", ["plane", "brand", "horse", "cost", "table", "operation"])
async def test_another_word_is_no_slip(memory: SqliteMemory, word: str) -> None:
    """A short word that is a letter away from another one, or a word that is known though nobody wrote it."""
    await memory.remember([Memory(id="a", scope="talk", body="A planet, a brandy, a house, a coast, a tablet, open.")])

    assert await ids(memory, f"{word}?") == []


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [("crane", "crane", False), ("crane", "cranes", True), ("crane", "rcane", True), ("crane", "trane", True),
     ("crane", "train", False), ("crane", "crn", False), ("", "a", True)],
)  # fmt: skip
def test_near_is_one_slip(one: str, other: str, near: bool) -> None:
    assert is_near(one, other) is near
    assert is_near(other, one) is near


async def test_a_name_leads_to_the_rest_of_the_answer(memory: SqliteMemory) -> None:
    """The first pass finds who the sister is, the second what she does: no word of the question stands there."""
    noise = [talk(f"Ada: Report {n} says that all is calm.", session=f"noise {n}") for n in range(30)]
    await memory.remember(
        [
            *talk("Ada: My sister Lena came for tea."),
            *(turn for turns in noise for turn in turns),
            *talk("Ada: Busy day.", "Ben: Lena is repairing clocks these days!", session="late"),
        ]
    )

    found = await asked(memory, "What is the work of Ada's sister?")

    assert "late 1" in [each.memory.id for each in found]
    assert next(each for each in found if each.memory.id == "late 1").terms["hop"] > 0


async def test_the_newer_version_of_a_fact_comes_first(memory: SqliteMemory) -> None:
    """Same words but for the value: the older one is still there, behind the newer."""
    old = Memory(id="old", scope="talk", body="The release is cut on Thursdays.", created=MARCH)
    new = replace(old, id="new", body="The release is cut on Tuesdays now.", created=MARCH + 30 * DAY)
    await memory.remember([old, new, replace(new, id="first", scope="upside down"), replace(old, scope="upside down")])

    assert await ids(memory, "On which day is the release cut?") == ["new", "old"]
    assert await ids(memory, "On which day is the release cut?", scopes=("upside down",)) == ["first", "old"]
    found = await asked(memory, "On which day is the release cut?", as_of=MARCH + DAY)
    assert {each.memory.body for each in found} == {old.body}


async def test_who_asks_of_now_gets_the_newest_version_though_an_older_one_fits_better(memory: SqliteMemory) -> None:
    """*Elm Street* holds the word that asks for it, and is no better an answer for that."""
    told = ["Elm Street", "Birch Avenue", "Quay Road"]
    facts = [
        Memory(id=place, scope="talk", body=f"The office is on {place}.", created=MARCH + n * 30 * DAY)
        for n, place in enumerate(told)
    ]
    await memory.remember([*facts, Memory(id="lunch", scope="talk", body="Lunch is at noon.", created=MARCH)])

    assert (await ids(memory, "On which street is our office now?"))[0] == "Quay Road"


async def test_what_the_named_one_said_needs_less_of_the_question(memory: SqliteMemory) -> None:
    """Who is named is a part of what was asked for; of others so few words are too few."""
    calm = [Memory(id=f"calm {n}", scope="talk", body=f"Calm day {n}.", created=MARCH) for n in range(30)]
    waltzes = [
        *talk("Ada: Then we waltzed until midnight."),
        *talk("Ben: So we waltzed until midnight.", session="two"),
    ]
    await memory.remember([*waltzes, *calm])

    question = "Which gown, ticket, necklace, purse, shoes and trousers did Ada choose to waltz in?"

    assert await ids(memory, question) == ["one 0"]


async def test_what_is_not_valid_yet_is_left_out(memory: SqliteMemory) -> None:
    await memory.remember([Memory(id="soon", scope="talk", body="The crane is red.", valid_from=NOW + DAY)])

    assert await ids(memory, "crane") == []
    assert await ids(memory, "crane", now=NOW + 2 * DAY) == ["soon"]


async def test_what_says_the_same_is_told_once_with_a_count(memory: SqliteMemory) -> None:
    """The newest stands for them; another number or a *not* more is another fact."""
    body = "The backup of the booking database runs every night at two and takes about forty minutes in all"
    spelled = [f"{body}.", f"{body}!", body.replace("about", "roughly about"), body.upper()]
    same = [Memory(id=f"{n}", scope="talk", body=each, created=MARCH + n) for n, each in enumerate(spelled)]
    others = [
        Memory(id="number", scope="talk", body=body.replace("forty", "40"), created=MARCH),
        Memory(id="not", scope="talk", body=body.replace("runs", "never runs"), created=MARCH),
    ]
    await memory.remember([*same, *others])

    found = {each.memory.id: each.copies for each in await asked(memory, "when does the booking backup run")}

    assert found == {"3": 4, "number": 1, "not": 1}


async def test_what_was_of_use_comes_first(memory: SqliteMemory) -> None:
    crane = Memory(id="a", scope="talk", body="Oil the crane.", created=MARCH)
    await memory.remember([crane, replace(crane, id="b", body="Grease the crane.", uses=4, used=MARCH)])
    assert await memory.use("default", "talk", ["b", "nobody"], NOW) == 1
    assert await memory.use("other", "talk", ["b"], NOW) == 0

    found = await asked(memory, "crane")

    assert [each.memory.id for each in found] == ["b", "a"]
    assert found[0].terms["use"] > 0
    assert (found[0].memory.uses, found[0].memory.used) == (5, NOW)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("in May 2022", "2022-05-01", "2022-06-01"),
        ("on 8 May, 2023", "2023-05-08", "2023-05-09"),
        ("the 8th of may 2023", "2023-05-08", "2023-05-09"),
        ("May 8th, 2023", "2023-05-08", "2023-05-09"),
        ("2023-05-08", "2023-05-08", "2023-05-09"),
        ("2023-05", "2023-05-01", "2023-06-01"),
        ("in early May 2022", "2022-05-01", "2022-05-13"),
        ("in mid-August", "2023-08-08", "2023-08-24"),
        ("at the end of May 2022", "2022-05-19", "2022-06-01"),
        ("in December", "2022-12-01", "2023-01-01"),
        ("in 2021", "2021-01-01", "2022-01-01"),
        ("summer of 2022", "2022-06-01", "2022-09-01"),
        ("last Friday", "2023-09-29", "2023-09-30"),
        ("two weeks ago", "2023-09-17", "2023-09-19"),
        ("yesterday", "2023-10-01", "2023-10-02"),
        ("the day before yesterday", "2023-09-30", "2023-10-01"),
        ("between March and May 2022", "2022-03-01", "2022-06-01"),
        ("from 3 to 7 April 2022", "2022-04-03", "2022-04-08"),
        ("from November to February 2022", "2021-11-01", "2022-03-01"),
        ("between 2020 and 2021", "2020-01-01", "2022-01-01"),
        ("in the past two weeks", "2023-09-17", "2023-10-02"),
        ("half a year ago", "2023-03-06", "2023-04-29"),
        ("last summer", "2023-06-01", "2023-09-01"),
        ("in late 2022", "2022-08-08", "2023-01-01"),
        ("in Q3 2022", "2022-07-01", "2022-10-01"),
        ("at Christmas", "2022-12-23", "2022-12-28"),
        ("on 5.3.2022", "2022-03-05", "2022-03-06"),
        ("on 3/5/2022", "2022-03-05", "2022-03-06"),
        ("am 3. März 2022", "2022-03-03", "2022-03-04"),
        ("el 3 de marzo de 2022", "2022-03-03", "2022-03-04"),
        ("в марте 2022", "2022-03-01", "2022-04-01"),
        ("2022年3月14日", "2022-03-14", "2022-03-15"),
    ],
)
def test_times_are_read_as_people_write_them(text: str, first: str, last: str) -> None:
    """With half a day of slack on both sides."""
    (window,) = windows(f"What happened {text}?", NOW)

    assert window.begin == pytest.approx(datetime.fromisoformat(f"{first}T00:00+00:00").timestamp(), abs=1.6 * DAY)
    assert window.end == pytest.approx(datetime.fromisoformat(f"{last}T00:00+00:00").timestamp(), abs=1.6 * DAY)


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [("since May 2022", "2022-05-01", None), ("after May 2022", "2022-06-01", None), ("after 2021", "2022-01-01", None),
     ("before May 2022", None, "2022-05-01"), ("until May 2022", None, "2022-06-01")],
)  # fmt: skip
def test_a_time_may_be_open_at_one_side(text: str, begins: str | None, ends: str | None) -> None:
    (window,) = windows(f"What happened {text}?", NOW)

    for edge, day in ((window.begin, begins), (window.end, ends)):
        if day is None:
            assert abs(edge) > 1e15
        else:
            assert edge == pytest.approx(datetime.fromisoformat(f"{day}T00:00+00:00").timestamp(), abs=DAY)


@pytest.mark.parametrize(
    "text",
    [
        "May I charge my car?",
        "How many may come?",
        "They march on.",
        "2023-99-99",
        "1 of 3",
        "30.2.2023",
        "from 3 to 5",
        "mail 2023",
    ],
)
def test_what_is_no_time_is_not_taken_for_one(text: str) -> None:
    assert windows(text, NOW) == ()


@pytest.mark.parametrize(
    "text",
    ["1" * 1_000_000, "last " * 200_000, "a few " * 200_000, "may " * 200_000, "-" * 1_000_000, "from 3 " * 200_000],
)
def test_reading_times_is_linear(text: str) -> None:
    """Any text is read, however long and however alike."""
    assert len(windows(text, NOW)) <= 4
    assert TIMED.search(text) is None
