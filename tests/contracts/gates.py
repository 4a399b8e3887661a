"""The gates of the contracts: each takes lists that have to be one, and tells where they are not.

Called by the tests on what is really there, and by the tests that prove that each gate turns red.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from tests.contracts.verification import Node

Pair: TypeAlias = tuple[str, int]
"""An operation, and a status that it answers with."""


def on_the_facade(document: Iterable[str], facade: Iterable[str]) -> list[str]:
    """Operations of the document that a facade lacks, that it has besides, or has twice."""
    wanted, has = set(document), list(facade)
    found = [f"{one} is on no facade" for one in sorted(wanted - set(has))]
    found += [f"{one} is on the facade and not in the document" for one in sorted(set(has) - wanted)]
    return found + [f"{one} is on the facade twice" for one in sorted({one for one in has if has.count(one) > 1})]


def asked(said: Iterable[Node], routes: Mapping[str, tuple[str, str]]) -> list[Pair]:
    """The operation that each request of a pact reaches, and the status that it is answered with.

    Raises:
        ValueError: a request reaches nothing.
    """
    return [(reached(one["request"], routes), one["response"]["status"]) for one in said]


def reached(request: Node, routes: Mapping[str, tuple[str, str]]) -> str:
    """The operation that a request reaches: of two whose paths fit, the one with fewer parameters."""
    fitting = [
        (path.count("{"), operation)
        for operation, (method, path) in routes.items()
        if method == request["method"] and re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)), request["path"])
    ]
    if not fitting:
        raise ValueError(f"{request['method']} {request['path']} is no operation of the document")
    return min(fitting)[1]


def under_contract(document: Iterable[str], agreed: Iterable[Pair], wire: Iterable[Pair]) -> list[str]:
    """What went over the wire and is in no pact, what is in a pact and never went, and operations without a success."""
    pacts, sent = set(agreed), set(wire)
    found = [f"{one} went over the wire and is in no pact" for one in sorted(sent - pacts)]
    found += [f"{one} is in the pacts and never went over the wire" for one in sorted(pacts - sent)]
    succeeded = {operation for operation, status in pacts if status < 300}
    return found + [f"{one} is never seen to succeed" for one in sorted(set(document) - succeeded)]


def whole(said: Iterable[Node], states: Iterable[str]) -> list[str]:
    """What makes a pact green unverified: nothing in it, something pending, a name twice, a state that nobody knows."""
    each, known = list(said), set(states)
    names = [one["description"] for one in each]
    found = [] if each else ["the pact is empty"]
    found += [f"{one['description']} is pending" for one in each if one.get("pending")]
    found += [f"{name} is there twice" for name in sorted({name for name in names if names.count(name) > 1})]
    wanted = {state["name"] for one in each for state in one.get("providerStates", ())}
    return found + [f"nobody knows the state {state!r}" for state in sorted(wanted - known)]


def alike(languages: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What the SDK of one language says and another does not, or says otherwise. Compared with the first of them."""
    (_, first), *others = languages.items()
    return [
        f"{language}: {name}"
        for language, said in others
        for name in sorted(first.keys() | said.keys())
        if first.get(name) != said.get(name)
    ]
