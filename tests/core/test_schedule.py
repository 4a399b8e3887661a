"""When a schedule fires: to the second, on every node alike, through changed clocks and leap years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from kingpost import Event, InvalidRequest, Recorded
from kingpost._host.schedule import Schedule, check, fold_schedules, last_due, next_due, resumed, task_id
from kingpost.records.codec import dump

REQUEST = {"description": "What happened in the night?"}


def at(text: str, zone: str = "UTC") -> float:
    """A time as a clock in ``zone`` shows it; of two the first, unless it says its offset."""
    shown = datetime.fromisoformat(text)
    return (shown if shown.tzinfo else shown.replace(tzinfo=ZoneInfo(zone))).timestamp()


def shown(times: Sequence[float], zone: str = "UTC") -> list[str]:
    return [datetime.fromtimestamp(each, ZoneInfo(zone)).isoformat()[:16] for each in times]


def cron(expression: str, zone: str = "UTC", begins: float = 0.0, **more: Any) -> Schedule:
    return Schedule(id="s-1", tenant="default", cron=expression, zone=zone, begins=begins, request=REQUEST, **more)


def interval(every: float, begins: float = 0.0, **more: Any) -> Schedule:
    return Schedule(id="s-1", tenant="default", every=every, begins=begins, request=REQUEST, **more)


def firings(schedule: Schedule, after: float, until: float) -> list[float]:
    """Every firing behind ``after`` up to ``until``, each found from the one before."""
    times = []
    while (after := next_due(schedule, after)) <= until:
        times.append(after)
    return times


# Cron


def test_cron_fires_in_the_time_of_its_zone() -> None:
    schedule = cron("45 6 * * 1-5", "Europe/Berlin")
    friday = at("2026-11-20T12:00")

    assert shown([next_due(schedule, friday)]) == ["2026-11-23T05:45"], "6:45 of Monday in Berlin"
    assert shown([last_due(schedule, friday) or 0]) == ["2026-11-20T05:45"]


def test_the_very_second_counts_as_due_and_not_as_next() -> None:
    schedule, noon = cron("0 12 * * *"), at("2026-11-21T12:00")

    assert last_due(schedule, noon) == noon
    assert last_due(schedule, noon - 0.001) == noon - 86_400
    assert next_due(schedule, noon) == noon + 86_400
    assert next_due(schedule, noon - 0.001) == noon


def test_nothing_fires_before_it_begins() -> None:
    noon = at("2026-11-21T12:00")
    schedule = cron("0 12 * * *", begins=noon)

    assert last_due(schedule, noon - 1) is None
    assert next_due(schedule, 0) == last_due(schedule, noon) == noon
    assert last_due(replace(schedule, begins=noon + 0.5), noon + 100) is None
    assert next_due(replace(schedule, begins=noon + 0.5), 0) == noon + 86_400


def test_a_paused_schedule_is_not_due_and_makes_up_for_nothing() -> None:
    noon = at("2026-11-21T12:00")
    paused = cron("0 * * * *", paused=True)
    assert last_due(paused, noon + 600) is None

    again = resumed(paused, noon + 600)

    assert last_due(again, noon + 3_599) is None
    assert last_due(again, noon + 3_600) == noon + 3_600
    assert last_due(resumed(interval(3_600, begins=noon - 60), noon), noon + 3_539) is None
    assert next_due(resumed(interval(3_600, begins=noon - 60), noon), noon) == noon + 3_540, "it keeps its step"


def test_in_spring_what_falls_into_the_gap_fires_once_at_its_end() -> None:
    """In Berlin 2:00 to 3:00 of 29 March 2026 did not exist."""
    zone, night, day = "Europe/Berlin", at("2026-03-28T20:00"), at("2026-03-30T03:00")

    assert shown(firings(cron("30 2 * * *", zone), night, day), zone) == ["2026-03-29T03:00", "2026-03-30T02:30"]
    assert shown(firings(cron("0,20 2 * * *", zone), night, day), zone)[:2] == ["2026-03-29T03:00", "2026-03-30T02:00"]
    assert shown(firings(cron("30 1,3 * * *", zone), night, day), zone)[:2] == ["2026-03-29T01:30", "2026-03-29T03:30"]


def test_in_autumn_what_falls_into_the_repeated_hour_fires_once() -> None:
    """In Berlin 2:00 to 3:00 of 25 October 2026 came twice: the first counts."""
    zone, night, day = "Europe/Berlin", at("2026-10-24T20:00"), at("2026-10-26T03:00")
    schedule = cron("30 2 * * *", zone)
    first, second = at("2026-10-25T02:30+02:00"), at("2026-10-25T02:30+01:00")

    assert firings(schedule, night, day) == [first, at("2026-10-26T02:30", zone)]
    for minutes in (-25, 0, 10):
        assert last_due(schedule, second + minutes * 60) == first
        assert next_due(schedule, second + minutes * 60) == at("2026-10-26T02:30", zone)


def test_what_fires_all_the_time_does_so_on_such_days_too() -> None:
    """Every half hour is every half hour: 46 times on the short day and 50 on the long one."""
    schedule = cron("*/30 * * * *", "Europe/Berlin")
    for day, times in (("2026-03-29", 46), ("2026-10-25", 50), ("2026-06-01", 48)):
        start = at(f"{day}T00:00", "Europe/Berlin") - 1
        found = firings(schedule, start, start + times * 1_800)
        assert len(found) == times
        assert {b - a for a, b in pairwise(found)} == {1_800}
        assert shown([found[-1]], "Europe/Berlin") == [f"{day}T23:30"]


def test_the_29th_of_february_comes_in_leap_years_only() -> None:
    times = firings(cron("0 9 29 2 *"), at("2026-11-21T00:00"), at("2041-01-01T00:00"))

    assert shown(times) == ["2028-02-29T09:00", "2032-02-29T09:00", "2036-02-29T09:00", "2040-02-29T09:00"]
    assert shown([last_due(cron("0 9 29 2 *"), at("2026-11-21T00:00")) or 0]) == ["2024-02-29T09:00"]


@pytest.mark.parametrize(
    ("nickname", "expression"),
    [("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@Weekly", "0 0 * * SUN"), ("@monthly", "0 0 1 * *")],
)
def test_the_usual_names_stand_for_their_expressions(nickname: str, expression: str) -> None:
    now = at("2026-11-21T10:10")

    check(cron(nickname))
    assert next_due(cron(nickname), now) == next_due(cron(expression), now)


CHANGES = {
    "Europe/Berlin": ["2026-03-29T01:00", "2026-10-25T01:00"],
    "America/Havana": ["2026-03-08T05:00", "2026-11-01T05:00"],  # at midnight
    "Australia/Lord_Howe": ["2026-04-04T15:00", "2026-10-03T15:30"],  # by half an hour
    "Pacific/Apia": ["2011-12-30T10:00"],  # a whole day left out
    "UTC": ["2026-03-29T01:00"],
}
AROUND = st.sampled_from([(zone, change) for zone, changes in CHANGES.items() for change in changes])
EXPRESSIONS = st.sampled_from(
    ["30 2 * * *", "0,30 1-3 * * *", "*/20 * * * *", "30 */2 * * *", "15 0 * * *", "5 0,23 * * 1-5", "7 1 * * *"]
)


@settings(deadline=None)
@given(
    around=AROUND, expression=EXPRESSIONS, seconds=st.integers(-100_000, 100_000), fraction=st.sampled_from([0, 0.5])
)
@example(around=("Europe/Berlin", "2026-10-25T01:00"), expression="30 2 * * *", seconds=300, fraction=0)
@example(around=("Australia/Lord_Howe", "2026-04-04T15:00"), expression="30 */2 * * *", seconds=2_700, fraction=0)
def test_last_and_next_are_neighbours_whenever_one_asks(
    around: tuple[str, str], expression: str, seconds: int, fraction: float
) -> None:
    """Around changed clocks too: nothing fires between the two, and nothing is passed over."""
    zone, change = around
    now = at(change) + seconds + fraction
    times = firings(cron(expression, zone), at(change) - 4 * 86_400, at(change) + 4 * 86_400)
    assert times == sorted(set(times))

    assert next_due(cron(expression, zone), now) == min(each for each in times if each > now)
    assert last_due(cron(expression, zone), now) == max(each for each in times if each <= now)


# Intervals


@given(
    every=st.floats(1, 5_000),
    begins=st.floats(1e9, 2e9),
    times=st.integers(0, 1_000_000),
)
@example(every=1.0, begins=1_000_000_000.0078125, times=0)
def test_an_interval_never_drifts(every: float, begins: float, times: int) -> None:
    """The n-th firing is n steps behind the beginning, to the microsecond, however many came before."""
    schedule = interval(every, begins)
    nth = next_due(schedule, begins + (times - 0.5) * every)

    assert nth == pytest.approx(begins + times * round(every, 6), abs=2e-6, rel=0)
    assert last_due(schedule, nth) == nth
    following = next_due(schedule, nth)
    assert last_due(schedule, following - 0.01) == nth
    assert round((following - nth) * 1e6) == pytest.approx(round(every * 1e6), abs=3)


@given(every=st.floats(1, 1e6), begins=st.floats(1e9, 2e9), after=st.floats(0, 3e9))
def test_what_comes_next_is_later_and_what_was_last_is_not(every: float, begins: float, after: float) -> None:
    schedule = interval(every, begins)
    last, coming = last_due(schedule, after), next_due(schedule, after)

    assert coming > after
    assert coming >= begins - 1e-6
    if last is None:
        assert after < begins + 1e-6
    else:
        assert begins - 1e-6 <= last <= after + 1e-6 < coming + 2e-6


def test_an_interval_begins_at_its_beginning() -> None:
    schedule = interval(90, begins=1_000)

    assert last_due(schedule, 999) is None
    assert next_due(schedule, 0) == last_due(schedule, 1_000) == 1_000
    assert firings(schedule, 999, 1_300) == [1_000, 1_090, 1_180, 1_270]


# The task of a firing


def test_a_firing_names_its_task_by_the_time_in_utc() -> None:
    fired = at("2026-11-21T06:45:00")

    assert task_id(cron("45 6 * * *"), fired) == "s-1@20261121T064500Z"
    assert task_id(interval(60), fired + 0.75) == "s-1@20261121T064500Z"


def test_two_tenants_with_schedules_of_one_name_get_a_task_each() -> None:
    """However they are called: no name can be made to look like another's."""
    names = [("default", "a.b"), ("acme", "a.b"), ("a", "b"), ("a/b", "b"), ("a~b", "c"), ("", "b")]
    ids = [task_id(replace(cron("@daily"), tenant=tenant, id=id), at("2026-11-21T00:00")) for tenant, id in names]

    assert ids[1] == "acme~a.b@20261121T000000Z"
    assert len(set(ids)) == len(names)
    assert not any("/" in id for id in ids), "that would be a child's"


