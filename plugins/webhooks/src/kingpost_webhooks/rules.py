"""Which work a delivery means: the first rule that fits, and a task out of its template.

Called by ``receive`` with a verified, parsed delivery. Pure. The sender's words never become the task's own: a template
takes single values, bounded and quoted, and the body is handed along as text from outside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from kingpost import InvalidRequest, Material, operations

from .source import Label, Rule, Source, look

_PLACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_PATH = re.compile(r"[A-Za-z0-9_$@-]+(\.[A-Za-z0-9_$@-]+)*")
_LONGEST = 200
_OWN = ("event", "delivery", "source")


def fitting(rules: Sequence[Rule], label: Label, payload: Any) -> Rule | None:
    """The first rule that fits, if any."""
    return next((rule for rule in rules if _fits(rule, label, payload)), None)


def _fits(rule: Rule, label: Label, payload: Any) -> bool:
    if not any(fnmatchcase(label.event, pattern) for pattern in rule.events):
        return False
    return all(matches(look(payload, path), pattern) for path, pattern in rule.where.items())


def matches(value: Any, pattern: str) -> bool:
    """Whether a value fits a pattern; of a list any element may. What is not there fits only ``!*``."""
    if pattern.startswith("!"):
        return not matches(value, pattern[1:])
    if isinstance(value, list):
        return any(matches(one, pattern) for one in value if not isinstance(one, list))
    return value is not None and fnmatchcase(_plain(value), pattern)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def described(template: str, source: Source, delivery: str, label: Label, payload: Any) -> str:
    """The template with every place filled in.

    Numbers and truth values stand as they are, text in quotes on one line, cut at 200 characters; what is missing reads
    ``null``. No other syntax exists: a place is a path, and nothing is ever called.
    """
    own = {"event": label.event, "delivery": delivery, "source": source.name}

    def fill(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0][0]
        return quoted(own[found[1]] if found[1] in own else look(payload, found[1]))

    return _PLACE.sub(fill, template)


def quoted(value: Any) -> str:
    """A value of somebody outside, so that it cannot be taken for the words around it."""
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        flat = " ".join("".join(sign if sign.isprintable() else " " for sign in value[: 4 * _LONGEST]).split())
        return json.dumps(flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1] + "…", ensure_ascii=False)
    return json.dumps(value)


def check(rule: Rule, where: str) -> None:
    """See that a rule can be used.

    Raises:
        InvalidRequest: its template has a place that is no path, or it describes nothing.
    """
    if not rule.description.strip():
        raise InvalidRequest(f"{where}: the description is empty; say what is to be done")
    rest = _PLACE.sub("", rule.description)
    places = [found[1] for found in _PLACE.finditer(rule.description) if found[1] is not None]
    wrong = next((place for place in places if not _PATH.fullmatch(place)), None)
    if wrong is not None or "{" in rest or "}" in rest:
        raise InvalidRequest(
            f"{where}: {wrong if wrong is not None else rest!r} is no place of a template; write {{path.to.value}}, "
            f"one of {', '.join(_OWN)}, or {{{{ for a brace"
        )


def work(rule: Rule, source: Source, delivery: str, label: Label, payload: Any, text: str) -> operations.tasks.Submit:
    """The task that a delivery becomes. ``text`` is its body."""
    handed = Material(text=text, source=f"webhook {source.name} {delivery}", kind="json")
    return operations.tasks.Submit(
        description=described(rule.description, source, delivery, label, payload),
        agent=rule.agent,
        model=rule.model,
        material=(handed,) if rule.payload and text else (),
        origin=f"webhook/{source.name}/{delivery}",
        tools=rule.tools,
        scopes=rule.scopes,
        workspace=rule.workspace,
        budget=rule.budget,
        tokens=rule.tokens,
        money=rule.money,
        seconds=rule.seconds,
        depth=rule.depth,
        fan_out=rule.fan_out,
        thread=rule.thread,
        priority=rule.priority,
    )
