"""How times are written: the patterns that a question is searched with, and what words of time mean. Pure.

Called by ``dates``, which reads what they find. Each pattern is linear in the length of any text.
"""

from __future__ import annotations

import re

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "couple": 2, "few": 3, "half a": 0.5, "half an": 0.5,
}  # fmt: skip
COUNT = r"(?P<count>\d{1,3}|half an?|(?:a )?(?:couple of|few)|an?|one|two|three|four|five|six|seven|eight|nine|ten)"
SEASON = "spring|summer|autumn|fall|winter"
YEAR = r"(?:19|20)\d{2}"
QUARTERS = ("first", "second", "third", "fourth")
MONTH = "|".join([*MONTHS, *(f"{name[:3]}\\.?" for name in MONTHS if name != "may"), "sept\\.?"])
TH = "(?:st|nd|rd|th)?"
OTHERS = {
    name: number
    for number, names in enumerate(
        (
            "januar jänner janvier enero gennaio janeiro januari января январе январь",
            "februar février febrero febbraio fevereiro februari февраля феврале февраль",
            "märz mars marzo março maart марта марте март",
            "april avril abril aprile апреля апреле апрель",
            "mai mayo maggio maio mei мая мае май",
            "juni juin junio giugno junho июня июне июнь",
            "juli juillet julio luglio julho июля июле июль",
            "august août agosto augustus августа августе август",
            "september septembre septiembre setiembre settembre setembro сентября сентябре сентябрь",
            "oktober octobre octubre ottobre outubro октября октябре октябрь",
            "november novembre noviembre novembro ноября ноябре ноябрь",
            "dezember décembre diciembre dicembre dezembro декабря декабре декабрь",
        ),
        1,
    )
    for name in names.split()
}
"""Months in some other languages; taken for one only beside a day or a year."""

FOREIGN = "|".join(OTHERS)
WORDS = {
    "the day before yesterday": (3, 1.5), "yesterday": (2, 0.5), "last night": (2, 0.5), "today": (1, 0),
    "this morning": (1, 0), "tonight": (1, 0), "vorgestern": (3, 1.5), "gestern": (2, 0.5), "ayer": (2, 0.5),
    "вчера": (2, 0.5), "letzte woche": (10, 0.7), "letzten monat": (45, 3), "letztes jahr": (545, 36),
    "la semaine dernière": (10, 0.7), "le mois dernier": (45, 3), "la semana pasada": (10, 0.7),
    "el mes pasado": (45, 3), "на прошлой неделе": (10, 0.7), "в прошлом месяце": (45, 3),
    "昨天": (2, 0.5), "昨日": (2, 0.5), "어제": (2, 0.5),
}  # fmt: skip
"""Words for a time, with the days before now that it begins and ends."""

UNSPACED = "昨天|昨日|어제"
"""Those of them that other words follow without a space."""

FIXED = {
    "christmas": (12, 23, 5), "new year": (12, 30, 4), "halloween": (10, 30, 3), "valentine": (2, 13, 3),
    "thanksgiving": (11, 21, 9),
}  # fmt: skip
"""Holidays: month and day of their beginning, and how many days they take with what is around them."""


def _end(n: int) -> str:
    """The pattern of one end of a range; what it leaves out the other end says: *3 to 7 April 2023*."""
    return (
        rf"(?:(?P<year_{n}>{YEAR})|(?:(?P<month_{n}>{MONTH})(?: (?P<behind_{n}>\d{{1,2}}){TH})?"
        rf"|(?P<day_{n}>\d{{1,2}}){TH}(?: of)?(?: (?P<name_{n}>{MONTH}))?)(?:,? (?P<of_{n}>{YEAR}))?)"
    )


