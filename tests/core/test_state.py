"""Every edge of the state machine: from each status, each kind of event leads on or is refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy

import kingpost.state
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kingpost import (
    Corrupted,
    Event,
    Fenced,
    Refused,
    Status,
    TaskState,
    fold,
    from_row,
    replace,
    task_stream,
    to_row,
    upcast,
)
from kingpost.state.steps import AFTERWARDS, STEPS
from kingpost.testing import facts

STREAM = task_stream("t-1")
CALLS = {"a": "read", "b": "write"}

QUEUED = [facts.queued("t-1")]
RUNNING = [*QUEUED, facts.started()]
WAITING_ALL = [*RUNNING, facts.decided(1, CALLS), facts.pending("a"), facts.pending("b"), facts.waiting()]
WAITING_ANY = [*RUNNING, facts.decided(1, CALLS, "any"), facts.pending("a"), facts.pending("b"), facts.waiting()]

ASKED = facts.pending("a", 9.5, waits="approval")
LENT = facts.pending("b", waits="child", cut=[100, None, 5000])

PLACES = {
    "queued": QUEUED,
    "running": RUNNING,
    "calling": [*RUNNING, facts.decided(1, CALLS)],
    "pending": WAITING_ALL[:-1],
    "waiting": WAITING_ALL,
    "any": WAITING_ANY,
    "asked": [*RUNNING, facts.decided(1, CALLS), ASKED, LENT, facts.waiting()],
    "let-go": [*RUNNING, facts.decided(1, CALLS, "any"), LENT, facts.observed("a"), facts.closed()],
    "woken": [*WAITING_ALL, facts.observed("a"), facts.observed("b")],
    "woke-any": [*WAITING_ANY, facts.observed("b")],
    "succeeded": [*RUNNING, facts.succeeded()],
    "failed": [*RUNNING, facts.failed()],
    "cancelled": [*QUEUED, facts.cancelled(None)],
}
"""Ways into each status; running and queued have more than one, by what is open in the turn."""

EVENTS: dict[str, Callable[[TaskState], Event]] = {
    "task.queued": lambda at: facts.queued("t-1"),
    "task.started": lambda at: facts.started(at.attempt + 1, "worker-2"),
    "inputs.read": lambda at: facts.inputs_read(at.attempt),
    "context.packed": lambda at: facts.packed(at.turn + 1, at.attempt),
    "turn.decided": lambda at: facts.decided(at.turn + 1, CALLS, attempt=at.attempt),
    "call.observed": lambda at: facts.observed("a"),
    "call.pending": lambda at: facts.pending("a", 9.5, at.attempt),
    "call.approved": lambda at: facts.approved("a"),
    "call.claimed": lambda at: facts.claimed(at.turn, "a", "worker-9"),
    "child.settled": lambda at: facts.settled("1.b", [7, 0, 3]),
    "task.retrying": lambda at: facts.retrying(at.attempt, 9.5),
    "task.released": lambda at: facts.released(at.attempt),
    "message.received": lambda at: facts.message(),
    "turn.closed": lambda at: facts.closed(at.attempt),
    "task.waiting": lambda at: facts.waiting(at.attempt),
    "cancel.requested": lambda at: facts.cancel_requested(),
    "task.succeeded": lambda at: facts.succeeded(at.attempt),
    "task.failed": lambda at: facts.failed(at.attempt),
    "task.cancelled": lambda at: facts.cancelled(at.attempt),
    "letter.replayed": lambda at: Event("letter.replayed"),
    "letter.discarded": lambda at: Event("letter.discarded"),
    "thing.of.tomorrow": lambda at: Event("thing.of.tomorrow", {"attempt": at.attempt + 7}),
}

EDGES = """
                  queued    running   calling   pending   waiting   any       asked     let-go    woken     woke-any