@given(every=st.floats(1, 3), begins=st.floats(1e9, 2e9), now=st.floats(2e9, 2.1e9))
def test_no_two_firings_share_a_task(every: float, begins: float, now: float) -> None:
    schedule = interval(every, begins)
    times = firings(schedule, now, now + 30)

    assert len({task_id(schedule, each) for each in times}) == len(times)


# What is refused


def test_what_is_right_is_let_pass() -> None:
    for expression in ("* * * * *", "0 9-17/2 * JAN,JUL MON-FRI", "0 0 L * *", "0 0 * * MON#2", "0 12 1 1 1"):
        check(cron(expression, "America/New_York", begins=at("2026-01-01T00:00")))
    check(interval(1))
    check(replace(interval(60), request={**REQUEST, "agent": "ollama", "inputs": ["notes"]}))


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("61 * * * *", "mend its minute"),
        ("0 24 * * *", "mend its hour"),
        ("0 0 0 * *", "mend its day-of-month"),
        ("0 0 30 2 *", "mend its day-of-month"),
        ("0 0 * 13 *", "mend its month"),
        ("0 0 * * NEVER", "mend its day-of-week"),
        ("*/0 * * * *", "mend its minute"),
        ("", "has 0 fields, not 5"),
        ("* * * *", "has 4 fields, not 5"),
        ("0 * * * * *", "has 6 fields, not 5"),
        ("@reboot", "has 1 fields, not 5"),
        ("* * */20 * 1L", "does not fire within 50 years"),
        ("1," * 200 + "1 * * * *", "fields"),
    ],
)
def test_an_expression_that_cannot_fire_is_refused_with_the_mend(expression: str, says: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check(cron(expression))

    assert says in str(caught.value)
    assert len(str(caught.value)) < 300


@settings(deadline=None, max_examples=500)
@given(st.lists(st.text("0123456789*,-/#LWMONSUJA@² ", max_size=7), min_size=5, max_size=5).map(" ".join) | st.text())
def test_no_expression_does_worse_than_be_refused(expression: str) -> None:
    schedule = cron(expression, "Europe/Berlin", begins=at("2026-11-21T00:00"))
    try:
        check(schedule)
    except InvalidRequest:
        return
    assert next_due(schedule, schedule.begins) > schedule.begins


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"zone": "Europe/Berln"}, "did you mean 'Europe/Berlin'?"),
        ({"zone": "europe/berlin"}, "'Europe/Berlin'"),
        ({"zone": "nowhere at all"}, "use an IANA name such as 'Europe/Berlin'"),
        ({"zone": ""}, "IANA"),
        ({"zone": "../../etc/passwd"}, "there is no time zone"),
        ({"zone": "Europe"}, "there is no time zone 'Europe'"),
        ({"every": 60.0}, "either cron or every"),
        ({"cron": None}, "either cron or every"),
        ({"cron": None, "every": 0.5}, "every is 0.5"),
        ({"cron": None, "every": float("nan")}, "every is nan"),
        ({"cron": None, "every": float("inf")}, "every is inf"),
        ({"begins": float("nan")}, "begins is nan"),
        ({"begins": -1.0}, "begins is -1.0"),
        ({"begins": 1e13}, "begins is 1000"),
        ({"id": ""}, "schedule id"),
        ({"id": "a/b"}, "schedule id 'a/b'"),
        ({"id": "a@b"}, "schedule id 'a@b'"),
        ({"id": "x" * 65}, "up to 64"),
        ({"request": {}}, "the request's description: "),
        ({"request": {"description": 7}}, "the request's description: "),
        ({"request": {**REQUEST, "agnet": "x"}}, "the request has no 'agnet'; did you mean 'agent'?"),
    ],
)
def test_what_is_wrong_is_refused_with_the_mend(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check(replace(cron("0 9 * * *"), **wrong))

    assert says in str(caught.value)


# The fold


def frame(*events: Event) -> Recorded:
    return Recorded(position=1, stream="schedules", version="1", at=0, events=events)


def set_(schedule: Schedule) -> Event:
    return Event("schedule.set", {"schedule": schedule.id}, dump(schedule))


def test_the_last_word_on_a_schedule_counts() -> None:
    daily, hourly = cron("@daily"), replace(interval(3_600), id="s-2")
    later = replace(daily, paused=True, zone="Asia/Tokyo")
    frames = [
        frame(set_(daily), set_(hourly)),
        frame(Event("thing.of.tomorrow", {"schedule": "s-1"}), set_(later)),
        frame(Event("schedule.removed", {"schedule": "s-2"})),
        frame(Event("schedule.removed", {"schedule": "never there"})),
    ]

    assert fold_schedules(frames[:1]) == {"s-1": daily, "s-2": hourly}
    assert fold_schedules(frames) == {"s-1": later}
    assert fold_schedules([*frames, frame(set_(hourly))]) == {"s-1": later, "s-2": hourly}
    assert fold_schedules([]) == {}


def test_a_schedule_whose_content_was_erased_is_gone() -> None:
    erased = Event("schedule.set", {"schedule": "s-1"}, None, erased=True)

    assert fold_schedules([frame(set_(cron("@daily"))), frame(erased)]) == {}


def test_a_schedule_survives_the_log() -> None:
    schedule = cron("45 6 * * 1-5", "Europe/Berlin", begins=1_795_243_500.25)

    assert fold_schedules([frame(set_(schedule))]) == {"s-1": schedule}
    assert datetime.fromtimestamp(schedule.begins, UTC).year == 2026
