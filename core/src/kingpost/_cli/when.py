"""Times and amounts as people write them, and the other way round.

Used by the commands beside it as types of their options. A time is ISO 8601, a time of day, or a duration from now;
without a zone it is local. Turns them into seconds since the epoch, and amounts of money into micro-units.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import click

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_DURATION = re.compile(rf"(?:{_PART.pattern})+")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d)?")
_LONGEST = 100 * 366 * 86400.0
_MICRO, _MOST = 1_000_000, 10**15


def seconds(text: str) -> float | None:
    """The seconds of a duration like ``90s``, ``1h30m`` or ``7d``; ``None`` when it is none."""
    words = text.strip().lower()
    if not _DURATION.fullmatch(words):
        return None
    return sum(float(amount) * _UNITS[unit] for amount, unit in _PART.findall(words))


class Duration(click.ParamType[float]):
    """A length of time, in seconds. A number alone is seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        try:
            found = seconds(value)
            found = float(value) if found is None else found
        except ValueError:
            self.fail(f"{value!r} is no duration; write it as 90s, 15m, 2h or 7d", param, ctx)
        if not (math.isfinite(found) and 0 < found <= _LONGEST):
            self.fail(f"{value!r} is not between 0 and 100 years", param, ctx)
        return found


class Moment(click.ParamType[float]):
    """A time, in seconds since the epoch. A duration counts from now, into the past with ``back``."""

    name = "time"

    def __init__(self, *, back: bool = False) -> None:
        self._back = back

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        now = datetime.now().astimezone()
        try:
            found = self._read(value.strip(), now)
        except (ValueError, OverflowError):
            away = "90d, for that long ago" if self._back else "2h, from now"
            self.fail(f"{value!r} is no time; write it as 2026-11-21T18:00, as 18:00, or as {away}", param, ctx)
        if not abs(found - now.timestamp()) <= _LONGEST:
            self.fail(f"{value!r} is more than 100 years away", param, ctx)
        return found

    def _read(self, text: str, now: datetime) -> float:
        if (away := seconds(text)) is not None:
            return now.timestamp() + (-away if self._back else away)
        if re.fullmatch(r"\d+(\.\d+)?", text):
            if len(text.partition(".")[0]) < 9:
                raise ValueError(text)  # 2026 is a year and 90 an amount; neither is a count from 1970
            return float(text)
        if _CLOCK.fullmatch(text):
            hour, minute, *rest = map(int, text.split(":"))
            found = now.replace(hour=hour, minute=minute, second=rest[0] if rest else 0, microsecond=0)
            if self._back and found > now:
                found -= timedelta(days=1)
            elif not self._back and found <= now:
                found += timedelta(days=1)
            return found.timestamp()
        return datetime.fromisoformat(text).astimezone().timestamp()


class Money(click.ParamType[int]):
    """An amount in the currency of the model's prices, in micro-units."""

    name = "amount"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        try:
            micro = Decimal(value) * _MICRO
            whole = micro == micro.to_integral_value() and 0 < micro <= _MOST
        except (InvalidOperation, ValueError):
            micro, whole = Decimal(0), False
        if not whole:
            self.fail(f"{value!r} is no amount; write it as 0.25, with at most six decimals", param, ctx)
        return int(micro)


def money(micro: int) -> str:
    """An amount of micro-units for the eye."""
    shown = f"{Decimal(micro) / _MICRO:f}"
    return shown if "." in shown else f"{shown}.00"


def length(span: float) -> str:
    """A length of time for the eye, in its two largest units."""
    if span < 60:
        return f"{span:.1f} s" if span < 10 else f"{span:.0f} s"
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    first = next(place for place, (_, size) in enumerate(units) if span >= size)
    rest, parts = int(span), []
    for unit, size in units[first : first + 2]:
        parts += [f"{rest // size} {unit}"] if rest >= size else []
        rest %= size
    return " ".join(parts)