task.queued       -         -         -         -         -         -         -         -         -         -
task.started      running   running   running   running   -         -         -         running   running   running
inputs.read       queued    running   running   running   waiting   waiting   waiting   running   queued    queued
context.packed    queued    running   running   running   waiting   waiting   waiting   running   queued    queued
turn.decided      -         running   -         -         -         -         -         running   -         -
call.observed     -         -         running   running   waiting   queued    waiting   -         -         queued
call.pending      -         -         running   running   waiting   waiting   waiting   -         -         queued
call.approved     -         -         -         -         -         -         queued    -         -         -
call.claimed      -         -         -         -         -         -         -         -         -         -
child.settled     -         -         -         -         -         -         -         running   -         -
task.retrying     -         queued    queued    queued    -         -         -         queued    -         -
task.released     -         queued    queued    queued    -         -         -         queued    -         -
message.received  queued    running   running   running   waiting   waiting   waiting   running   queued    queued
turn.closed       -         running   running   running   -         -         -         running   -         -
task.waiting      -         -         -         waiting   -         -         -         -         -         -
cancel.requested  queued    running   running   running   waiting   waiting   waiting   running   queued    queued
task.succeeded    -         succeeded succeeded succeeded -         -         -         succeeded -         -
task.failed       failed    failed    failed    failed    failed    failed    failed    failed    failed    failed
task.cancelled    cancelled cancelled cancelled cancelled cancelled cancelled cancelled cancelled cancelled cancelled
letter.replayed   -         -         -         -         -         -         -         -         -         -
letter.discarded  -         -         -         -         -         -         -         -         -         -
thing.of.tomorrow queued    running   running   running   waiting   waiting   waiting   running   queued    queued
"""
"""Where each event of the current attempt leads from each place; ``-`` where it is refused."""

_columns, *_rows = [line.split() for line in EDGES.strip().splitlines()]
EACH_EDGE = [(place, row[0], end) for row in _rows for place, end in zip(_columns, row[1:], strict=True)]
FINAL = ["succeeded", "failed", "cancelled"]


def folded(*events: Event, state: TaskState | None = None, version: str = "1") -> TaskState:
    """The state after one frame of a task's stream."""
    after = fold(state, STREAM, version, 1_000, events)
    assert after is not None
    return after


def at(place: str) -> TaskState:
    """A state in that place."""
    return folded(*PLACES[place])


def test_the_table_of_edges_is_whole() -> None:
    """Every place and every kind that the fold knows stand in it; final places need no column."""
    assert _columns == [place for place in PLACES if place not in FINAL]
    assert {at(place).status for place in PLACES} == {status.value for status in Status}
    assert [row[0] for row in _rows] == list(EVENTS)
    assert {"task.queued", "thing.of.tomorrow", *STEPS, *AFTERWARDS} == set(EVENTS)


@pytest.mark.parametrize(("place", "kind", "end"), EACH_EDGE, ids=lambda each: each)
def test_each_event_leads_on_or_is_refused(place: str, kind: str, end: str) -> None:
    before = at(place)

    if end == "-":
        with pytest.raises(Refused) as caught:
            folded(EVENTS[kind](before), state=before)
        assert (caught.value.task, caught.value.status) == ("t-1", before.status)
    else:
        assert folded(EVENTS[kind](before), state=before).status == end


@pytest.mark.parametrize("kind", EVENTS)
@pytest.mark.parametrize("place", FINAL)
def test_nothing_changes_a_task_that_has_ended(place: str, kind: str) -> None:
    before = at(place)
    assert before.final

    if kind == "thing.of.tomorrow":
        assert folded(EVENTS[kind](before), state=before) == before
    elif kind in AFTERWARDS:
        after = folded(EVENTS[kind](before), state=before)
        assert replace(after, late=[]) == before
        with pytest.raises(Refused):
            folded(EVENTS[kind](before), state=after)
    else:
        with pytest.raises(Refused):
            folded(EVENTS[kind](before), state=before)


@pytest.mark.parametrize("kind", EVENTS)
@pytest.mark.parametrize("place", PLACES)
def test_the_state_that_was_is_left_as_it_was(place: str, kind: str) -> None:
    """The fold is pure: neither the state nor the event that goes in is changed, refused or not."""
    before, event = at(place), EVENTS[kind](at(place))
    kept = deepcopy((before, event))

    with suppress(Refused):
        fold(before, STREAM, "2", 2_000, [event])

    assert (before, event) == kept


