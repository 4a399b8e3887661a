"""Chooses memories by a selection, oldest first.

Called by ``forget``, and by ``memory`` for export. Keys are read in pages and bodies only as they are needed, so that
a selection of any size costs the memory of a page.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from heapq import heapify, heappop, heapreplace
from typing import Any, NamedTuple

from kingpost import Selection, replace

from .rows import SELECT, stored, stored_id

Read = Callable[[str, Sequence[Any]], Awaitable[Iterable[Any]]]
"""How a SELECT is read: through the reading connection, or inside a transaction."""

Key = tuple[float, int]
"""When a memory was created, and its number: together the order of an export."""


class Way(NamedTuple):
    """A table and a condition with its one value."""

    table: str
    where: str
    value: int


BODIES = 64
_KEYS = 2000
_CHUNK = 500
_START: Key = (float("-inf"), 0)


async def scopes(read: Read, selection: Selection) -> list[int]:
    """The numbers of the selected scopes that exist."""
    asked = {"tenant": selection.tenant, "name": selection.scope}
    named = {column: stored(value) for column, value in asked.items() if value is not None}
    where = " AND ".join(["1", *(f"{column} = ?" for column in named)])
    return [row[0] for row in await read(f"SELECT id FROM scope WHERE {where} ORDER BY id", list(named.values()))]  # noqa: S608 - our own columns


async def chosen(read: Read, selection: Selection) -> AsyncIterator[Any]:
    """Every selected memory as a row of ``SELECT``, oldest first."""
    numbers = await scopes(read, selection)
    after = await _after(read, selection)
    if after is None:
        return
    page = max(_KEYS // max(len(numbers), 1), BODIES)
    keys: list[Key] = []
    async for key in _merged([_each(keys_of(read, number, selection, after, page)) for number in numbers]):
        keys.append(key)
        if len(keys) == BODIES:
            for row in await bodies(read, keys):
                yield row
            keys = []
    for row in await bodies(read, keys):
        yield row


async def keys_of(
    read: Read, scope: int, selection: Selection, after: Key = _START, size: int = _KEYS
) -> AsyncIterator[list[Key]]:
    """The keys of what is selected in one scope, in pages, oldest first, behind ``after``."""
    way = await _way(read, scope, selection)
    spared = {stored_id(id) for id in selection.but}
    if way is None:
        return
    if selection.ids is not None:
        keys = sorted((row[0], row[1]) for row in await _named(read, way, selection.ids) if row[2] not in spared)
        if keys := [key for key in keys if key > after]:
            yield keys
        return
    last: Key | None = after
    while last is not None:
        page = await _page(read, way, last, size)
        if keys := [(created, seq) for created, seq, id in page if id not in spared]:
            yield keys
        last = (page[-1][0], page[-1][1]) if len(page) == size else None


async def bodies(read: Read, keys: Sequence[Key]) -> list[Any]:
    """The rows of these keys, in their order."""
    if not keys:
        return []
    asked = ", ".join("?" * len(keys))
    rows = {row[0]: row for row in await read(f"{SELECT} WHERE m.seq IN ({asked})", [seq for _, seq in keys])}
    return [rows[seq] for _, seq in keys if seq in rows]


async def _way(read: Read, scope: int, selection: Selection) -> Way | None:
    """How to get at what is selected, by an index in the order of age; ``None`` where there is nothing."""
    kind = {"source": " AND kind = 1", "text": " AND kind = 0"}.get(selection.kind or "", "")
    if selection.source is None or selection.source == "":
        # What stands nowhere has no source.
        kind += "" if selection.source is None else " AND source IS NULL"
        markers = selection.kind == "source" and selection.ids is None
        return Way("memory INDEXED BY memory_markers" if markers else "memory", f"scope = ?{kind}", scope)
    found = list(await read("SELECT id FROM source WHERE scope = ? AND path = ?", (scope, stored(selection.source))))
    return Way("memory", f"source = ?{kind}", int(found[0][0])) if found else None


async def _page(read: Read, way: Way, last: Key, size: int) -> list[Any]:
    """The next keys with their ids."""
    rows: list[Any] = []
    # A whole folder may carry one time of creation, so the number goes on within it.
    for behind, values in (("created = ? AND seq > ?", last), ("created > ?", last[:1])):
        sql = f"SELECT created, seq, id FROM {way.table} WHERE {way.where} AND {behind} ORDER BY created, seq LIMIT ?"  # noqa: S608 - our own words
        rows += await read(sql, (way.value, *values, size - len(rows)))
    return rows


async def _named(read: Read, way: Way, ids: Sequence[str]) -> list[Any]:
    found: list[Any] = []
    wanted = [stored_id(id) for id in dict.fromkeys(ids)]
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        asked = ", ".join("?" * len(chunk))
        sql = f"SELECT created, seq, id FROM {way.table} WHERE {way.where} AND id IN ({asked})"  # noqa: S608 - question marks
        found += await read(sql, (way.value, *chunk))
    return found


async def _after(read: Read, selection: Selection) -> Key | None:
    """Where the selection goes on: ``None`` when it goes on behind a memory that does not exist."""
    if selection.after is None:
        return _START
    scope, id = selection.after
    keys = [
        (created, seq)
        for number in await scopes(read, replace(selection, scope=scope))
        for created, seq, _ in await _named(read, Way("memory", "scope = ?", number), (id,))
    ]
    return min(keys, default=None)


async def _each(pages: AsyncIterator[list[Key]]) -> AsyncIterator[Key]:
    async for page in pages:
        for key in page:
            yield key


async def _merged(streams: Sequence[AsyncIterator[Key]]) -> AsyncIterator[Key]:
    heads = [(key, number) for number, stream in enumerate(streams) if (key := await anext(stream, None)) is not None]
    heapify(heads)
    while heads:
        key, number = heads[0]
        yield key
        following = await anext(streams[number], None)
        if following is None:
            heappop(heads)
        else:
            heapreplace(heads, (following, number))
