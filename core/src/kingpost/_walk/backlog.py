"""Earlier turns, in what the frame leaves of the budget.

Called by ``pipeline`` before each decision. An action and its observations stay together; what does not fit any more
is shortened from the oldest on, and once shortened stays so, that the prompt's prefix keeps its bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field
from pydantic_core import to_json

from ..protocols import Compressor, TokenCounter
from ..records.action import Answer, Observation
from ..records.context import Dropped, Passage, Trust, Turn
from ..records.record import replace
from .kit import DELEGATE
from .ledger import NO_TURNS, Backlog
from .shrink import NOTHING, shrunk

_TURN = "turn "
LOW_WATER = 0.7
"""Above the budget the turns are fitted into this share of it, so that the next ones need no new fit."""


class Shortener(Struct, eq=False):
    """Fits turns and remembers the shorter forms, by turn and call.

    What a child has answered takes at most ``outcome_tokens``, whatever room there is. ``recorded`` is what an attempt
    before this one has made of them: it stands.
    """

    compressor: Compressor
    counter: TokenCounter
    query: str
    outcome_tokens: int = 1000
    recorded: Backlog = NO_TURNS
    _short: dict[tuple[int, str], str] = field(default_factory=dict)
    _gone: set[int] = field(default_factory=set)
    _bounded: set[int] = field(default_factory=set)
    _lost: dict[tuple[int, str], Dropped] = field(default_factory=dict)
    # Each turn as it was handed in, as it is seen, and its row: rendered and counted once, not once a turn.
    _made: dict[int, tuple[Turn, Turn, Passage]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """What was shortened or left out stays so."""
        for row in self.recorded.dropped:
            if row.whole and row.id.startswith(_TURN):
                self._gone.add(int(row.id.removeprefix(_TURN)))
            elif row.id in self.recorded.short:
                self._lost[_place(row.id)] = row
        self._short |= {_place(id): text for id, text in self.recorded.short.items()}

    async def fit(self, turns: Sequence[Turn], room: int) -> tuple[tuple[Turn, ...], Backlog]:
        """The turns that the agent sees, whole or shortened, and their rows for the ledger."""
        if not turns:
            return (), NO_TURNS
        for turn in turns:
            await self._bound_children(turn)
        seen, backlog = self._listed(turns)
        if backlog.tokens > room and seen:
            await self._shorten(seen, int(room * LOW_WATER))
            seen, backlog = self._listed(turns)
        while backlog.tokens > room and seen:
            # Even the calls alone are too many: the oldest turn goes as a whole.
            self._gone.add(seen[0].number)
            seen, backlog = self._listed(turns)
        return seen, backlog

    async def _bound_children(self, turn: Turn) -> None:
        if turn.number in self._bounded:
            return
        self._bounded.add(turn.number)
        children = {call.id for call in getattr(turn.action, "calls", ()) if call.tool == DELEGATE}
        for one in turn.observations:
            if one.call not in children or (turn.number, one.call) in self._short:
                continue
            if self.counter.count(one.text) <= self.outcome_tokens:
                continue
            passage = _passage(turn, one)
            fitted = await shrunk(self.compressor, [passage], self.outcome_tokens, self.query, self.counter) or NOTHING
            text = "".join(kept.text for kept in fitted.kept)
            if not text or self.counter.count(text) > self.outcome_tokens:
                text = self.counter.cut(one.text, self.outcome_tokens)
            self._short[turn.number, one.call] = text
            self._lost[turn.number, one.call] = Dropped(
                id=passage.id, source=passage.source, tokens=self.counter.count(one.text) - self.counter.count(text),
                reason=f"a child's answer, shortened; expand {passage.id} brings it back", whole=False,
            )  # fmt: skip

    def _listed(self, turns: Sequence[Turn]) -> tuple[tuple[Turn, ...], Backlog]:
        made = [self._turn(turn) for turn in turns]
        seen = tuple(turn for turn, _ in made if turn.number not in self._gone)
        kept = tuple(row for turn, row in made if turn.number not in self._gone)
        reason = "an early turn, no room left"
        gone = tuple(
            Dropped(id=row.id, source=row.source, tokens=row.tokens, reason=reason)
            for turn, row in made
            if turn.number in self._gone
        )
        lost = tuple(dropped for (number, _), dropped in self._lost.items() if number not in self._gone)
        short = {f"{number}.{call}": text for (number, call), text in self._short.items() if number not in self._gone}
        return seen, Backlog(kept, (*gone, *lost), short)

    def _turn(self, turn: Turn) -> tuple[Turn, Passage]:
        known = self._made.get(turn.number)
        if known is not None and known[0] is turn:
            return known[1:]
        seen = self._as_seen(turn)
        row = self._row(seen)
        self._made[turn.number] = turn, seen, row
        return seen, row

    def _as_seen(self, turn: Turn) -> Turn:
        observations = tuple(
            replace(one, text=self._short[turn.number, one.call], truncated=True)
            if (turn.number, one.call) in self._short
            else one
            for one in turn.observations
        )
        return replace(turn, observations=observations)

    def _row(self, turn: Turn) -> Passage:
        """Without the text, which the turn's own events have."""
        text = turn_text(turn)
        name = f"{_TURN}{turn.number}"
        return Passage(
            id=name, text="", source=name, tokens=self.counter.count(text), reason="what it did before",
            trust=Trust.OUTSIDE,
        )  # fmt: skip

    async def _shorten(self, turns: Sequence[Turn], room: int) -> None:
        actions = sum(self.counter.count(turn_text(replace(turn, observations=()))) for turn in turns)
        passages = [_passage(turn, one) for turn in turns for one in turn.observations]
        left = max(room - actions, 0)
        fitted = await shrunk(self.compressor, passages, left, self.query, self.counter) or NOTHING
        if sum(self.counter.count(passage.text) for passage in fitted.kept) > left:
            fitted = NOTHING
        kept = {passage.id: passage.text for passage in fitted.kept}
        said = {dropped.id: dropped for dropped in fitted.dropped}
        for turn in turns:
            for one in turn.observations:
                name = f"{turn.number}.{one.call}"
                if (text := kept.get(name)) == one.text:
                    continue
                self._made.pop(turn.number, None)
                self._short[turn.number, one.call] = text or "[dropped: no room left]"
                if name in said:
                    self._lost[turn.number, one.call] = said[name]


def _place(id: str) -> tuple[int, str]:
    number, _, call = id.partition(".")
    return int(number), call


def _passage(turn: Turn, one: Observation) -> Passage:
    return Passage(
        id=f"{turn.number}.{one.call}", text=one.text, source=f"turn {turn.number}", score=float(turn.number)
    )


def turn_text(turn: Turn) -> str:
    """A turn as one text, which is what its tokens are counted on."""
    action = turn.action
    calls = [] if isinstance(action, Answer) else [[call.id, call.tool, call.arguments] for call in action.calls]
    lines = [action.text, to_json(calls).decode() if calls else ""]
    lines += [f"{one.call}: {one.error + ': ' if one.error else ''}{one.text}" for one in turn.observations]
    lines += turn.messages
    return "\n".join(line for line in lines if line)