@pytest.mark.parametrize(
    "late",
    [
        facts.inputs_read(1),
        facts.packed(1, 1),
        facts.decided(1, attempt=1),
        facts.pending("a", attempt=1),
        facts.closed(1),
        facts.waiting(1),
        facts.succeeded(1),
        facts.failed(1),
        facts.cancelled(1),
        facts.started(1),
        facts.started(2),
    ],
    ids=lambda event: f"{event.kind}-{event.header['attempt']}",
)
def test_an_attempt_that_was_replaced_is_fenced(late: Event) -> None:
    """A zombie's late event can never stand beside the real one."""
    taken_over = folded(*RUNNING, facts.started(2, "worker-2"))

    with pytest.raises(Fenced) as caught:
        folded(late, state=taken_over)

    assert (caught.value.task, caught.value.holder) == ("t-1", 2)


def test_what_needs_no_holder_is_not_fenced() -> None:
    """An observation, a request to cancel and an end without a holder come from outside the attempt."""
    taken_over = folded(*PLACES["pending"], facts.started(2, "worker-2"))

    assert folded(facts.observed("a"), facts.cancel_requested(), state=taken_over).cancel
    assert folded(facts.cancelled(None), state=taken_over).status == "cancelled"


def test_a_claim_counts_until_something_is_recorded() -> None:
    """``strikes`` are the claims since something was last recorded."""
    struck = folded(*QUEUED, facts.started(1), facts.started(2), facts.started(3))

    assert (struck.attempt, struck.strikes) == (3, 3)
    assert folded(facts.inputs_read(3), state=struck).strikes == 0
    assert folded(facts.decided(1, attempt=3), state=struck).strikes == 0
    assert folded(facts.decided(1, CALLS, attempt=3), facts.started(4), state=struck).strikes == 1
    assert folded(facts.cancel_requested(), state=struck).strikes == 3


def test_a_task_is_queued_with_all_that_was_asked() -> None:
    event = facts.queued(
        "t-1", tenant="acme", agent="writer", root="r", parent="p", thread="th", priority=3, deadline=9.5
    )

    assert fold(None, STREAM, "v", 77, [event]) == TaskState(
        id="t-1",
        tenant="acme",
        agent="writer",
        status="queued",
        root="r",
        parent="p",
        thread="th",
        priority=3,
        deadline=9.5,
        created=77,
        updated=77,
        version="v",
    )


def test_a_task_without_a_parent_is_its_own_root() -> None:
    assert at("queued").root == "t-1"


def test_a_turn_opens_its_calls_and_adds_up_its_tokens() -> None:
    state = folded(*RUNNING, facts.decided(1, {}, tokens=(10, 2)), facts.decided(2, CALLS, "any", tokens=(20, 3)))

    assert (state.turn, state.open, state.asked, state.until) == (2, CALLS, 2, "any")
    assert (state.input_tokens, state.output_tokens) == (30, 5)


def test_what_was_paid_to_fit_a_context_is_spent_beside_its_turn() -> None:
    """Its tokens add up like a turn's; what is reserved for the turn stays reserved."""
    grant = [facts.queued("t-1", grant=[1000, 50, None]),
             Event("task.started", {"attempt": 1, "worker": "w", "reserve": [200, 9, 0]})]  # fmt: skip
    state = folded(*grant, facts.packed(), facts.packed(tokens=(60, 40), spent=[100, 7, 30]))

    assert (state.spent, state.reserved, state.left()) == ([100, 7, 30], [200, 9, 0], [700, 34, None])
    assert (state.input_tokens, state.output_tokens) == (60, 40)
    assert folded(facts.started(2), state=state).spent == [300, 16, 30]


@pytest.mark.parametrize("turn", [0, 1, 3])
def test_turns_come_one_after_the_other(turn: int) -> None:
    after_one = folded(*RUNNING, facts.decided(1))

    with pytest.raises(Refused):
        folded(facts.decided(turn), state=after_one)


def test_all_calls_have_to_be_settled() -> None:
    """A task that waits for all of its calls is woken by the last one."""
    first = folded(facts.observed("b"), state=at("waiting"))
    assert (first.status, first.open, first.pending) == ("waiting", {"a": "read"}, {"a": None})

    last = folded(facts.observed("a"), state=first)
    assert (last.status, last.open, last.worker) == ("queued", {}, None)


def test_any_call_is_enough_where_any_was_asked_for() -> None:
    """What is still open stays open until a holder closes the turn."""
    woken = folded(facts.observed("b"), state=at("any"))
    assert (woken.status, woken.open) == ("queued", {"a": "read"})

    closed = folded(facts.started(2), facts.closed(2), state=woken)
    assert (closed.open, closed.pending) == ({}, {})


