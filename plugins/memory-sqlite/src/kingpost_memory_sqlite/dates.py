"""Times that a question names, as windows of seconds since the epoch. Pure, and linear in the length of any text.

Called by ``question``. A day is a day in UTC with half a day of slack on both sides, because nobody says in which zone
they live. A month or a day without a year is the latest one before ``now``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "couple": 2, "few": 3,
}  # fmt: skip
_MONTH = "|".join([*_MONTHS, *(f"{name[:3]}\\.?" for name in _MONTHS if name != "may"), "sept\\.?"])
_TH = "(?:st|nd|rd|th)?"
_FORMS = (
    (re.compile(r"\b(?P<year>[12]\d{3})[-/](?P<number>\d{1,2})(?:[-/](?P<day>\d{1,2}))?\b"), "_dated"),
    (re.compile(rf"\b(?P<day>\d{{1,2}}){_TH}(?: of)? (?P<month>{_MONTH})\b,? ?(?P<year>[12]\d{{3}})?"), "_dated"),
    (re.compile(rf"\b(?P<month>{_MONTH}) (?P<day>\d{{1,2}}){_TH}\b(?:,? (?P<year>[12]\d{{3}}))?"), "_dated"),
    (re.compile(rf"\b(?P<month>{_MONTH}),? (?P<year>[12]\d{{3}})\b"), "_dated"),
    (re.compile(rf"\b(?:in|during|of|since|last|this|until|after|before|by|early|mid|late)[ -](?P<month>{_MONTH})\b"),
     "_dated"),
    (re.compile(r"\b(?P<season>spring|summer|autumn|fall|winter) (?:of )?(?P<year>[12]\d{3})\b"), "_season"),
    (re.compile(r"\b(?:in|during|since|of|before|after|by|throughout) (?P<year>(?:19|20)\d{2})\b"), "_dated"),
    (re.compile(r"\b(?P<count>\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|(?:a )?(?:couple of|few)) "
                r"(?P<unit>day|week|month|year)s? ago\b"), "_ago"),
    (re.compile(rf"\blast (?P<weekday>{'|'.join(_DAYS)})\b"), "_weekday"),
    (re.compile(r"\b(?P<which>last|this|past|previous) (?P<unit>weekend|week|month|year)\b"), "_unit"),
    (re.compile(r"\b(?P<word>yesterday|today|this morning|tonight|last night)\b"), "_word"),
)  # fmt: skip
_EARLIER = re.compile(r"\b(?:before|until|prior to|up to|by)(?: the)? *$")
_LATER = re.compile(r"\b(?:since|after|from)(?: the)? *$")
_PART_OF = re.compile(
    r"\b(?:(?P<first>early|beginning of|start of)|(?P<middle>mid|middle of)|(?P<last>late|end of))[ -](?:the )?$"
)
_SPAN = {"day": 1, "week": 7, "weekend": 7, "month": 30, "year": 365}
_ALWAYS = 1e18
_SLACK = 43_200.0
_MOST = 4

TIMED = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|ago|weekend|(?:last|next|this|past) (?:\w+ ){0,2}"
    rf"(?:night|morning|evening|week|month|year|summer|spring|autumn|fall|winter|{'|'.join(_DAYS)})"
    rf"|(?:since|in|on|until) (?:{_MONTH}|{'|'.join(_DAYS)}|[12]\d{{3}})|(?:{_MONTH}) \d{{1,2}}|[12]\d{{3}}-\d\d)\b"
)
"""What in a lower-case text says when something was."""


class Window(NamedTuple):
    """A span of time, in seconds since the epoch: ``begin`` belongs to it, ``end`` does not."""

    begin: float
    end: float


def windows(text: str, now: float) -> tuple[Window, ...]:
    """The spans that a text names, as they stand in it. ``now`` is what *yesterday* is yesterday of; 0 if unknown."""
    lower = text[:4000].lower()
    found: list[tuple[int, Window]] = []
    taken: list[tuple[int, int]] = []
    for form, kind in _FORMS:
        for match in form.finditer(lower):
            if any(match.start() < end and begin < match.end() for begin, end in taken):
                continue
            if _is_verb(match, text) or (window := _READ[kind](match, now)) is None:
                continue
            taken.append(match.span())
            found.append((match.start(), _opened(window, lower[: match.start()], match[0])))
    return tuple(window for _, window in sorted(found))[:_MOST]


def _is_verb(match: re.Match[str], text: str) -> bool:
    """*may* and *march* are months only with a capital letter, or beside a day or a year."""
    parts = match.groupdict()
    if parts.get("month") not in ("may", "march") or parts.get("day") or parts.get("year"):
        return False
    return not text[match.start("month")].isupper()


def _opened(window: Window, before: str, said: str) -> Window:
    """*before*, *since* and *after* open a window at one side; the word may stand in the form or in front of it."""
    first = re.split("[ -]", said, maxsplit=1)[0]
    lead = before[-12:] + (first if first.isalpha() else "")
    window = _part(window, f"{before[-20:]}{first} " if first in ("early", "mid", "late", "of") else before[-20:])
    if _EARLIER.search(before[-12:]) or said.startswith(("before", "until", "by ")):
        return Window(-_ALWAYS, window.begin)
    if _LATER.search(lead):
        return Window(window.begin, _ALWAYS)
    return window


def _part(window: Window, before: str) -> Window:
    """*early*, *mid* and *late*: so much of a month or a year; a day is too short to be halved."""
    part, span = _PART_OF.search(before), window.end - window.begin - 2 * _SLACK
    if part is None or span < 7 * 86_400:
        return window
    if part["first"]:
        return Window(window.begin, window.end - 0.6 * span)
    if part["last"]:
        return Window(window.begin + 0.6 * span, window.end)
    return Window(window.begin + 0.25 * span, window.end - 0.25 * span)


def _dated(match: re.Match[str], now: float) -> Window | None:
    parts = match.groupdict()
    month = int(parts["number"]) if parts.get("number") else _month(parts.get("month"))
    day = int(parts["day"]) if parts.get("day") else None
    year = int(parts["year"]) if parts.get("year") else _latest(month or 1, day or 1, now)
    try:
        begin = datetime(year, month or 1, day or 1, tzinfo=UTC)
        if day:
            return _window(begin, begin + timedelta(days=1))
        end = datetime(year + 1, 1, 1, tzinfo=UTC) if month in (None, 12) else datetime(year, month + 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return _window(begin, end)


def _season(match: re.Match[str], now: float) -> Window | None:
    begin = datetime(int(match["year"]), _SEASONS[match["season"]], 1, tzinfo=UTC)
    return _window(begin, begin + timedelta(days=92))


def _ago(match: re.Match[str], now: float) -> Window | None:
    word = match["count"].removeprefix("a ").removesuffix(" of") if len(match["count"]) > 2 else match["count"]
    days = (int(word) if word.isdigit() else _NUMBERS[word]) * _SPAN[match["unit"]]
    # The further back, the less exactly it is meant.
    return _relative(now, days + max(days * 0.15, 1), days - max(days * 0.15, 1))


def _weekday(match: re.Match[str], now: float) -> Window | None:
    days = (_midnight(now).weekday() - _DAYS.index(match["weekday"])) % 7 or 7
    begin = _midnight(now) - timedelta(days=days)
    return _window(begin, begin + timedelta(days=1)) if now else None


def _unit(match: re.Match[str], now: float) -> Window | None:
    span = _SPAN[match["unit"]]
    return _relative(
        now, span * (1.5 if match["which"] != "this" else 1), span * 0.1 if match["which"] == "last" else 0
    )


def _word(match: re.Match[str], now: float) -> Window | None:
    return _relative(now, 2, 0.5) if match["word"] in ("yesterday", "last night") else _relative(now, 1, 0)


_READ = {
    "_dated": _dated, "_season": _season, "_ago": _ago, "_weekday": _weekday, "_unit": _unit, "_word": _word,
}  # fmt: skip


def _relative(now: float, longest: float, shortest: float) -> Window | None:
    """From so many days before ``now`` to so many."""
    return Window(now - longest * 86_400, now - shortest * 86_400 + _SLACK) if now else None


def _window(begin: datetime, end: datetime) -> Window:
    return Window(begin.timestamp() - _SLACK, end.timestamp() + _SLACK)


def _midnight(now: float) -> datetime:
    return datetime.fromtimestamp(min(max(now, 86_400.0), 2e11), UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _latest(month: int, day: int, now: float) -> int:
    today = _midnight(now) if now else datetime(1970, 1, 1, tzinfo=UTC)
    return today.year if (month, day) <= (today.month, today.day) else today.year - 1


def _month(name: str | None) -> int | None:
    return next((n for n, month in enumerate(_MONTHS, 1) if name and month.startswith(name[:3])), None)
