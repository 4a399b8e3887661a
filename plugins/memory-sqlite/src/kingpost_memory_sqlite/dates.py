"""Times that a question names, as windows of seconds since the epoch. Pure, and linear in the length of any text.

Called by ``question``. A day is a day in UTC with half a day of slack on both sides, because nobody says in which zone
they live. A month or a day without a year is the latest one before ``now``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from .forms import DAYS, FIXED, FORMS, MONTHS, NUMBERS, OTHERS, QUARTERS, SEASONS, WORDS

_EARLIER = re.compile(r"\b(?:before|prior to)(?: the)? *$")
_UNTIL = re.compile(r"\b(?:until|till|up to|by)(?: the)? *$")
_LATER = re.compile(r"\b(?:since|from)(?: the)? *$")
_BEHIND = re.compile(r"\bafter(?: the)? *$")
_PART_OF = re.compile(
    r"\b(?:(?P<first>early|beginning of|start of)|(?P<middle>mid|middle of)|(?P<last>late|end of))[ -](?:the )?$"
)
_SPAN = {"day": 1, "week": 7, "weekend": 7, "month": 30, "year": 365}
_ALWAYS = 1e18
_SLACK = 43_200.0
_MOST = 4


class Window(NamedTuple):
    """A span of time, in seconds since the epoch: ``begin`` belongs to it, ``end`` does not."""

    begin: float
    end: float


def windows(text: str, now: float) -> tuple[Window, ...]:
    """The spans that a text names, as they stand in it. ``now`` is what *yesterday* is yesterday of; 0 if unknown."""
    lower = text[:4000].lower()
    found: list[tuple[int, Window]] = []
    taken: list[tuple[int, int]] = []
    for form, kind in FORMS:
        for match in form.finditer(lower):
            if any(match.start() < end and begin < match.end() for begin, end in taken):
                continue
            if _is_verb(match, text) or (window := _READ[kind](match, now)) is None:
                continue
            taken.append(match.span())
            whole = kind == "_range"
            found.append((match.start(), window if whole else _opened(window, lower[: match.start()], match[0])))
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
    window = _part(window, f"{before[-20:]}{first} " if first in ("early", "mid", "late", "of") else before[-20:])
    # The word stands in front of the form, or the form begins with it.
    leads = (before[-12:], first)
    if any(_EARLIER.search(lead) for lead in leads):
        return Window(-_ALWAYS, window.begin)
    if any(_UNTIL.search(lead) for lead in leads):
        return Window(-_ALWAYS, window.end)
    if any(_BEHIND.search(lead) for lead in leads):
        return Window(window.end - 2 * _SLACK, _ALWAYS)
    if any(_LATER.search(lead) for lead in leads):
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
    number = parts.get("number")
    month = int(number) if number else OTHERS.get(parts.get("foreign") or "") or _month(parts.get("month"))
    day = int(parts["day"]) if parts.get("day") else None
    return _calendar(int(parts["year"]) if parts.get("year") else _latest(month or 1, day or 1, now), month, day)


def _calendar(year: int, month: int | None, day: int | None) -> Window | None:
    """A year, a month or a day; ``None`` where no calendar has it."""
    try:
        begin = datetime(year, month or 1, day or 1, tzinfo=UTC)
        if day:
            return _window(begin, begin + timedelta(days=1))
        end = datetime(year + 1, 1, 1, tzinfo=UTC) if month in (None, 12) else datetime(year, month + 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return _window(begin, end)


def _range(match: re.Match[str], now: float) -> Window | None:
    ends = [{name: match[f"{name}_{n}"] for name in ("year", "of", "month", "name", "behind", "day")} for n in (1, 2)]
    years = [each["year"] or each["of"] for each in ends]
    months = [_month(each["month"] or each["name"]) for each in ends]
    days = [int(each["behind"] or each["day"] or 0) or None for each in ends]
    if months == [None, None] and not all(each["year"] for each in ends):
        return None
    months = [month or (None if ends[n]["year"] else months[1 - n]) for n, month in enumerate(months)]
    last = int(years[1] or years[0] or _latest(months[1] or 1, days[1] or 1, now))
    first = int(years[0] or (last if (months[0] or 0) <= (months[1] or 12) else last - 1))
    begin, end = _calendar(first, months[0], days[0]), _calendar(last, months[1], days[1])
    return Window(begin.begin, end.end) if begin and end and begin.begin < end.end else None


def _numbers(match: re.Match[str], now: float) -> Window | None:
    """*3.5.2023* is the third of May, *3/5/2023* the fifth of March unless there is no such month."""
    one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
    found = [_calendar(year, two, one)]
    if match["sign"] == "/":
        found.insert(0, _calendar(year, one, two))
    return next((each for each in found if each), None)


def _quarter(match: re.Match[str], now: float) -> Window | None:
    number = int(match["number"] or QUARTERS.index(match["quarter"]) + 1)
    begin, end = (_calendar(int(match["year"]), 3 * number - back, None) for back in (2, 0))
    return Window(begin.begin, end.end) if begin and end else None


def _holiday(match: re.Match[str], now: float) -> Window | None:
    month, day, days = FIXED[match["holiday"]]
    year = int(match["year"]) if match["year"] else _latest(month, day, now)
    begin = datetime(year, month, day, tzinfo=UTC)
    return _window(begin, begin + timedelta(days=days)) if now or match["year"] else None


def _season(match: re.Match[str], now: float) -> Window | None:
    month = SEASONS[match["season"]]
    named = match.groupdict().get("year")
    if not (named or now):
        return None
    begin = datetime(int(named) if named else _latest(month, 1, now), month, 1, tzinfo=UTC)
    return _window(begin, begin + timedelta(days=92))


def _days(match: re.Match[str]) -> float:
    word = match["count"].removeprefix("a ").removesuffix(" of") if len(match["count"]) > 2 else match["count"]
    return (int(word) if word.isdigit() else NUMBERS[word]) * _SPAN[match["unit"]]


def _lately(match: re.Match[str], now: float) -> Window | None:
    return _relative(now, _days(match) * 1.1, 0)


def _ago(match: re.Match[str], now: float) -> Window | None:
    days = _days(match)
    # The further back, the less exactly it is meant.
    return _relative(now, days + max(days * 0.15, 1), days - max(days * 0.15, 1))


def _weekday(match: re.Match[str], now: float) -> Window | None:
    days = (_midnight(now).weekday() - DAYS.index(match["weekday"])) % 7 or 7
    begin = _midnight(now) - timedelta(days=days)
    return _window(begin, begin + timedelta(days=1)) if now else None


def _unit(match: re.Match[str], now: float) -> Window | None:
    span = _SPAN[match["unit"]]
    return _relative(
        now, span * (1.5 if match["which"] != "this" else 1), span * 0.1 if match["which"] == "last" else 0
    )


def _word(match: re.Match[str], now: float) -> Window | None:
    return _relative(now, *WORDS[match["word"]])


_READ: Mapping[str, Callable[[re.Match[str], float], Window | None]] = {
    "_range": _range, "_dated": _dated, "_numbers": _numbers, "_quarter": _quarter, "_holiday": _holiday,
    "_season": _season, "_ago": _ago, "_lately": _lately, "_weekday": _weekday, "_unit": _unit, "_word": _word,
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
    return next((n for n, month in enumerate(MONTHS, 1) if name and month.startswith(name[:3])), None)
