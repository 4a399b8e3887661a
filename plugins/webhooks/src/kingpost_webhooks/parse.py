"""Bytes that were verified become a value, strictly: what two readers could take for two things is refused.

Called by ``receive`` behind the signature. Never repairs anything.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from math import isfinite
from typing import Any
from urllib.parse import parse_qsl

DEEPEST = 64
"""Levels of lists and objects in a payload."""

MOST = 500_000
"""Lists and objects in a payload: one for each 50 bytes of the largest. Eight million fit, and take seconds to make."""

MOST_VALUES = 1_000_000
"""Values in a payload: one for each 25 bytes of the largest. While they are made nobody else is received."""

_FIELDS = 1000
_TEXT = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""A text, whose brackets open nothing. One without an end is passed over once, and not from each quote in it."""


class Unreadable(ValueError):
    """The body is not what it says it is."""


def parse(body: bytes, content_type: str) -> Any:
    """The value of a JSON body, or the fields of a form.

    Raises:
        Unreadable: it is no UTF-8, no JSON, names a key twice, is nested too deeply, has too many parts or values, or
            holds half a character.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise Unreadable(f"the body is no UTF-8 (byte {problem.start})") from problem
    if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
        return _form(text)
    return _json(text)


def _json(text: str) -> Any:
    opened = _opened(text)
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_no_number, parse_float=_finite)
    except RecursionError as problem:
        raise Unreadable(f"it is nested more than {DEEPEST} levels deep") from problem
    except Unreadable:
        raise
    except ValueError as problem:
        raise Unreadable(f"the body is no JSON ({str(problem)[:100]})") from problem
    if opened > DEEPEST and isinstance(value, dict | list) and _deeper(value):
        raise Unreadable(f"it is nested more than {DEEPEST} levels deep")
    if "\\ud" in text or "\\uD" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError as problem:
            raise Unreadable("it holds half of a surrogate pair") from problem
    return value


def _opened(text: str) -> int:
    """How many lists and objects it has at most.

    Raises:
        Unreadable: it has too many of them, or too many values.
    """
    opened, commas = text.count("[") + text.count("{"), text.count(",")
    # A text has two quotes that no backslash escapes, and is a value or the key of one.
    many = text.count('"') - text.count('\\"') > 4 * MOST_VALUES
    if not many and (opened > MOST or commas >= MOST_VALUES):
        bare = _TEXT.sub("", text)
        opened, commas = bare.count("[") + bare.count("{"), bare.count(",")
        if opened > MOST:
            raise Unreadable(f"it has more than {MOST:,} lists and objects")
        many = commas >= MOST_VALUES
    if many:
        raise Unreadable(f"it has more than {MOST_VALUES:,} values")
    return opened


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        ((twice, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise Unreadable(f"the key {twice[:50]!r} stands there twice")
    return value


def _no_number(word: str) -> Any:
    raise Unreadable(f"{word} is no JSON")


def _finite(digits: str) -> float:
    if not isfinite(value := float(digits)):
        raise Unreadable("a number is beyond what a double holds")
    return value


def _deeper(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            child
            for one in level
            for child in (one.values() if isinstance(one, dict) else one)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def _form(text: str) -> Any:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=_FIELDS, errors="strict")
    except ValueError as problem:
        raise Unreadable(f"the body is no form ({str(problem)[:100]})") from problem
    fields = _object(list(pairs))
    # GitHub and Slack send their JSON as one field of a form.
    return _json(fields["payload"]) if "payload" in fields and fields["payload"][:1] == "{" else fields
