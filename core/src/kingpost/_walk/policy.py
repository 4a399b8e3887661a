"""Which calls may be made, which somebody has to be asked about, and which never.

Called by ``calls`` before anything is executed. Rules are read in order and the first that fits decides; where none
does, the call is allowed: what an agent may use at all is bounded by its grant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from posixpath import normpath
from typing import Any, Literal, get_args

from ..errors import InvalidRequest
from ..records.action import Call
from ..records.record import Record

Verdict = Literal["allow", "ask", "deny"]

_NAMED = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<pattern>.*)", re.DOTALL)
_RULE = re.compile(r"(?P<verdict>\w+)\s+(?P<tool>[^\s(]+)(?:\((?P<pattern>.*)\))?\s*$", re.DOTALL)


class Rule(Record):
    """A verdict on calls of the tools that a pattern names, narrowed to those with arguments that fit another.

    One fitting text is enough to ask or to deny. To allow every text has to fit, or an agent could let through a path
    by what it writes there; ``name=pattern`` looks at one argument only.
    """

    verdict: Verdict
    tool: str
    pattern: str | None = None

    def fits(self, call: Call) -> bool:
        """Whether the rule speaks of this call."""
        if not fnmatchcase(call.tool, self.tool):
            return False
        if self.pattern is None:
            return True
        named = _NAMED.match(self.pattern)
        if named is None:
            return self._fit(_texts(call.arguments), self.pattern)
        if self._fit(_texts(call.arguments.get(named["name"])), named["pattern"]):
            return True
        # What looks like a name may be meant as it stands: ``deny run(TOKEN=*)``.
        return self.verdict != "allow" and self._fit(_texts(call.arguments), self.pattern)

    def _fit(self, texts: Iterator[str], pattern: str) -> bool:
        if self.verdict != "allow":
            return any(_fits(text, pattern) for text in texts)
        every = [".." not in text.split("/") and _fits(text, pattern) for text in texts]
        return bool(every) and all(every)


def parsed(rules: Sequence[str]) -> tuple[Rule, ...]:
    """Rules out of lines such as ``ask write_file(secrets/*)``.

    Raises:
        InvalidRequest: a line is no rule.
    """
    found = []
    for line in rules:
        match = _RULE.match(line.strip())
        if match is None or match["verdict"] not in get_args(Verdict):
            raise InvalidRequest(
                f"{line!r} is no rule; write 'allow', 'ask' or 'deny', a tool, and perhaps a pattern for an argument: "
                "'ask write_file(secrets/*)'"
            )
        found.append(Rule(match["verdict"], match["tool"], match["pattern"]))  # type: ignore[arg-type]  # looked at above
    return tuple(found)


def verdict(rules: Sequence[Rule], call: Call) -> Verdict:
    """What the first rule that fits says of a call."""
    return next((rule.verdict for rule in rules if rule.fits(call)), "allow")


def _fits(text: str, pattern: str) -> bool:
    """A path may be written in many ways; a rule speaks of all of them."""
    return fnmatchcase(text, pattern) or fnmatchcase(normpath(text), pattern)


def _texts(value: Any) -> Iterator[str]:
    """Every text in a call's arguments, and every number as text."""
    if isinstance(value, dict):
        for entry in value.values():
            yield from _texts(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from _texts(entry)
    elif value is not None:
        yield str(value)
