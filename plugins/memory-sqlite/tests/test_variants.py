"""Questions in languages that are not stemmed find other forms of their words, and nothing where nothing fits."""

from __future__ import annotations

import pytest
from kingpost import Memory, Query
from kingpost_memory_sqlite.memory import SqliteMemory

TOLD = {
    "de": [
        "Das Katzenfutter ist im Schrank unter der Treppe.", "Der Ersatzschlüssel hängt bei Frau Brandt.",
        "Der Stromzähler wird am Ende des Monats abgelesen.", "Die Hochzeit ist im Mai.", "Im Garten blüht es.",
    ],
    "nl": ["De fietssleutel ligt op de kast.", "Het feest is in de kerk.", "Zij houdt van soep."],
    "ru": ["Машину надо отвезти в сервис.", "Ключи лежат дома.", "Мы были на море.", "Ваню взяли в школу."],
    "fr": ["Le chien a mangé la télécommande.", "La chorale répète le mardi.", "On part en vacances."],
    "es": ["La alergia de Ana es a las nueces.", "El horno no calienta.", "Vamos al mar."],
    "ar": ["اشتريت كتابا عن تاريخ الأندلس.", "السيارة تحتاج إلى إطارات جديدة.", "نسافر غدا."],
    "ja": ["会議は水曜日になりました。", "倉庫の鍵は受付にあります。", "来月は札幌へ行きます。"],
}  # fmt: skip


@pytest.fixture
async def told(memory: SqliteMemory) -> SqliteMemory:
    await memory.remember(
        [Memory(id=f"{n}", scope=name, body=body) for name, bodies in TOLD.items() for n, body in enumerate(bodies)]
    )
    return memory


@pytest.mark.parametrize(
    ("scope", "question", "id"),
    [
        ("de", "Wo ist das Futter für die Katze?", "0"),
        ("de", "wo ist das futter", "0"),
        ("de", "Wer hat den Schlüssel?", "1"),
        ("de", "Wo ist der Zähler?", "2"),
        ("de", "Wann ist die Hochzeitsfeier?", "3"),
        ("de", "Was blüht auf den Gartenbeeten?", "4"),
        ("nl", "Waar is de sleutel van de fiets?", "0"),
        ("ru", "Где теперь стоит наша машина?", "0"),
        ("ru", "Где лежит этот ключ?", "1"),
        ("ru", "Где учится Ваня?", "3"),
        ("fr", "Quels chiens ont mangé les télécommandes ?", "0"),
        ("es", "¿A qué es alérgica Ana?", "0"),
        ("ar", "أين الكتاب؟", "0"),
        ("ar", "ماذا تحتاج سيارة؟", "1"),
    ],
)
async def test_another_form_of_a_word_is_found(told: SqliteMemory, scope: str, question: str, id: str) -> None:
    """Another ending, a part of a compound or a compound with it, the article that Arabic writes with a word."""
    found = await told.recall(Query(text=question, scopes=(scope,), limit=1))

    assert [each.memory.id for each in found] == [id]


@pytest.mark.parametrize(
    ("scope", "question"),
    [
        ("de", "Wie hoch ist der Berg hinter dem Vulkan auf dem Mars?"),
        ("nl", "Wie heeft de onderzeeër van de koning gestolen?"),
        ("ru", "Какой император правил королевством гномов?"),
        ("fr", "Qui a gagné le tournoi de fléchettes à Bogota ?"),
        ("es", "¿Quién ganó la carrera de submarinos en Marte?"),
        ("ar", "من هو إمبراطور المريخ في القرن العاشر؟"),
        ("ja", "冥王星の火山はいつ噴火しましたか"),
    ],
)
async def test_words_that_say_nothing_find_nothing(told: SqliteMemory, scope: str, question: str) -> None:
    """Articles, pronouns and question words stand in every memory of their language."""
    assert list(await told.recall(Query(text=question, scopes=(scope,)))) == []


async def test_an_english_question_takes_words_as_they_are(memory: SqliteMemory) -> None:
    """Where words are stemmed, one that only begins alike is another word."""
    bodies = ["The carpet is red.", "A footballer came by.", "The die was cast."]
    await memory.remember([Memory(id=f"{n}", scope="en", body=body) for n, body in enumerate(bodies)])

    for question in ("Is the carp in there?", "Which ball was it?", "What did the baller cast, was it a die?"):
        found = await memory.recall(Query(text=question, scopes=("en",)))
        assert [each.memory.id for each in found] == (["2"] if "die" in question else [])
