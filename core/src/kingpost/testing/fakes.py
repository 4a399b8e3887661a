"""Small real implementations of the protocols, for tests that need one and for readers who want to see one whole.

Called by tests. Each passes the conformance class of its protocol; none knows the kernel. ``MemoryLog`` and
``FunctionExecutor`` have files of their own.
"""

from __future__ import annotations

import asyncio
import inspect
import math
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from hashlib import blake2b

from ..errors import AgentFailed, BudgetTooSmall
from ..protocols import Say, TokenCounter
from ..records.action import Action, Answer, Calls
from ..records.context import Context, Description, Dropped, Fitted, Passage
from ..records.memory import Memory, Query, Recollection, Selection, Tier
from ..records.record import replace

Line = str | Answer | Calls | Exception
"""One line of a script: what the agent decides in that turn. A string is an answer, an exception is raised."""

Script = Sequence[Line] | Callable[[Context, Say], Line | Awaitable[Line]]

_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_SHORT_TERM = 30 * 60.0


class ScriptedAgent:
    """Decides what its script says: a line for each turn, or a function of context and speech."""

    def __init__(
        self,
        script: Script = ("done",),
        name: str = "scripted",
        description: Description | None = None,
    ) -> None:
        self.name = name
        self._script = script
        self._description = description or Description(tools=True)

    async def describe(self, model: str | None) -> Description:
        return replace(self._description, model=model or self._description.model)

    async def decide(self, context: Context, say: Say) -> Action:
        line = await self._line(context, say)
        if isinstance(line, Exception):
            raise line
        return Answer(text=line) if isinstance(line, str) else line

    async def _line(self, context: Context, say: Say) -> Line:
        if callable(self._script):
            line = self._script(context, say)
            return await line if inspect.isawaitable(line) else line
        if len(context.turns) >= len(self._script):
            raise AgentFailed(f"the script of agent {self.name!r} has no line for turn {len(context.turns) + 1}")
        return self._script[len(context.turns)]


class DictMemory:
    """Memories in a dictionary; a memory fits when it shares a word with the question."""

    def __init__(self, name: str = "dict", kept: dict[tuple[str, str, str], Memory] | None = None) -> None:
        self.name = name
        self._kept = {} if kept is None else kept
        self._counted: set[tuple[str, str, str]] = set()

    def twin(self) -> DictMemory:
        """The same memories through another instance."""
        twin = DictMemory(self.name, self._kept)
        twin._counted = self._counted
        return twin

    async def remember(self, memories: Sequence[Memory]) -> int:
        before = len(self._kept)
        for memory in memories:
            if memory.origin != "recalled":
                self._kept.setdefault((memory.tenant, memory.scope, memory.id), memory)
        return len(self._kept) - before

    async def recall(self, query: Query) -> Sequence[Recollection]:
        asked = _words(query.text)
        boosts = {(boost.scope, boost.id): boost.score for boost in query.boosts}
        found = []
        for memory in self._kept.values():
            shared = asked & _words(memory.body)
            boost = boosts.get((memory.scope, memory.id), 0.0)
            if (shared or boost > 0) and _recallable(memory, query):
                terms = {"words": float(len(shared)), "importance": memory.importance, "boost": boost}
                found.append(Recollection(memory=memory, score=sum(terms.values()), terms=terms))
        found.sort(key=lambda each: (-each.score, each.memory.scope, each.memory.id))
        return found[: query.limit]

    async def use(self, tenant: str, scope: str, ids: Sequence[str], at: float, once: str = "") -> int:
        if once and (tenant, scope, once) in self._counted:
            return 0
        self._counted.add((tenant, scope, once))
        found = await self.get(tenant, scope, ids)
        for one in found:
            self._kept[tenant, scope, one.id] = replace(one, uses=one.uses + 1, used=max(one.used or at, at))
        return len(found)

    async def get(self, tenant: str, scope: str, ids: Sequence[str]) -> Sequence[Memory]:
        keys = dict.fromkeys((tenant, scope, id) for id in ids)
        return [self._kept[key] for key in keys if key in self._kept]

    async def forget(self, selection: Selection) -> int:
        gone = [key for key, memory in self._kept.items() if _selected(memory, selection)]
        for key in gone:
            del self._kept[key]
        return len(gone)

    async def export(self, selection: Selection) -> AsyncIterator[Memory]:
        chosen = [memory for memory in self._kept.values() if _selected(memory, selection)]
        chosen.sort(key=lambda each: (each.created, each.tenant, each.scope, each.id))
        behind = selection.after is None
        for memory in chosen:
            if behind:
                yield memory
            behind = behind or (memory.scope, memory.id) == selection.after


