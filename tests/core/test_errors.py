"""The tree that is drawn is the tree that is, and a code never changes."""

from __future__ import annotations

import inspect
import re

import kingpost
import pytest
from kingpost import KingpostError, errors

CODES = {
    "Unauthorized": "access.unauthorized",
    "Forbidden": "access.forbidden",
    "KeyReused": "idempotency.mismatch",
    "InFlight": "idempotency.in_flight",
    "KingpostError": "error",
    "InputError": "input",
    "InvalidRequest": "input.invalid",
    "UnreadableInput": "input.unreadable",
    "UnknownName": "input.unknown_name",
    "NotFound": "input.not_found",
    "BudgetTooSmall": "input.budget_too_small",
    "ConfigurationError": "configuration",
    "SettingsInvalid": "configuration.settings",
    "DoorEmpty": "configuration.door_empty",
    "PluginError": "plugin",
    "PluginBroken": "plugin.broken",
    "NameTaken": "plugin.name_taken",
    "TransientError": "transient",
    "Unavailable": "transient.unavailable",
    "Conflict": "transient.conflict",
    "Overloaded": "transient.overloaded",
    "FinalError": "final",
    "Fenced": "final.fenced",
    "Refused": "final.refused",
    "OverGrant": "final.over_grant",
    "Exhausted": "final.exhausted",
    "OutOfTime": "final.deadline",
    "AgentFailed": "final.agent_failed",
    "Corrupted": "final.corrupted",
}
"""What logs, problem documents and SDKs speak. A line here is added, never changed."""

OF_A_REQUEST = {"access", "idempotency"}

TOLD: list[tuple[KingpostError, list[str]]] = [
    (kingpost.UnreadableInput("a.md", "it is no text", "convert it"), ["'a.md'", "it is no text", "convert it"]),
    (kingpost.UnknownName("agent", "olama", ["ollama"], "install it"), ["agent 'olama'", "'ollama'", "install it"]),
    (kingpost.UnknownName("agent", "x", []), ["there is no agent 'x'"]),
    (kingpost.NotFound("task", "t-1", "list them"), ["task 't-1'", "list them"]),
    (kingpost.BudgetTooSmall(10, 25, "words"), ["10", "at least 25", "words"]),
    (kingpost.SettingsInvalid("kingpost.toml:3:7", "no number", "write one"), ["kingpost.toml:3:7", "write one"]),
    (kingpost.DoorEmpty(["a log", "a memory"], "pip install kingpost"), ["a log, a memory", "pip install kingpost"]),
    (kingpost.PluginBroken("acme", "door provide_log", "a log", "None"), ["'acme'", "provide_log", "got None"]),
    (kingpost.NameTaken("memory", "sqlite", "one", "two"), ["'one'", "'two'", "'sqlite'"]),
    (kingpost.Conflict("task/t-1", "3", "4"), ["task/t-1", "'4'", "'3'"]),
    (kingpost.Forbidden("tasks:write"), ["'tasks:write'"]),
    (kingpost.KeyReused("k-1"), ["'k-1'", "a new key"]),
    (kingpost.InFlight("k-1"), ["'k-1'", "in a moment"]),
    (kingpost.Fenced("t-1", 1, 2), ["attempt 1", "'t-1'", "attempt 2"]),
    (kingpost.Refused("t-1", "task.started", "succeeded"), ["'t-1'", "'task.started'", "succeeded"]),
]


def family(root: type[KingpostError] = KingpostError) -> dict[str, type[KingpostError]]:
    """Every error of the kernel, by name."""
    found = {root.__name__: root} if root.__module__.startswith("kingpost.") else {}
    for child in root.__subclasses__():
        found |= family(child)
    return found


def drawn() -> dict[str, str | None]:
    """The tree in the docstring: each name with the one it hangs on."""
    branch: list[str] = []
    tree: dict[str, str | None] = {}
    for line in str(errors.__doc__).splitlines():
        if found := re.match(r" {4}([│├└─ ]*)(\w+)", line):
            depth = len(found[1]) // 4
            branch[depth:] = [found[2]]
            tree[found[2]] = branch[depth - 1] if depth else None
    return tree


def test_the_tree_is_drawn_as_it_is() -> None:
    bases = {name: None if kind is KingpostError else kind.__bases__[0].__name__ for name, kind in family().items()}

    assert drawn() == bases


def test_codes_never_change() -> None:
    assert {name: kind.code for name, kind in family().items()} == CODES


def test_codes_are_unique() -> None:
    assert len(set(CODES.values())) == len(CODES)


def test_a_code_begins_with_the_decision_it_stands_for() -> None:
    """Whoever does not know a code can still act on its first word; of a request its HTTP status tells as much."""
    decisions = {kind.code: kind for name, kind in family().items() if "." not in kind.code}
    for kind in family().values():
        word = kind.code.split(".")[0]
        assert word in OF_A_REQUEST or issubclass(kind, decisions[word])


@pytest.mark.parametrize(
    ("error", "said"), TOLD, ids=[f"{type(error).__name__}-{number}" for number, (error, _) in enumerate(TOLD)]
)
def test_a_message_says_what_and_where_and_the_mend_on_one_line(error: KingpostError, said: list[str]) -> None:
    assert all(part in str(error) for part in said)
    assert "\n" not in str(error)


def test_every_error_that_builds_its_message_is_tried() -> None:
    building = {name for name, kind in family().items() if "__init__" in vars(kind)}

    assert building == {type(error).__name__ for error, _ in TOLD}


def test_errors_are_public_and_say_what_they_are() -> None:
    assert set(CODES) <= set(kingpost.__all__)
    assert all(inspect.getdoc(kind) for kind in family().values())