def test_the_first_observation_of_a_call_is_the_one_that_counts() -> None:
    once = folded(facts.observed("a"), state=at("calling"))

    with pytest.raises(Refused, match=r"call\.observed a"):
        folded(facts.observed("a"), state=once)


def test_a_call_that_waits_says_when_to_look_again() -> None:
    state = folded(facts.pending("a", 9.5), facts.pending("b"), facts.pending("a", 12.0), state=at("calling"))

    assert state.pending == {"a": 12.0, "b": None}


def test_a_task_does_not_wait_for_what_has_come() -> None:
    """A late observation that arrives before the holder lets go keeps it from waiting for ever."""
    settled = folded(facts.observed("a"), facts.observed("b"), state=at("pending"))

    with pytest.raises(Refused):
        folded(facts.waiting(), state=settled)


@pytest.mark.parametrize(
    "end", [facts.succeeded(), facts.failed(1, "over_grant", "final.over_grant"), facts.cancelled()]
)
def test_an_outcome_closes_everything(end: Event) -> None:
    state = folded(end, state=at("pending"))

    assert (state.open, state.pending, state.worker) == ({}, {}, None)
    assert (state.reason, state.error) == (end.header.get("reason"), end.header.get("error"))


def test_what_is_lent_to_a_child_comes_back_less_what_it_spent() -> None:
    """A cut counts as taken while the child lives, whether anybody still waits for it or not."""
    grant = [facts.queued("t-1", grant=[1000, None, 60_000]), *RUNNING[1:]]
    lent = folded(*grant, facts.decided(1, CALLS, "any"), LENT, facts.pending("a"))
    assert (lent.left(), lent.children) == ([900, None, 55_000], 1)

    told = folded(Event("call.observed", {"call": "b", "spent": [30, 0, 200]}), state=lent)
    assert (told.left(), told.spent, told.lent) == ([970, None, 59_800], [30, 0, 200], {})

    let_go = folded(facts.observed("a"), facts.closed(), state=lent)
    assert let_go.left() == lent.left()
    assert folded(facts.settled("1.b", [30, 0, 200]), state=let_go).left() == told.left()


def test_what_is_still_out_when_a_task_ends_is_charged_at_its_bound() -> None:
    """The turn in flight, and children that nobody will settle any more."""
    state = folded(
        facts.queued("t-1", grant=[1000, 50, None]),
        Event("task.started", {"attempt": 1, "worker": "w", "reserve": [200, 9, 0]}),
        facts.decided(1, CALLS, "any"),
        LENT,
        facts.observed("a"),
        facts.closed(),
    )
    assert folded(facts.failed(), state=state).spent == [100, 0, 5000]

    flying = folded(
        facts.queued("t-1", grant=[1000, 50, None]),
        Event("task.started", {"attempt": 1, "worker": "w", "reserve": [200, 9, 0]}),
    )
    assert flying.left() == [800, 41, None]
    assert folded(facts.failed(), state=flying).spent == [200, 9, 0]
    assert folded(Event("task.failed", {"attempt": 1, "spent": [5, 0, 1]}), state=flying).spent == [5, 0, 1]


def test_a_turn_that_a_crash_cut_off_is_charged_its_bound() -> None:
    """Nobody knows what it has cost; the next attempt reserves anew."""
    claim = {"worker": "w", "reserve": [200, 9, 0]}
    state = folded(
        facts.queued("t-1", grant=[1000, 50, None]),
        Event("task.started", {"attempt": 1, **claim}),
        Event("task.started", {"attempt": 2, **claim}),
    )

    assert (state.spent, state.reserved, state.left()) == ([200, 9, 0], [200, 9, 0], [600, 32, None])


def test_tries_are_counted_from_one_decision_to_the_next() -> None:
    """And begin anew with another agent."""
    twice = folded(*RUNNING, facts.retrying(1, 9.5), facts.started(2), facts.retrying(2, 12.0))
    assert (twice.status, twice.retries, twice.not_before, twice.strikes) == ("queued", 2, 12.0, 0)

    other = folded(facts.started(3), facts.retrying(3, None, agent="other"), state=twice)
    assert (other.retries, other.agent) == (0, "other")
    assert folded(facts.started(3), facts.decided(1, attempt=3), state=twice).retries == 0


