"""A memory as a row of the file, and back, exactly as it was.

Called by ``memory``. Any string is stored, half a surrogate pair too; an id that is a UUID or hex digits, as most are,
takes half its length.
"""

from __future__ import annotations

import json
import re
from hashlib import blake2b
from math import isnan
from typing import Any, Literal

from kingpost import InvalidRequest, Memory, Tier

Stored = str | bytes

TIERS = tuple(Tier)
_KINDS: tuple[Literal["text", "source"], ...] = ("text", "source")
_ORIGINS: tuple[Literal["user", "agent", "tool", "recalled", "import"], ...] = (
    "user", "agent", "tool", "recalled", "import",
)  # fmt: skip

SELECT = """
    SELECT m.seq, m.scope, m.words, c.tenant, c.name, m.id, m.body, m.tier, m.kind, s.path, m.place,
        CASE WHEN m.speaker > 0 THEN p.name END, t.name, m.created, m.valid_from, m.valid_to, m.expires, m.importance,
        m.origin, m.meta, m.uses, m.used, m.session, m.speaker
    FROM memory m JOIN scope c ON c.id = m.scope LEFT JOIN source s ON s.id = m.source
        LEFT JOIN speaker p ON p.id = m.speaker LEFT JOIN session t ON t.id = m.session
"""
BODY, TIER, CREATED, VALID_FROM, IMPORTANCE, USES, SESSION, SPEAKER, COPIES = 6, 7, 13, 14, 17, 20, 22, 23, 24
"""Where these stand in a row of ``SELECT``; a search counts copies behind it."""

INSERT = """
    INSERT INTO memory (seq, scope, source, speaker, session, tier, kind, origin, words, digest, uses, used, until,
        created, valid_from, valid_to, expires, importance, id, place, meta, body)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (scope, id) DO NOTHING
"""

HAS_EXPIRED = "coalesce(expires, CASE WHEN tier = 0 THEN created + ? END) <= ?"
"""Whether a memory has expired, given how many seconds one of the short-term tier lives, and the time."""

ID = 13
"""Where the id stands in the parameters that ``values`` makes."""

_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MARKED = r"\w\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0e31-\u0e4e"
_NAMED = rf"[^\W\d_a-z][{_MARKED}'.-]{{0,30}}"
_VOICE = re.compile(rf"({_NAMED}(?: {_NAMED}){{0,2}})(?:: |\uff1a ?)\S")
_HEX = re.compile("(?:[0-9a-f]{2}){4,}")


def values(memory: Memory, words: int, short: float) -> tuple[Any, ...]:
    """A memory as the parameters of ``INSERT`` behind those of what it belongs to.

    Raises:
        InvalidRequest: a number is not a number, or ``meta`` is no JSON.
    """
    times = (memory.created, memory.valid_from, memory.valid_to, memory.expires)
    if any(time is not None and isnan(time) for time in (*times, memory.used, memory.importance)):
        raise InvalidRequest(f"memory {memory.id!r}: a time or its importance is not a number; leave it out")
    expires = memory.expires
    if expires is None and memory.tier is Tier.SHORT:
        expires = memory.created + short
    ends = [end for end in (expires, memory.valid_to) if end is not None]
    body = stored(memory.body)
    return (
        TIERS.index(memory.tier), _KINDS.index(memory.kind), _ORIGINS.index(memory.origin), words,
        _digest(body), memory.uses, memory.used, min(ends) if ends else None, *times, memory.importance,
        stored_id(memory.id), stored(memory.place), _meta(memory), body,
    )  # fmt: skip


def voice(memory: Memory) -> tuple[str, bool]:
    """Who says it, and whether the body tells: one that begins with a name, as in *Ada: The crane is down*."""
    if memory.speaker:
        return memory.speaker, False
    found = _VOICE.match(memory.body) if not memory.source else None
    if found is None or any(word[0].islower() for word in found[1].split(" ")):
        return "", False
    return found[1], True


def title(source: str, heading: object, speaker: str) -> str:
    """What a memory stands under: its source, its headings and who said it."""
    return f"{source} {heading if isinstance(heading, str) else ''} {speaker}"


def above(row: Any) -> str:
    """The title of a row of ``SELECT``."""
    source, meta, speaker = row[9], row[19], row[11]
    heading = json.loads(text(meta)).get("heading") if meta else ""
    if speaker is None:
        # A negative number: the body says who speaks, and holds the name.
        return title("" if source is None else text(source), heading, "")
    return title("" if source is None else text(source), heading, text(speaker))


def memory_of(row: Any) -> Memory:
    """A memory out of a row of ``SELECT``."""
    source, speaker, session = (None if named is None else text(named) for named in (row[9], row[11], row[12]))
    return Memory(
        tenant=text(row[3]), scope=text(row[4]), id=id_of(row[5]), body=text(row[6]), tier=TIERS[row[7]],
        kind=_KINDS[row[8]], source=source or "", place=text(row[10]), speaker=speaker or "", session=session or "",
        created=row[13], valid_from=row[14], valid_to=row[15], expires=row[16], importance=row[17],
        origin=_ORIGINS[row[18]], meta=json.loads(text(row[19])) if row[19] else {}, uses=row[20], used=row[21],
    )  # fmt: skip


def stored(string: str) -> Stored:
    """A string as SQLite takes it: text, or bytes where it is no proper Unicode."""
    if string.isascii():
        return string
    try:
        string.encode()
    except UnicodeEncodeError:
        return string.encode("utf-8", "surrogatepass")
    return string


def text(value: Stored) -> str:
    """The string that was stored."""
    return value if isinstance(value, str) else value.decode("utf-8", "surrogatepass")


def stored_id(id: str) -> Stored:
    """An id in as few bytes as it takes."""
    if _UUID.fullmatch(id):
        return b"u" + bytes.fromhex(id.replace("-", ""))
    if _HEX.fullmatch(id):
        return b"h" + bytes.fromhex(id)
    value = stored(id)
    return value if isinstance(value, str) else b"s" + value


def id_of(value: Stored) -> str:
    """The id that was stored."""
    if isinstance(value, str):
        return value
    if value[:1] == b"s":
        return text(value[1:])
    digits = value[1:].hex()
    if value[:1] == b"h":
        return digits
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _digest(body: Stored) -> int:
    content = body.encode() if isinstance(body, str) else body
    return int.from_bytes(blake2b(content, digest_size=6).digest(), "big", signed=True)


def _meta(memory: Memory) -> Stored:
    if not memory.meta:
        return ""
    try:
        return stored(json.dumps(dict(memory.meta), ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    except (TypeError, ValueError, RecursionError) as problem:
        raise InvalidRequest(f"memory {memory.id!r}: its meta is not JSON ({problem})") from problem
