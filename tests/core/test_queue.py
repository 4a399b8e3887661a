"""Which task next: ready and allowed, then fair between tenants, then urgent; the same on every node."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from kingpost import TaskState
from kingpost._host.queue import AGEING_SECONDS, Queue, QueueLimits

NOW = 10_000.0


def task(
    id: str,
    tenant: str = "acme",
    *,
    agent: str = "writer",
    priority: int = 0,
    created: float = 0.0,
    not_before: float | None = None,
    needs: Sequence[str] = (),
) -> TaskState:
    """A queued task; ``created`` in seconds."""
    return TaskState(
        id=id,
        tenant=tenant,
        agent=agent,
        status="queued",
        root=id,
        priority=priority,
        created=round(created * 1e6),
        not_before=not_before,
        needs=list(needs),
    )


def queue(tasks: Iterable[TaskState], limits: QueueLimits | None = None) -> Queue:
    made = Queue(limits or QueueLimits())
    for state in tasks:
        made.put(state)
    return made


def by_id(*tasks: TaskState) -> dict[str, TaskState]:
    return {state.id: state for state in tasks}


def drained(waiting: Queue, running: Mapping[str, TaskState] | None = None, now: float = NOW) -> list[str]:
    """The ids in the order in which one slot takes them, each ending before the next begins."""
    order = []
    while (state := waiting.next(now, running or {})) is not None:
        order.append(state.id)
    return order


# What is in the queue


def test_a_task_waits_until_it_is_chosen_or_dropped() -> None:
    waiting = queue([task("a"), task("b", created=1), task("c", "other")])
    assert (len(waiting), "a" in waiting, waiting.waiting("acme"), waiting.waiting("other")) == (3, True, 2, 1)

    waiting.drop("b")
    waiting.drop("b")
    waiting.drop("never there")

    assert (len(waiting), "b" in waiting, waiting.waiting("acme")) == (2, False, 1)
    assert sorted(drained(waiting)) == ["a", "c"]
    assert (len(waiting), "a" in waiting, waiting.waiting("acme"), waiting.waiting("nobody")) == (0, False, 0, 0)


def test_a_newer_entry_replaces_the_older_one() -> None:
    """Whatever changed: the tenant, the agent, the priority, its time, what it needs."""
    waiting = queue([task("a"), task("b", priority=5)])
    for newer in (
        task("a", "other", priority=9),
        task("a", agent="critic", not_before=NOW + 5),
        task("a", needs=["gpu"]),
        task("a", priority=9),
    ):
        waiting.put(newer)

    assert (len(waiting), waiting.waiting("acme"), waiting.waiting("other")) == (2, 2, 0)
    assert waiting.due(NOW) is None
    assert waiting.next(NOW, {}) == task("a", priority=9)
    assert drained(waiting) == ["b"]


# Urgency within a tenant


def test_priority_goes_first_then_age_then_the_smaller_id() -> None:
    tasks = [task("late", created=30), task("b"), task("a"), task("urgent", priority=1, created=59)]

    assert drained(queue(tasks)) == ["urgent", "a", "b", "late"]


def test_a_step_of_priority_is_worth_a_minute_of_waiting() -> None:
    old, young = task("old", created=0), task("young", priority=2, created=2 * AGEING_SECONDS + 1)

    assert drained(queue([old, young])) == ["old", "young"]
    assert drained(queue([old, task("young", priority=2, created=2 * AGEING_SECONDS - 1)])) == ["young", "old"]


@given(
    tasks=st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 2_000)), min_size=1, max_size=30),
    nows=st.lists(st.floats(2_000, 1e6), min_size=30, max_size=30),
)
def test_within_a_tenant_the_most_urgent_goes_first_whenever_one_looks(
    tasks: list[tuple[int, int]], nows: list[float]
) -> None:
    """Priority and minutes waited, as written down; the order does not depend on when it is asked for."""
    left = {f"t-{n:02}": (priority, created) for n, (priority, created) in enumerate(tasks)}
    waiting = queue(task(id, priority=priority, created=created) for id, (priority, created) in left.items())
    for now in sorted(nows[: len(tasks)]):
        chosen = waiting.next(now, {})
        assert chosen is not None
        urgency = {id: priority + (now - created) / AGEING_SECONDS for id, (priority, created) in left.items()}
        assert urgency[chosen.id] == pytest.approx(max(urgency.values()))
        del left[chosen.id]


@given(
    later=st.lists(st.tuples(st.integers(0, 10), st.floats(0.001, 1e5)), max_size=50),
    priority=st.integers(0, 10),
)
def test_nobody_is_overtaken_for_ever(later: list[tuple[int, float]], priority: int) -> None:
    """Only what came within a minute for each step of priority that it is above may go before."""
    patient = task("patient", priority=priority, created=0)
    others = [task(f"t-{n}", priority=p, created=c) for n, (p, c) in enumerate(later)]
    order = drained(queue([patient, *others]))

    for other in others:
        if other.created > (other.priority - priority) * AGEING_SECONDS * 1e6:
            assert order.index("patient") < order.index(other.id)


# Fairness between tenants


def test_a_large_backlog_does_not_starve_another_tenant() -> None:
    """One slot, nothing ever runs beside: tenants take turns though one has queued first, and more urgently."""
    backlog = [task(f"big-{n:03}", "big", priority=9) for n in range(200)]
    small = [task(f"small-{n}", "small", created=500) for n in range(3)]

    assert drained(queue([*backlog, *small]))[:7] == [
        "big-000", "small-0", "big-001", "small-1", "big-002", "small-2", "big-003",
    ]  # fmt: skip


def test_the_tenant_with_the_fewest_running_tasks_goes_first() -> None:
    running = by_id(task("r1", "big"), task("r2", "big"), task("r3", "small"))
    waiting = queue([task("big-1", "big", priority=9), task("small-1", "small"), task("new-1", "new", created=50)])

    assert drained(waiting, running) == ["new-1", "small-1", "big-1"]


def test_within_a_round_the_most_urgent_tenant_goes_first() -> None:
    tasks = [task(f"{tenant}-{n}", tenant, priority=p) for tenant, p in (("a", 0), ("b", 5), ("c", 3)) for n in (1, 2)]

    assert drained(queue(tasks)) == ["b-1", "c-1", "a-1", "b-2", "c-2", "a-2"]


def test_a_task_begun_elsewhere_serves_its_tenant_here_too() -> None:
    """Another node claimed it: this one goes on with the same round."""
    here, there = (queue([task("a-1", "a"), task("a-2", "a"), task("b-1", "b", created=9)]) for _ in range(2))
    assert here.next(NOW, {}) == task("a-1", "a")
    there.drop("a-1", begun=True)

    assert drained(here) == drained(there) == ["b-1", "a-2"]


def test_an_idle_tenant_saves_nothing_up() -> None:
    """Who comes back after many rounds gets one task before the others, not all that it has missed."""
    waiting = queue(task(f"{tenant}-{n}", tenant) for tenant in "ab" for n in range(50))
    waiting.put(task("idle-0", "idle", not_before=NOW))
    assert len([waiting.next(NOW - 1, {}) for _ in range(40)]) == 40
    for n in range(1, 5):
        waiting.put(task(f"idle-{n}", "idle"))

    tenants = [id.split("-")[0] for id in drained(waiting)]

    assert tenants[0] == "idle"
    assert all(set(tenants[n : n + 3]) == {"a", "b", "idle"} for n in range(1, 13, 3))


def test_a_tenant_that_comes_back_each_time_gains_nothing() -> None:
    """One task at a time, put in anew whenever it was chosen: still only every other turn."""
    waiting = queue([task(f"many-{n}", "many", created=n) for n in range(10)])
    order = []
    for n in range(10):
        waiting.put(task(f"one-{n}", "one", priority=100))
        chosen = waiting.next(NOW, {})
        assert chosen is not None
        order.append(chosen.tenant)
        waiting.drop(f"one-{n}")

    assert order == ["one", "many"] * 5


# What may start


def test_a_task_does_not_start_before_its_time() -> None:
    waiting = queue([task("later", priority=9, not_before=NOW + 10), task("soon", not_before=NOW + 5), task("now")])

    assert (waiting.due(NOW), drained(waiting)) == (NOW + 5, ["now"])
    assert drained(waiting, now=NOW + 4.999) == []
    assert drained(waiting, now=NOW + 5) == ["soon"]
    assert (len(waiting), waiting.due(NOW + 5)) == (1, NOW + 10)
    assert waiting.due(NOW + 10) is None
    assert drained(waiting, now=NOW + 10) == ["later"]


def test_what_was_dropped_is_not_waited_for() -> None:
    waiting = queue([task("a", not_before=NOW + 5), task("b", not_before=NOW + 9)])
    waiting.drop("a")

    assert waiting.due(NOW) == NOW + 9


def test_a_node_takes_only_what_it_can_do() -> None:
    tasks = [task("plain"), task("gpu", needs=["gpu"]), task("both", needs=["gpu", "browser"], not_before=NOW - 1)]

    assert drained(queue(tasks)) == ["plain"]
    assert drained(queue(tasks, QueueLimits(capabilities=frozenset({"gpu", "node:a"})))) == ["gpu", "plain"]
    assert len(queue(tasks)) == 3
    able = queue([task("far", needs=["gpu"], not_before=NOW + 5)])
    assert able.due(NOW) is None, "nobody here waits for a task that cannot start here"


def test_a_tenant_has_at_most_as_many_running_as_it_may() -> None:
    """Counted over all nodes: running holds them all."""
    waiting = queue([task("a-1", "a", priority=9), task("b-1", "b")], QueueLimits(tenant=2))
    running = by_id(task("r1", "a"), task("r2", "a"), task("r3", "b"))

    assert drained(waiting, running) == ["b-1"]
    assert drained(waiting, by_id(task("r1", "a"))) == ["a-1"]


def test_an_agent_has_at_most_as_many_running_as_it_may() -> None:
    """A task behind one whose agent is busy goes on in its place."""
    limits = QueueLimits(agents={"slow": 1, "never": 0})
    tasks = [task("s", agent="slow", priority=9), task("n", agent="never", priority=8), task("free", agent="quick")]
    waiting = queue(tasks, limits)

    assert drained(waiting, by_id(task("r", "other", agent="slow"))) == ["free"]
    assert drained(waiting) == ["s"]
    assert len(waiting) == 1


def test_a_task_whose_worker_has_died_does_not_stand_in_its_own_way() -> None:
    """It is still running as far as the log goes, and it waits for another worker."""
    left = task("left", "a", agent="slow")
    waiting = queue([left, task("new", "a")], QueueLimits(tenant=1, agents={"slow": 1}))

    assert waiting.next(NOW, by_id(left)) == left
    assert waiting.next(NOW, by_id(left)) is None, "now it runs again"


# The whole rule, against itself written down without any cleverness


class Plain:
    """The rule of ``Queue``, word by word, looking at everything each time. ``begun`` counts by tenant."""

    def __init__(self, limits: QueueLimits) -> None:
        self.limits, self.round = limits, 0
        self.tasks: dict[str, TaskState] = {}
        self.ripe: set[str] = set()
        self.rounds: dict[str, int] = {}

    def put(self, state: TaskState) -> None:
        if state.tenant not in {each.tenant for each in self.tasks.values()}:
            self.rounds[state.tenant] = max(self.rounds.get(state.tenant, 0), self.round)
        self.tasks[state.id] = state
        self.ripe.discard(state.id)

    def drop(self, id: str, *, begun: bool = False) -> None:
        state = self.tasks.pop(id, None)
        if state is not None and begun:
            self.round = max(self.round, self.rounds[state.tenant])
            self.rounds[state.tenant] = self.round + 1

    def may(self, now: float, running: Mapping[str, TaskState]) -> list[TaskState]:
        tenants = Counter(state.tenant for id, state in running.items() if id not in self.tasks)
        agents = Counter(state.agent for id, state in running.items() if id not in self.tasks)
        self.ripe |= {id for id, state in self.tasks.items() if state.not_before is None or state.not_before <= now}
        return [
            state
            for state in self.tasks.values()
            if state.id in self.ripe
            and set(state.needs) <= self.limits.capabilities
            and (self.limits.tenant is None or tenants[state.tenant] < self.limits.tenant)
            and agents[state.agent] < self.limits.agents.get(state.agent, 1000)
        ]

    def next(self, now: float, running: Mapping[str, TaskState]) -> TaskState | None:
        busy = Counter(state.tenant for id, state in running.items() if id not in self.tasks)
        order = {
            state.id: (
                busy[state.tenant],
                self.rounds[state.tenant],
                state.created - state.priority * AGEING_SECONDS * 1e6,
                state.created,
                state.id,
            )
            for state in self.may(now, running)
        }
        if not order:
            return None
        state = self.tasks[min(order, key=order.__getitem__)]
        self.drop(state.id, begun=True)
        return state


IDS = st.sampled_from([f"t-{n:02}" for n in range(25)])
STATES = st.builds(
    lambda number, **more: task(f"t-{number:02}", "abcd"[number % 4], **more),
    number=st.integers(0, 24),
    agent=st.sampled_from(["quick", "slow", "odd"]),
    priority=st.integers(-2, 2),
    created=st.sampled_from([0.0, 30.0, 60.0, 120.0]),
    not_before=st.none() | st.floats(NOW - 10, NOW + 300),
    needs=st.sampled_from([(), (), (), ("gpu",), ("gpu", "tpu")]),
)
LIMITS = st.builds(
    QueueLimits,
    tenant=st.none() | st.integers(1, 3),
    agents=st.dictionaries(st.sampled_from(["slow", "odd"]), st.integers(0, 2)),
    capabilities=st.sampled_from([frozenset(), frozenset({"gpu"}), frozenset({"gpu", "tpu"})]),
)


class QueueMachine(RuleBasedStateMachine):
    """Whatever happens: the queue chooses as the plain rule does, and so does a second node that hears of it."""

    @initialize(limits=LIMITS)
    def open(self, limits: QueueLimits) -> None:
        self.now = NOW
        self.plain, self.queue, self.other = Plain(limits), Queue(limits), Queue(limits)
        self.running: dict[str, TaskState] = {}
        self.passed: dict[str, Counter[str]] = {}

    @rule(states=st.lists(STATES, min_size=1, max_size=8, unique_by=lambda state: state.id), random=st.randoms())
    def put(self, states: list[TaskState], random: Random) -> None:
        states = [state for state in states if state.id not in self.running]
        for state in states:
            self.plain.put(state)
            self.queue.put(state)
        for state in random.sample(states, len(states)):
            self.other.put(state)

    @rule(id=IDS, begun=st.booleans())
    def drop(self, id: str, begun: bool) -> None:
        state = self.plain.tasks.get(id)
        for each in (self.plain, self.queue, self.other):
            each.drop(id, begun=begun)
        if begun and state is not None:
            self._begin(state, counted=False)

    @rule(slots=st.integers(1, 6))
    def choose(self, slots: int) -> None:
        for _ in range(slots):
            allowed = self.plain.may(self.now, self.running)
            busy = {state.tenant for id, state in self.running.items() if id not in self.plain.tasks}
            waits = {state.tenant for state in allowed} - busy
            self.passed = {tenant: self.passed.get(tenant, Counter()) for tenant in waits}
            expected = self.plain.next(self.now, self.running)
            chosen = self.queue.next(self.now, self.running)
            assert chosen == expected
            if chosen is None:
                return
            self.other.drop(chosen.id, begun=True)
            self._begin(chosen, counted=True)

    def _begin(self, state: TaskState, *, counted: bool) -> None:
        self.running[state.id] = state
        if not counted:
            self.passed.clear()
            return
        self.passed.pop(state.tenant, None)
        for tenant, passed in self.passed.items():
            passed[state.tenant] += 1
            assert passed[state.tenant] <= 2, f"{tenant} has nothing running and waits behind {state.tenant}"

    @rule(number=st.integers(1, 6))
    def end(self, number: int) -> None:
        for id in list(self.running)[:number]:
            del self.running[id]

    @rule(number=st.integers(0, 5))
    def lose(self, number: int) -> None:
        """A worker has died: what it held waits for another one."""
        for state in list(self.running.values())[number : number + 2]:
            for each in (self.plain, self.queue, self.other):
                each.put(state)

    @rule(seconds=st.floats(0, 100))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def hand_over(self) -> None:
        """The node that only heard of it chooses from now on."""
        self.queue, self.other = self.other, self.queue

    @invariant()
    def counts_are_right(self) -> None:
        tasks = self.plain.tasks
        later = [
            state.not_before
            for state in tasks.values()
            if state.not_before is not None and set(state.needs) <= self.plain.limits.capabilities
        ]
        assert len(self.queue) == len(tasks)
        assert all(id in self.queue for id in tasks)
        for tenant in "abcd":
            assert self.queue.waiting(tenant) == sum(state.tenant == tenant for state in tasks.values())
        assert self.queue.due(self.now) == min((at for at in later if at > self.now), default=None)


TestQueue = QueueMachine.TestCase
TestQueue.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def test_nothing_piles_up_behind_a_task_that_stays_first() -> None:
    """A node with no free slot hears of tasks for days: what has gone takes no room."""
    waiting = queue([task("first", priority=1_000), task("far", priority=1_000, not_before=NOW + 1e9)])
    for n in range(5_000):
        waiting.put(task("again", f"tenant-{n % 3}", priority=n))
        waiting.put(task("delayed", f"tenant-{n}", not_before=NOW + n + 1))
        waiting.put(task("gone", "acme", created=n))
        waiting.drop("gone", begun=n % 2 == 0)

    assert len(waiting) == 4
    assert _held(waiting) < 1_000, "15,000 tasks came and went"


def _held(root: object) -> int:
    """How many objects hang on it."""
    seen: dict[int, object] = {}
    left = [root]
    while left:
        each = left.pop()
        if id(each) not in seen and not isinstance(each, type):
            seen[id(each)] = each
            left += gc.get_referents(each)
    return len(seen)