class WordCounter:
    """Counts words and signs: spaces are free, so counts add up over joins at spaces."""

    exact = True

    def __init__(self, name: str = "words") -> None:
        self.name = name

    def count(self, text: str) -> int:
        return sum(1 for _ in _TOKEN.finditer(text))

    def cut(self, text: str, limit: int) -> str:
        end = 0
        for number, token in enumerate(_TOKEN.finditer(text)):
            if number == limit:
                return text[:end]
            end = token.end()
        return text


class FirstFitCompressor:
    """Keeps what is pinned, and of the rest, in order, whatever still fits; never shortens anything."""

    def __init__(self, name: str = "first-fit") -> None:
        self.name = name

    async def fit(self, passages: Sequence[Passage], budget: int, query: str, counter: TokenCounter) -> Fitted:
        counted = []
        for passage in passages:
            counted.append(replace(passage, tokens=counter.count(passage.text)))
            await asyncio.sleep(0)
        pinned = sum(passage.tokens for passage in counted if passage.pinned)
        if pinned > budget:
            raise BudgetTooSmall(budget, pinned, counter.name)
        left = budget - pinned
        kept: list[Passage] = []
        dropped: list[Dropped] = []
        for passage in counted:
            if passage.pinned:
                kept.append(passage)
            elif passage.tokens <= left:
                left -= passage.tokens
                kept.append(passage)
            else:
                dropped.append(_left_out(passage, left))
        return Fitted(kept=tuple(kept), dropped=tuple(dropped))


class HashEmbedder:
    """Texts as bags of hashed words: what shares words points the same way."""

    def __init__(self, name: str = "hash", size: int = 32) -> None:
        self.name = name
        self._size = size

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        vector = [0.0] * self._size
        for word, times in Counter(_WORD.findall(text.lower())).items():
            digest = int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "big")
            vector[digest % self._size] += times if digest & 1 << 63 else -times
        length = math.hypot(*vector)
        return [value / length for value in vector] if length else vector


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def _recallable(memory: Memory, query: Query) -> bool:
    expires = memory.expires
    if expires is None and memory.tier is Tier.SHORT:
        expires = memory.created + _SHORT_TERM
    believed = query.now if query.as_of is None else query.as_of
    return (
        memory.tenant == query.tenant
        and memory.scope in query.scopes
        and memory.kind == "text"
        and (not query.tiers or memory.tier in query.tiers)
        and (expires is None or expires > believed)
        and (query.as_of is None or memory.created <= query.as_of)
        and (memory.valid_to is None or memory.valid_to > query.now)
    )


def _selected(memory: Memory, selection: Selection) -> bool:
    return (
        selection.tenant in {None, memory.tenant}
        and selection.scope in {None, memory.scope}
        and (selection.ids is None or memory.id in selection.ids)
        and (selection.source is None or memory.source == selection.source)
        and (selection.kind is None or memory.kind == selection.kind)
        and memory.id not in selection.but
    )


def _left_out(passage: Passage, left: int) -> Dropped:
    return Dropped(
        id=passage.id,
        source=passage.source,
        place=passage.place,
        tokens=passage.tokens,
        reason=f"it takes {passage.tokens} tokens and {left} were left",
    )
