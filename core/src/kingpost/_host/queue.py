"""Which task next: a choice out of folded states, the same on every node that was told the same.

Called by ``work``: it puts in what waits, takes out what began elsewhere, and asks for the next whenever a slot is
free. Pure: reads no clock and no log, and never claims anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import count
from operator import attrgetter
from typing import Any, TypeVar

from msgspec import Struct, field

from ..records.record import Record
from ..state import TaskState

AGEING_SECONDS = 60.0
"""Waiting this long weighs as much as one step of priority, so that nobody waits for ever."""

_STEP = int(AGEING_SECONDS * 1e6)
_SLACK = 16
_tenant, _agent = attrgetter("tenant"), attrgetter("agent")

Entry = TypeVar("Entry", bound=tuple[Any, ...])


class QueueLimits(Record, kw_only=True):
    """What bounds a choice. ``None``, or no entry, is no bound.

    ``tenant`` is how many tasks of one tenant may run at once and ``agents`` how many of one agent, over all nodes;
    ``capabilities`` is what this node can do.
    """

    tenant: int | None = None
    agents: Mapping[str, int] = field(default_factory=dict)
    capabilities: frozenset[str] = frozenset()

    def passed(self, state: TaskState, others: Sequence[TaskState]) -> bool:
        """Whether this task is one too many beside the others, which run."""
        bounds = ((self.tenant, _tenant), (self.agents.get(state.agent), _agent))
        return any(n is not None and sum(who(o) == who(state) for o in others) >= n for n, who in bounds)


class _Place(Struct, eq=False):
    """A task in the queue: in a line, delayed until its time, or neither when this node cannot do it."""

    state: TaskState
    serial: int
    line: _Line | None = None
    delayed: bool = False
    gone: bool = False


Rank = tuple[int, int, str, int]
"""Urgency, creation, id, and a number that no two have: the order of tasks, the first is the next."""


class _Tenant(Struct, eq=False):
    """Whoever shares the slots with others. ``round`` is the first round in which it has not been served."""

    name: str
    round: int
    waiting: int = 0
    lines: dict[str | None, _Line] = field(default_factory=dict)


class _Line(Struct, eq=False):
    """The ready tasks of one tenant in one lane. ``offer`` is how its first task stands in the lane, if it does."""

    tenant: _Tenant
    lane: _Lane
    tasks: list[tuple[Rank, _Place]] = field(default_factory=list)
    size: int = 0
    offer: tuple[int, Rank, _Line] | None = None


class _Lane(Struct, eq=False):
    """The first task of every tenant, of one agent that has a limit, or (``None``) of all that have none."""

    agent: str | None
    offers: list[tuple[int, Rank, _Line]] = field(default_factory=list)
    size: int = 0


class Queue:
    """Tasks that wait for a worker.

    ``next`` takes out the first by this rule:

    1. A task may start when its time has come, this node has all it needs, and neither its tenant nor its agent has
       as many running as may. The others are passed over and keep their places.
    2. Of the tenants that have such a task, the one with the fewest *running* tasks goes first.
    3. Among equals, the one in the earliest round. Each is served once in a round; who comes newly, or was passed
       over for many rounds, joins the one that goes on when it is served.
    4. Among those, and within a tenant, the most *urgent* task: priority, and one step more for each
       ``AGEING_SECONDS`` since it was created. All age alike, so the order of two tasks never changes while they
       wait. Then the older one, then the smaller id.

    So a tenant with nothing running waits for at most two tasks of each other tenant, however many those have queued
    and however urgent they call them; and a task is overtaken by no task of its own tenant that was created later by
    more than ``AGEING_SECONDS`` for each step between their priorities.

    Every call takes O(log n) amortised for n tasks; ``next`` besides counts ``running`` once, and passes over tenants
    that have some running. Queues that were told the same choose the same; what is put between two choices may come
    in any order.
    """

    def __init__(self, limits: QueueLimits) -> None:
        self._limits = limits
        self._places: dict[str, _Place] = {}
        self._later: list[tuple[float, int, _Place]] = []
        self._delayed = 0
        self._tenants: dict[str, _Tenant] = {}
        self._resting: list[_Tenant] = []
        self._lanes: dict[str | None, _Lane] = {}
        self._serials = count()
        self._round = 0

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, id: object) -> bool:
        return id in self._places

    def waiting(self, tenant: str) -> int:
        """How many tasks of a tenant are in here, ready or not."""
        found = self._tenants.get(tenant)
        return found.waiting if found is not None else 0

    def put(self, state: TaskState) -> None:
        """Let a task wait here; an older entry of the same id is replaced."""
        tenant = self._tenants.get(state.tenant)
        if tenant is None:
            tenant = self._tenants[state.tenant] = _Tenant(state.tenant, self._round)
        if not tenant.waiting:
            tenant.round = max(tenant.round, self._round)
        # Counted before the older entry goes, which else might be the last of its tenant.
        tenant.waiting += 1
        self.drop(state.id)
        place = self._places[state.id] = _Place(state, next(self._serials))
        if not self._limits.capabilities.issuperset(state.needs):
            return
        if state.not_before is None:
            self._line_up(place)
        else:
            heappush(self._later, (state.not_before, place.serial, place))
            place.delayed = True
            self._delayed += 1

    def drop(self, id: str, *, begun: bool = False) -> None:
        """Take a task out, if it is here. ``begun``: because it was started elsewhere, which serves its tenant."""
        place = self._places.pop(id, None)
        if place is None:
            return
        place.gone = True
        tenant = self._tenants[place.state.tenant]
        tenant.waiting -= 1
        if place.line is not None:
            place.line.size -= 1
            place.line.lane.size -= not place.line.size
            if not begun:
                _offer(place.line)
        elif place.delayed:
            self._delayed -= 1
            _compact(self._later, self._delayed, lambda entry: not entry[-1].gone)
        if begun:
            self._serve(tenant)
        if not tenant.waiting:
            self._rest(tenant)

    def next(self, now: float, running: Mapping[str, TaskState]) -> TaskState | None:
        """Take out the task that goes first; ``None`` when none may start.

        ``now`` is in seconds since the epoch. ``running`` holds every running task that is known, of all nodes, by
        id; what was chosen counts only once it stands there. One that waits here too, since its worker is dead, does
        not count: it would stand in its own way.
        """
        self._ripen(now)
        shared = len(self._tenants) > 1 or self._limits.tenant is not None
        tenants = self._busy(running, _tenant) if shared else {}
        agents = self._busy(running, _agent) if self._limits.agents else {}
        best: tuple[int, int, Rank, _Line] | None = None
        for agent, lane in self._lanes.items():
            if agent is None or agents.get(agent, 0) < self._limits.agents[agent]:
                found = self._first(lane, tenants)
                if found is not None and (best is None or found < best):
                    best = found
        if best is None:
            return None
        state = self._places[best[2][2]].state
        self.drop(state.id, begun=True)
        return state

    def due(self, now: float) -> float | None:
        """When the next task that waits for its time becomes ready, in seconds since the epoch.

        ``None`` when none waits, for what is ready by ``now`` is: it stays so, should the clock be set back.
        """
        self._ripen(now)
        return self._later[0][0] if self._later else None

    def _busy(self, running: Mapping[str, TaskState], whose: Callable[[TaskState], str]) -> Mapping[str, int]:
        counted = Counter(map(whose, running.values()))
        for id in running.keys() & self._places.keys():
            counted[whose(running[id])] -= 1
        return counted

    def _ripen(self, now: float) -> None:
        while self._later and (self._later[0][-1].gone or self._later[0][0] <= now):
            place = heappop(self._later)[-1]
            if not place.gone:
                place.delayed = False
                self._delayed -= 1
                self._line_up(place)

    def _line_up(self, place: _Place) -> None:
        state, tenant = place.state, self._tenants[place.state.tenant]
        agent = state.agent if state.agent in self._limits.agents else None
        lane = self._lanes.get(agent)
        if lane is None:
            lane = self._lanes[agent] = _Lane(agent)
        line = tenant.lines.get(agent)
        if line is None:
            line = tenant.lines[agent] = _Line(tenant, lane)
        rank = (state.created - state.priority * _STEP, state.created, state.id, place.serial)
        heappush(line.tasks, (rank, place))
        place.line = line
        lane.size += not line.size
        line.size += 1
        _offer(line)

    def _first(self, lane: _Lane, running: Mapping[str, int]) -> tuple[int, int, Rank, _Line] | None:
        """The best offer of a lane, behind how many its tenant has running."""
        most, offers = self._limits.tenant, lane.offers
        best: tuple[int, int, Rank, _Line] | None = None
        passed = []
        while offers:
            offer = offers[0]
            line = offer[-1]
            if line.offer is not offer:
                heappop(offers)
                continue
            busy = running.get(line.tenant.name, 0)
            if (most is None or busy < most) and (best is None or (busy, *offer) < best):
                best = (busy, *offer)
            if best is not None and best[0] == 0:
                break
            passed.append(heappop(offers))
        for offer in passed:
            heappush(offers, offer)
        return best

    def _serve(self, tenant: _Tenant) -> None:
        served = max(tenant.round, self._round)
        tenant.round = served + 1
        if served > self._round:
            self._round = served
            resting, self._resting = self._resting, []
            for each in resting:
                if not each.waiting and each is not tenant:
                    self._tenants.pop(each.name, None)
        for line in tenant.lines.values():
            _offer(line)

    def _rest(self, tenant: _Tenant) -> None:
        """A tenant with nothing left is forgotten, once its being served has no weight any more."""
        tenant.lines.clear()
        if tenant.round > self._round:
            self._resting.append(tenant)
        else:
            del self._tenants[tenant.name]


def _offer(line: _Line) -> None:
    """Let the first task of a line stand in its lane, in the round of its tenant."""
    while line.tasks and line.tasks[0][-1].gone:
        heappop(line.tasks)
    _compact(line.tasks, line.size, lambda entry: not entry[-1].gone)
    rank = line.tasks[0][0] if line.tasks else None
    old, line.offer = line.offer, None
    if rank is not None:
        if old is not None and old[0] == line.tenant.round and old[1] == rank:
            line.offer = old
            return
        line.offer = (line.tenant.round, rank, line)
        heappush(line.lane.offers, line.offer)
    _compact(line.lane.offers, line.lane.size, lambda entry: entry[-1].offer is entry)


def _compact(heap: list[Entry], live: int, alive: Callable[[Entry], bool]) -> None:
    """Throw out what is dead once it is the greater part, so that nothing piles up behind a task that stays first."""
    if len(heap) > 2 * live + _SLACK:
        heap[:] = filter(alive, heap)
        heapify(heap)
