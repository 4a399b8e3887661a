"""English words to their stems: Porter's algorithm with his later corrections, and irregular forms.

Called by ``words`` for plain Latin words of three letters and more. What is not English is rarely hurt: both the
memory and the question go through the same mill.
"""

from __future__ import annotations

import re

_IRREGULAR = {
    form: word
    for word, forms in {
        "become": "became", "begin": "began begun", "break": "broke broken", "bring": "brought", "build": "built",
        "buy": "bought", "catch": "caught", "child": "children", "choose": "chose chosen", "draw": "drew drawn",
        "drive": "drove driven", "fall": "fell fallen", "feel": "felt", "find": "found", "fly": "flew flown",
        "forget": "forgot forgotten", "freeze": "froze frozen", "give": "gave given", "go": "goes went gone",
        "grow": "grew grown", "hold": "held", "index": "indices indexes", "keep": "kept", "know": "knew known",
        "lead": "led", "leave": "left", "lose": "lost loss", "make": "made", "matrix": "matrices", "mean": "meant",
        "meet": "met", "pay": "paid", "person": "people", "rise": "rose risen", "run": "ran", "say": "said",
        "see": "saw seen", "sell": "sold", "send": "sent", "shrink": "shrank shrunk", "sky": "skies", "sleep": "slept",
        "speak": "spoke spoken", "spend": "spent", "stand": "stood", "steal": "stole stolen", "stick": "stuck",
        "swim": "swam swum", "take": "took taken", "teach": "taught", "tell": "told", "think": "thought",
        "throw": "threw thrown", "understand": "understood", "wake": "woke woken", "win": "won",
        "write": "wrote written",
    }.items()
    for form in forms.split()
}  # fmt: skip

_SHAPE = str.maketrans({letter: "v" if letter in "aeiou" else "c" for letter in "abcdefghijklmnopqrstuvwxz"})
_MEASURED = re.compile("v+c+")
_STEP_2 = (
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"),
    ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"),
    ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"),
    ("iviti", "ive"), ("biliti", "ble"), ("logi", "log"),
)  # fmt: skip
_STEP_3 = (
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
)  # fmt: skip
_STEP_4 = (
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "sion", "tion", "ou", "ism",
    "ate", "iti", "ous", "ive", "ize",
)  # fmt: skip
_ENDINGS_2, _ENDINGS_3 = (tuple(ending for ending, _ in step) for step in (_STEP_2, _STEP_3))


def stem(word: str) -> str:
    """The stem of a word of lower-case Latin letters."""
    word = _IRREGULAR.get(word, word)
    if len(word) < 3:
        return word
    word = _tense(_plural(word))
    # Behind a vowel it stays, as in Porter's second algorithm, or *deploy* would part from *deployment*; behind a
    # consonant it never does, or *try* would part from *tries*.
    if word.endswith("y") and len(word) > 2 and word != "sky" and _shape(word)[-2:] == "cv":
        word = f"{word[:-1]}i"
    # Most words have none of the endings, and to ask for all of them at once is quick.
    if word.endswith(_ENDINGS_2):
        word = _exchanged(word, _STEP_2)
    if word.endswith(_ENDINGS_3):
        word = _exchanged(word, _STEP_3)
    if word.endswith(_STEP_4):
        word = _bare(word)
    return _joined(_tidied(word))


def _shape(word: str) -> str:
    """Vowels and consonants; y is a vowel behind a consonant."""
    shape = word.translate(_SHAPE)
    if "y" not in shape:
        return shape
    made: list[str] = []
    for letter in shape:
        made.append(letter if letter != "y" else "v" if made and made[-1] == "c" else "c")
    return "".join(made)


def _measure(word: str) -> int:
    return len(_MEASURED.findall(_shape(word)))


def _ends_short(word: str) -> bool:
    """Consonant, vowel, consonant other than w, x and y: *hop*, so that *hoping* gets its e back."""
    return len(word) > 2 and _shape(word)[-3:] == "cvc" and word[-1] not in "wxy"


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _tense(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    cut = 2 if word.endswith("ed") else 3 if word.endswith("ing") else 0
    if not cut or "v" not in _shape(word[:-cut]):
        return word
    word = word[:-cut]
    if word.endswith(("at", "bl", "iz")):
        return f"{word}e"
    if word[-1:] == word[-2:-1] and _shape(word)[-1] == "c" and word[-1] not in "lsz":
        return word[:-1]
    return f"{word}e" if _measure(word) == 1 and _ends_short(word) else word


def _exchanged(word: str, endings: tuple[tuple[str, str], ...]) -> str:
    for ending, instead in endings:
        if word.endswith(ending):
            head = word[: -len(ending)]
            return head + instead if _measure(head) > 0 else word
    return word


def _bare(word: str) -> str:
    for ending in _STEP_4:
        if word.endswith(ending):
            # Of -sion and -tion only the last three letters are an ending.
            head = word[: -3 if ending in ("sion", "tion") else -len(ending)]
            return head if _measure(head) > 1 else word
    return word


def _tidied(word: str) -> str:
    if word.endswith("e"):
        head = word[:-1]
        if (measure := _measure(head)) > 1 or (measure == 1 and not _ends_short(head)):
            word = head
    return word[:-1] if word.endswith("ll") and _measure(word) > 1 else word


def _joined(word: str) -> str:
    """Porter parts *verify* from *verification* and *apply* from *application*; whoever asks for one means both."""
    if word.endswith("ifi"):
        return word[:-1]
    return "applic" if word == "appli" else word