def test_a_claim_that_is_given_back_costs_the_task_nothing() -> None:
    """No strike, no retry, nothing spent; and a call that was let pass is still to be made."""
    before = folded(facts.approved("a"), state=at("asked"))

    state = folded(facts.started(2), facts.released(2), state=before)

    assert (state.status, state.worker, state.strikes, state.retries) == ("queued", None, before.strikes, 0)
    assert (state.spent, state.reserved, state.approved) == (before.spent, None, {"a": 2})


def test_an_answer_that_has_not_heard_the_last_message_is_no_end() -> None:
    """It stays as a turn; the task ends with an answer that has heard everything."""
    state = folded(*RUNNING, facts.message(), facts.message())

    with pytest.raises(Refused):
        folded(Event("task.succeeded", {"attempt": 1, "seen": 1}), state=state)
    assert folded(Event("task.succeeded", {"attempt": 1, "seen": 2}), state=state).final


def test_a_call_that_was_let_pass_is_made_by_the_attempt_after_the_one_that_asked() -> None:
    state = folded(facts.approved("a"), state=at("asked"))

    assert (state.approved, state.pending, state.waits) == ({"a": 1}, {"b": None}, {"b": "child"})


def test_a_call_that_is_let_pass_while_its_attempt_still_runs_may_have_been_made_by_it() -> None:
    """So an attempt after it must not take the call for one that nobody has made."""
    still_running = folded(*RUNNING, facts.decided(1, calls={"a": "sign"}), facts.pending("a", waits="approval"))

    assert folded(facts.approved("a"), state=still_running).approved == {"a": 0}


def test_a_frame_is_folded_whole_or_not_at_all() -> None:
    with pytest.raises(Refused):
        folded(facts.started(1), facts.succeeded(), facts.cancel_requested(), state=at("queued"))


def test_version_and_time_are_those_of_the_frame() -> None:
    state = fold(at("queued"), STREAM, "v-9", 5_000, [Event("thing.of.tomorrow")])

    assert state is not None
    assert (state.version, state.updated, state.created) == ("v-9", 5_000, 1_000)


def test_streams_of_no_task_have_no_state() -> None:
    assert fold(None, "tokens/t-1", "1", 0, [facts.started()]) is None


@pytest.mark.parametrize("first", [facts.started(), Event("thing.of.tomorrow")], ids=["known", "unknown"])
def test_a_tasks_stream_begins_with_its_being_queued(first: Event) -> None:
    with pytest.raises(Corrupted):
        folded(first)


@given(places=st.sampled_from(sorted(PLACES)), version=st.text(), created=st.integers(0, 2**60))
def test_a_state_goes_into_a_row_and_back(places: str, version: str, created: int) -> None:
    state = replace(at(places), version=version, created=created)

    assert from_row(to_row(state)) == state
    assert from_row({**to_row(state), "of_tomorrow": 1}) == state


def test_a_row_of_yesterday_gets_what_it_lacks() -> None:
    row = to_row(at("queued"))
    del row["strikes"], row["until"]

    assert from_row(row) == at("queued")


@given(steps=st.lists(st.sampled_from(sorted(EVENTS.keys() - {"task.queued"})), max_size=30))
def test_any_history_that_is_allowed_folds_the_same_in_one_frame_or_many(steps: list[str]) -> None:
    """And whatever happens, there is at most one outcome, and who waits has something to wait for."""
    state, allowed = at("queued"), list(QUEUED)
    for kind in steps:
        event = EVENTS[kind](state)
        try:
            state = folded(event, state=state)
        except (Refused, Fenced):
            continue
        allowed.append(event)
        assert state.status != "waiting" or not state.settled()

    assert folded(*allowed) == state
    assert sum(event.kind in {f"task.{end}" for end in FINAL} for event in allowed) == state.final


def test_old_shapes_are_read_as_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """An upcaster goes one version on; they follow one another until there is none."""
    monkeypatch.setitem(kingpost.state.UPCASTERS, ("note", 1), lambda e: replace(e, v=2, header={**e.header, "b": 2}))
    monkeypatch.setitem(kingpost.state.UPCASTERS, ("note", 2), lambda e: replace(e, v=3, header={**e.header, "c": 3}))

    assert upcast(Event("note", {"a": 1})) == Event("note", {"a": 1, "b": 2, "c": 3}, v=3)
    assert upcast(Event("other")) == Event("other")