FORMS = (
    (re.compile(rf"\b(?:between|from) {_end(1)} (?:and|to|until|till|through) {_end(2)}\b"), "_range"),
    (re.compile(r"\b(?P<year>[12]\d{3})[-/](?P<number>\d{1,2})(?:[-/](?P<day>\d{1,2}))?\b"), "_dated"),
    (re.compile(rf"\b(?P<one>\d{{1,2}})(?P<sign>[./])(?P<two>\d{{1,2}})(?P=sign)(?P<year>{YEAR})\b"), "_numbers"),
    (re.compile(r"(?P<year>[12]\d{3})[年년] ?(?:(?P<number>\d{1,2})[月월] ?(?:(?P<day>\d{1,2})[日号일])?)?"), "_dated"),
    (re.compile(r"(?P<number>\d{1,2})[月월] ?(?P<day>\d{1,2})[日号일]"), "_dated"),
    (re.compile(rf"\b(?P<day>\d{{1,2}})\.? (?:de )?(?P<foreign>{FOREIGN})\b(?:,? (?:de )?(?P<year>{YEAR})\b)?"),
     "_dated"),
    (re.compile(rf"\b(?P<foreign>{FOREIGN}),? (?:de )?(?P<year>{YEAR})\b"), "_dated"),
    (re.compile(rf"\b(?P<day>\d{{1,2}}){TH}(?: of)? (?P<month>{MONTH})\b,? ?(?P<year>[12]\d{{3}})?"), "_dated"),
    (re.compile(rf"\b(?P<month>{MONTH}) (?P<day>\d{{1,2}}){TH}\b(?:,? (?P<year>[12]\d{{3}}))?"), "_dated"),
    (re.compile(rf"\b(?P<month>{MONTH}),? (?P<year>[12]\d{{3}})\b"), "_dated"),
    (re.compile(rf"\b(?:in|during|of|since|last|this|until|after|before|by|early|mid|late)[ -](?P<month>{MONTH})\b"),
     "_dated"),
    (re.compile(rf"\b(?P<season>{SEASON}) (?:of )?(?P<year>[12]\d{{3}})\b"), "_season"),
    (re.compile(rf"\b(?:last|this|past|previous) (?P<season>{SEASON})\b"), "_season"),
    (re.compile(rf"\b(?:q(?P<number>[1-4])|(?P<quarter>{'|'.join(QUARTERS)}) quarter),? (?:of )?(?P<year>{YEAR})\b"),
     "_quarter"),
    (re.compile(rf"\b(?P<holiday>{'|'.join(FIXED)})(?:'?s)?(?: (?:eve|day))?(?:,? (?:of |in )?(?P<year>{YEAR}))?\b"),
     "_holiday"),
    (re.compile(rf"\b(?:in|during|since|of|before|after|by|until|throughout|early|mid|late)[ -](?P<year>{YEAR})\b"),
     "_dated"),
    (re.compile(rf"\b{COUNT} (?P<unit>day|week|month|year)s? ago\b"), "_ago"),
    (re.compile(rf"\b(?:last|past|previous) {COUNT} (?P<unit>day|week|month|year)s\b"), "_lately"),
    (re.compile(rf"\blast (?P<weekday>{'|'.join(DAYS)})\b"), "_weekday"),
    (re.compile(r"\b(?P<which>last|this|past|previous) (?P<unit>weekend|week|month|year)\b"), "_unit"),
    (re.compile(rf"(?<!\w)(?P<word>{'|'.join(WORDS)})(?!\w)"), "_word"),
    (re.compile(rf"(?P<word>{UNSPACED})"), "_word"),
)  # fmt: skip
"""Patterns, and which function of ``dates`` reads what they find; of two that overlap the first one counts."""

TIMED = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|ago|weekend|(?:last|next|this|past) (?:\w+ ){0,2}"
    rf"(?:night|morning|evening|week|month|year|summer|spring|autumn|fall|winter|{'|'.join(DAYS)})"
    rf"|(?:since|in|on|until) (?:{MONTH}|{'|'.join(DAYS)}|[12]\d{{3}})|(?:{MONTH}) \d{{1,2}}|[12]\d{{3}}-\d\d)\b"
)
"""What in a lower-case text says when something was."""
