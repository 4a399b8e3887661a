"""Names are known in any script: by who speaks and by what few others hold, never by a capital letter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from kingpost import Memory, Query, Recollection
from kingpost_memory_sqlite.memory import SqliteMemory
from kingpost_memory_sqlite.rows import voice

NOW = 1_700_000_000.0


async def asked(memory: SqliteMemory, text: str) -> list[Recollection]:
    return list(await memory.recall(Query(text=text, scopes=("talk",), limit=10, now=NOW)))


def turns(*said: tuple[str, str]) -> list[Memory]:
    """Turns of one conversation each, under ids that count, so that no neighbour helps another."""
    return [
        Memory(id=f"{n}", scope="talk", body=body, speaker=speaker, session=f"{n}", created=NOW - 1000 + n)
        for n, (speaker, body) in enumerate(said)
    ]


TALK = {
    "Cyrillic": "сегодня хорошая погода и мы гуляли у моря",
    "Greek": "σήμερα έχει καλό καιρό και πήγαμε βόλτα",
    "Arabic": "الطقس جميل اليوم وذهبنا إلى البحر",
    "Hebrew": "היום מזג האוויר נעים והלכנו לים",
    "Devanagari": "आज मौसम अच्छा है और हम समुद्र गए",
    "Chinese": "今天天气很好我们去了海边",
    "Japanese": "今日は天気が良くて海へ行きました",
    "Korean": "오늘 날씨가 좋아서 바다에 갔어요",
    "Thai": "วันนี้อากาศดีเราไปทะเล",
}
"""What everybody says."""


def chatter(script: str) -> list[tuple[str, str]]:
    """Many turns of somebody else."""
    return [("Z", f"{TALK[script.partition(',')[0]]} {n}") for n in range(60)]


SPEAKERS = {
    "Cyrillic": ("Анна", "Олег", "купила красную лодку", "Какую красную лодку выбрали для Анны?"),
    "Greek": ("Νίκος", "Ελένη", "αγόρασε κόκκινη βάρκα", "Ποια κόκκινη βάρκα είναι του Νίκου;"),
    "Arabic": ("ليلى", "سامي", "اشترت قاربا أحمر", "أي قارب اشترت ليلى؟"),
    "Arabic, with a preposition": ("ليلى", "سامي", "اشترت قاربا أحمر", "أي قاربا أعجب لليلى؟"),
    "Hebrew": ("מרים", "דוד", "קנתה סירה אדומה", "איזו סירה קנתה מרים?"),
    "Devanagari": ("मीरा", "रोहन", "लाल नाव खरीदी", "मीरा ने कौन सी नाव खरीदी?"),
    "Chinese": ("王小明", "李红", "买了一条红色的小船", "王小明买了什么船？"),
    "Chinese, one character": ("梅", "李红", "买了一条红色的小船", "梅买了什么小船？"),
    "Japanese": ("美咲", "健太", "赤い船を買いました", "美咲はどんな船を買いましたか？"),
    "Korean": ("민준", "서연", "빨간 배를 샀어요", "민준이는 어떤 배를 샀어요?"),
    "Thai": ("มาลี", "สมชาย", "ซื้อเรือสีแดง", "มาลีซื้อเรืออะไร"),
}


@pytest.mark.parametrize("script", SPEAKERS)
async def test_who_is_named_is_heard_first(memory: SqliteMemory, script: str) -> None:
    """Both say the same, and the question names one of them."""
    who, other, said, question = SPEAKERS[script]
    await memory.remember(turns((other, f"{said} 1"), (who, f"{said} 2"), (other, f"{said} 3"), *chatter(script)))

    found = await asked(memory, question)

    assert found[0].memory.speaker == who
    assert [each.memory.speaker for each in found if "speaker" in each.terms] == [who]


@pytest.mark.parametrize("script", [script for script in SPEAKERS if "," not in script])
async def test_a_name_before_the_words_is_a_speaker_too(memory: SqliteMemory, script: str) -> None:
    """Many dialogues are kept as lines that begin with who speaks."""
    who, other, said, question = SPEAKERS[script]
    colon = "：" if script in ("Chinese", "Japanese") else ": "
    lines = [f"{name}{colon}{said}" for name in (who, other)]
    lines += [body for _, body in chatter(script)]
    await memory.remember([Memory(id=f"{n}", scope="talk", body=line, created=NOW) for n, line in enumerate(lines)])

    found = await asked(memory, question)

    assert found[0].memory.body == lines[0]
    assert found[0].terms["speaker"] > 0


@pytest.mark.parametrize(
    "body", ["lower case: it goes on", "été: chaud", "привет: это не имя", "no name here", ": x", "：船"]
)
def test_other_words_before_a_colon_are_no_speaker(body: str) -> None:
    assert voice(Memory(id="1", scope="talk", body=body)) == ("", False)


HOPS = {
    # who is asked about, a turn that names somebody, what that one does, the question, and small talk
    "Cyrillic": ("Вчера приехала сестра, Марфа", "Марфа преподаёт физику в порту", "Кто сестра, что она преподаёт?"),
    "Greek": ("Χτες ήρθε η αδελφή μου, η Ιφιγένεια", "Η Ιφιγένεια διδάσκει φυσική", "Τι κάνει η αδελφή;"),
    "Arabic": ("زارتني أختي أمس واسمها نجوى", "نجوى تعلم الفيزياء", "ماذا تعمل أختي؟"),
    "Hebrew": ("אתמול באה אחותי, שמה נעמי", "נעמי מלמדת פיזיקה", "מה עושה אחותי?"),
    "Devanagari": ("कल मेरी बहन कमला आई थी", "कमला भौतिकी पढ़ाती है", "बहन क्या काम करती है?"),
    "Chinese": ("昨天我的姐姐慧珍来了", "慧珍教物理", "姐姐做什么工作？"),
    "Japanese": ("昨日は姉の千鶴が来ました", "千鶴は物理を教えています", "昨日来た姉の仕事は？"),
    "Korean": ("어제 우리 언니 하윤 왔어요", "하윤 물리를 가르쳐요", "언니는 무슨 일을 해요?"),
    "Thai": ("เมื่อวานพี่สาวชื่อ กานดา มา", "กานดา สอนฟิสิกส์", "พี่สาวทำงานอะไร"),
}


@pytest.mark.parametrize("script", HOPS)
async def test_a_name_in_a_first_answer_leads_to_the_rest(memory: SqliteMemory, script: str) -> None:
    """The second turn shares no word with the question; the name in the first one leads there."""
    first, second, question = HOPS[script]
    await memory.remember(turns(("A", first), ("B", second), *chatter(script)))

    found = await asked(memory, question)

    assert first in [each.memory.body for each in found]
    assert next(each for each in found if each.memory.body == second).terms["hop"] > 0
    assert len(found) < 10, "and what everybody says is not followed"


async def test_a_capital_letter_still_tells_where_there_are_some(memory: SqliteMemory) -> None:
    """A German text is full of nouns; what decides there is the same as before."""
    await memory.remember(turns(("A", "My sister Émilie came."), ("B", "Émilie teaches physics."), ("A", "Nice day.")))

    found = await asked(memory, "What does the sister teach?")

    assert {each.memory.id for each in found} == {"0", "1"}


async def test_one_name_in_another_is_not_meant(memory: SqliteMemory) -> None:
    """*Ян* is nobody whom a word of more letters names, and 小明 is not 王小红."""
    await memory.remember(
        turns(("Ян", "купил лодку"), ("Олег", "купил лодку!"), ("王小红", "买了船"), ("李", "买了船吗"))
    )

    for question in ("Какую лодку купил Янтарь?", "小明买了船吗？"):
        assert not any("speaker" in each.terms for each in await asked(memory, question))


async def test_a_recall_in_another_script_says_the_same_twice(memory: SqliteMemory) -> None:
    """Which names are followed depends on the memories alone."""
    first, second, question = HOPS["Chinese"]
    several = [replace(each, id=f"x{each.id}") for each in turns(("A", first), ("B", second))]
    await memory.remember([*turns(("A", first), ("B", second)), *several])

    assert await asked(memory, question) == await asked(memory, question)
