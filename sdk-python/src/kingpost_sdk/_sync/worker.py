# Made out of ../_async by `make contracts`; mend it there.
"""A worker: agents and tools that an application serves from its own process, over ``workers.*``.

Made by ``client.worker``. It registers, gives signs of life, claims calls, settles them and leaves. What a function
raises is what the agent is told; a claim that was lost meanwhile is let go.
"""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from .. import models
from .._errors import (
    AnswerInvalid,
    ClaimLost,
    Conflict,
    ConnectionFailed,
    FinalError,
    KingpostError,
    NotFound,
    TransientError,
)
from .._files import HandedIn
from .._policy import pause
from .._settings import Options, Settings
from ._hands import Cancelled, Hands, Said, Signal, settle, waited
from ._wire import sleep_for

Decided: TypeAlias = "str | models.Decision | Mapping[str, Any]"
"""What an agent may say: its answer, a decision, or the JSON of one."""

Tool: TypeAlias = "Callable[[Mapping[str, Any], models.Work], Said[str | HandedIn]]"
Agent: TypeAlias = "Callable[[models.Asking, models.Work], Said[Decided]]"
Problem: TypeAlias = "Callable[[Exception, models.Work | None], None]"

_AnyTool = TypeVar("_AnyTool", bound="Tool")
_AnyAgent = TypeVar("_AnyAgent", bound="Agent")
_log = logging.getLogger("kingpost_sdk")
_NAP = 0.2
_PASSING = (TransientError, ConnectionFailed, AnswerInvalid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a worker works; seconds everywhere."""

    name: str
    parallel: int
    ttl: float
    wait: float
    on_problem: Problem | None


class Worker:
    """Serves what ``tool`` and ``agent`` name, up to ``parallel`` calls at once, until it is told to stop.

    The server takes it for dead when it is silent for ``ttl`` seconds, and gives its calls to others. ``wait`` is how
    long one request for calls is held open, in seconds, and so how long a stop may take. ``on_problem`` is told what
    went wrong: with a call where it was over one, and else of the connection; the default writes a warning.
    """

    def __init__(self, workers: Any, settings: Settings, terms: Terms) -> None:
        if terms.parallel < 1:
            raise ValueError(f"parallel is {terms.parallel}; give 1 or more")
        self._workers, self._settings, self._terms = workers, settings, terms
        self._id = ""
        self._on_problem = terms.on_problem or _warn
        self._tools: dict[str, tuple[models.ToolInput, Tool]] = {}
        self._agents: dict[str, tuple[models.OfferedAgent, Agent]] = {}
        self._held: set[str] = set()
        self._hands = Hands()
        self._stopping = False

    def tool(
        self, name: str, description: str, parameters: Mapping[str, Any] | None = None, *, repeatable: bool = False
    ) -> Callable[[_AnyTool], _AnyTool]:
        """Serve a tool with the function below: it gets the arguments and the call, and gives text back.

        With files that it made the text is in a ``HandedIn``.

        ``parameters`` is a JSON Schema of type object. Only what is ``repeatable`` is given to another worker when this
        one dies over it.
        """
        schema = models.ToolInputParameters.from_dict(dict(parameters or {"type": "object"}))
        offered = models.ToolInput(description, name, schema, repeatable)

        def add(function: _AnyTool) -> _AnyTool:
            self._tools[name] = (offered, function)
            return function

        return add

    def agent(self, name: str, *, tools: bool = False) -> Callable[[_AnyAgent], _AnyAgent]:
        """Serve an agent with the function below: it gets what is asked and the call, and gives a decision.

        With ``tools`` it may decide on calls of tools, and is asked again with what came of them.
        """

        def add(function: _AnyAgent) -> _AnyAgent:
            self._agents[name] = (models.OfferedAgent(name, tools), function)
            return function

        return add

    def stop(self) -> None:
        """Claim nothing more; ``run`` ends when what was begun is settled. A signal handler may call it."""
        self._stopping = True

    def run(self) -> None:
        """Serve until told to stop; then finish what was begun, and leave.

        A server that does not answer is waited for.

        Raises:
            ApiError: the server refuses this worker: its token, or what it offers.
        """
        if (view := self._patient(self._register)) is None:
            return
        over, beats = Signal(), Hands()
        beats.begin("beats", self._beat, view.beat, over)
        try:
            while (free := self._hands.free(self._terms.parallel)) and not self._stopping:
                # One key until there is an answer: what was given out under it, and never arrived, is given out again.
                for work in self._patient(self._claim, free, os.urandom(16).hex()) or ():
                    self._held.add(work.key)
                    self._hands.begin(work.key, self._serve, work, self._id)
            self._hands.done()
        except Cancelled:
            self._hands.abandon()
            raise
        finally:
            self._hands.done()
            over.set()
            beats.done()
            with suppress(KingpostError):
                self._workers.leave(self._id, options=Options(retries=0))

    def _register(self) -> models.WorkerView:
        view: models.WorkerView = self._workers.register(
            name=self._terms.name, ttl=self._terms.ttl,
            tools=[offered for offered, _ in self._tools.values()],
            agents=[offered for offered, _ in self._agents.values()],
        )  # fmt: skip
        self._id = view.id
        return view

    def _claim(self, free: int, key: str) -> list[models.Work]:
        patient = Options(timeout=self._settings.timeout + self._terms.wait, idempotency_key=key)
        try:
            claimed = self._workers.claim(
                self._id, limit=min(free, 100), seconds=self._terms.wait, options=patient
            )
        except NotFound:
            # Forgotten, for having been silent for long. Under a new name it may be given what it had before.
            self._register()
            return []
        work: list[models.Work] = claimed.work
        return work

    def _patient(self, ask: Callable[..., Any], *given: Any) -> Any:
        """What the server answers, however long it is away; ``None`` when told to stop meanwhile."""
        failures = 0
        while True:
            try:
                return ask(*given)
            except _PASSING as problem:
                # Before it was ever known there, a wrong URL is likelier than a page of maintenance.
                if isinstance(problem, AnswerInvalid) and not self._id:
                    raise
                self._on_problem(problem, None)
            until = time.monotonic() + self._pause(failures)
            failures += 1
            # In naps, because `stop` sets no more than a mark.
            while not self._stopping and (left := until - time.monotonic()) > 0:
                sleep_for(min(left, _NAP))
            if self._stopping:
                return None

    def _beat(self, every: float, over: Signal) -> None:
        while not waited(over, every):
            held = set(self._held)
            try:
                view = self._workers.heartbeat(self._id)
            except NotFound:
                continue  # whoever claims registers anew
            except KingpostError as problem:
                self._on_problem(problem, None)
            else:
                for key in held - set(view.holds):
                    # What was settled meanwhile is no longer held, and nothing to be broken off.
                    if self._let_go(key):
                        self._hands.abandon(key)

    def _let_go(self, key: str) -> bool:
        """Hold it no more; whether it was held."""
        try:
            self._held.remove(key)
        except KeyError:
            return False
        return True

    def _serve(self, work: models.Work, holder: str) -> None:
        try:
            said = self._said(work)
        except Cancelled:
            if self._let_go(work.key):
                raise
            said = None
        if said is not None and self._let_go(work.key):
            self._settle(work, holder, said)
        else:
            self._on_problem(ClaimLost(f"the claim on {work.key} was lost"), work)

    def _said(self, work: models.Work) -> dict[str, Any]:
        """What the function for a call says, failures included."""
        try:
            if work.asking:
                decided = settle(self._agents[work.asking.agent][1], work.asking, work)
                return {"decision": _decision(decided)}
            said = settle(self._tools[work.tool][1], work.arguments.additional_properties, work)
            handed = said if isinstance(said, HandedIn) else HandedIn(said, ())
            if not isinstance(handed.text, str):
                raise TypeError(f"a tool says text, not {type(handed.text).__name__}")  # noqa: TRY301 - told like any other
        except Exception as problem:  # noqa: BLE001 - whatever an application raises is what the agent is told
            self._on_problem(problem, work)
            return {"observation": _failure(work, f"{type(problem).__name__}: {problem}")}
        files = {"files": list(handed.files)} if handed.files else {}
        return {"observation": models.ObservationInput(work.call, handed.text), **files}

    def _settle(self, work: models.Work, holder: str, said: dict[str, Any]) -> None:
        """Tell the server, however long it is away: while this worker lives, nobody else is given the call.

        One that is there and for ``ttl`` seconds does not take it is told that it failed. Whoever is told to stop
        meanwhile tries for ``ttl`` seconds.
        """
        until, failures, there = time.monotonic() + self._terms.ttl, 0, False
        once = Options(idempotency_key=os.urandom(16).hex())
        while True:
            try:
                self._workers.observe(holder, task=work.task, call=work.call, options=once, **said)
                return
            except (NotFound, Conflict, FinalError) as problem:
                self._on_problem(ClaimLost(f"the claim on {work.key} was lost: {problem}"), work)
                return
            except _PASSING as problem:
                self._on_problem(problem, work)
                if late := time.monotonic() >= until:
                    if self._stopping:
                        return
                    if there and once.idempotency_key is not None:
                        said, once = {"observation": _failure(work, f"it could not be told: {problem}")}, Options()
                # Who answers now, and then still does not take it, is not away.
                there = late and self._is_there()
                sleep_for(self._pause(failures))
                failures += 1
            except Exception as problem:  # noqa: BLE001 - also what cannot be written as JSON
                self._on_problem(problem, work)
                if once.idempotency_key is None:
                    return
                # What was said is refused: the agent is told that, and not kept waiting.
                said, once = {"observation": _failure(work, str(problem))}, Options()

    def _is_there(self) -> bool:
        """Whether the server answers a sign of life."""
        try:
            self._workers.heartbeat(self._id)
        except KingpostError:
            return False
        return True

    def _pause(self, failures: int) -> float:
        return pause(min(failures, 10), {}, self._settings.retry, random.random(), time.time())  # noqa: S311 - spreads load, guards nothing


def _decision(said: Any) -> models.Decision:
    if isinstance(said, models.Decision):
        return said
    if isinstance(said, str):
        return models.Decision(text=said)
    if isinstance(said, Mapping):
        return models.Decision.from_dict(said)
    raise TypeError(f"an agent says text or a decision, not {type(said).__name__}")


def _failure(work: models.Work, what: str) -> models.ObservationInput:
    told = what[:4000].encode("utf-8", "replace").decode()
    return models.ObservationInput(work.call, told, error="tool.raised")


def _warn(problem: Exception, work: models.Work | None) -> None:
    _log.warning("%s: %s", work.key if work is not None else "worker", problem, exc_info=problem)
