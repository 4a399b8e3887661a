"""The resources of the asynchronous client: one class for each noun of the API, one method for each operation.

Made by the client. ``OPERATIONS`` lists them all; the contract gates compare it with the document and the wire.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .. import models
from .._settings import Options
from .resource import DEFAULT, AsyncPages, AsyncResource, present
from .stream import FINAL, AsyncStream

POLL = 30.0
"""Seconds that one request waits for an outcome; longer ones are cut by what stands between."""


class Agents(AsyncResource):
    """Operations on agents."""

    async def list(self, *, options: Options | None = None) -> models.AgentList:
        """Agents that can be named."""
        return await self._ask("agents.list", models.AgentList, options)

    async def get(self, name: str, *, options: Options | None = None) -> models.AgentView:
        """One agent."""
        return await self._ask("agents.get", models.AgentView, options, name=name)

    async def statistics(self, name: str, *, options: Options | None = None) -> models.Statistics:
        """What an agent's tasks came to, with the number of samples."""
        return await self._ask("agents.statistics", models.Statistics, options, name=name)

    async def delete(self, name: str, *, options: Options | None = None) -> models.PersonaList:
        """Remove an agent that was made out of data."""
        return await self._ask("agents.delete", models.PersonaList, options, name=name)

    async def personas(self, *, options: Options | None = None) -> models.PersonaList:
        """Agents that were made out of data, by name."""
        return await self._ask("agents.personas", models.PersonaList, options)

    async def register(
        self,
        name: str,
        *,
        agent: str | None = None,
        budget: int | None = None,
        description: str | None = None,
        instructions: str | None = None,
        model: str | None = None,
        money: int | None = None,
        scopes: Sequence[str] | None = None,
        seconds: float | None = None,
        tokens: int | None = None,
        tools: Sequence[str] | None = None,
        options: Options | None = None,
    ) -> models.SetPersona:
        """Make an agent out of data."""
        return await self._ask(
            "agents.register",
            models.SetPersona,
            options,
            body=models.SetPersonaInput(
                **present(
                    {
                        "name": name,
                        "agent": agent,
                        "budget": budget,
                        "description": description,
                        "instructions": instructions,
                        "model": model,
                        "money": money,
                        "scopes": scopes,
                        "seconds": seconds,
                        "tokens": tokens,
                        "tools": tools,
                    }
                )
            ),
        )

    async def update(
        self,
        name: str,
        *,
        agent: str | None = None,
        budget: int | None = None,
        description: str | None = None,
        instructions: str | None = None,
        model: str | None = None,
        money: int | None = None,
        scopes: Sequence[str] | None = None,
        seconds: float | None = None,
        tokens: int | None = None,
        tools: Sequence[str] | None = None,
        options: Options | None = None,
    ) -> models.SetPersona:
        """Change an agent that was made out of data."""
        return await self._ask(
            "agents.update",
            models.SetPersona,
            options,
            name=name,
            body=models.SetPersonaBody(
                **present(
                    {
                        "agent": agent,
                        "budget": budget,
                        "description": description,
                        "instructions": instructions,
                        "model": model,
                        "money": money,
                        "scopes": scopes,
                        "seconds": seconds,
                        "tokens": tokens,
                        "tools": tools,
                    }
                )
            ),
        )


class Artefacts(AsyncResource):
    """Operations on artefacts."""

    async def get(self, id: str, name: str, *, options: Options | None = None) -> bytes:
        """A file that a task made."""
        return await self._ask("artefacts.get", bytes, options, id=id, name=name)


class Calls(AsyncResource):
    """Operations on calls."""

    async def list(
        self,
        *,
        task: str | None = None,
        waits: str | None = None,
        after: str | None = None,
        limit: int | None = None,
        options: Options | None = None,
    ) -> models.CallPage:
        """Calls that wait for somebody."""
        return await self._ask("calls.list", models.CallPage, options, task=task, waits=waits, after=after, limit=limit)

    async def reply(
        self,
        id: str,
        call: str,
        *,
        allow: bool | None = None,
        arguments: Mapping[str, Any] | None = None,
        text: str | None = None,
        options: Options | None = None,
    ) -> models.TaskView:
        """Answer a question, or allow or refuse a call."""
        return await self._ask(
            "calls.reply",
            models.TaskView,
            options,
            id=id,
            call=call,
            body=models.ReplyBody(
                **present({"allow": allow, "arguments": _free(models.ReplyBodyArguments, arguments), "text": text})
            ),
        )

    async def observe(
        self,
        id: str,
        *,
        observation: models.ObservationInput,
        files: Sequence[models.Made] | None = None,
        token: str | None = None,
        options: Options | None = None,
    ) -> models.TaskView:
        """Settle a pending call."""
        return await self._ask(
            "calls.observe",
            models.TaskView,
            options,
            id=id,
            body=models.ObserveBody(**present({"observation": observation, "files": files, "token": token})),
        )

    def each(self, *, options: Options | None = None, **filters: Any) -> AsyncPages[models.CallView]:
        """All calls that ``list`` would show, page by page, as they are asked for."""
        first = filters.pop("after", None)
        return AsyncPages(lambda after: self.list(**filters, after=after, options=options), "calls", _next, first)


class Context(AsyncResource):
    """Operations on context."""

    async def count(self, text: str, *, counter: str | None = None, options: Options | None = None) -> models.Counted:
        """Count the tokens of a text."""
        return await self._ask(
            "context.count", models.Counted, options, body=models.Count(**present({"text": text, "counter": counter}))
        )

    async def fit(
        self,
        *,
        budget: int,
        text: str,
        compressor: str | None = None,
        counter: str | None = None,
        kind: str | None = None,
        query: str | None = None,
        options: Options | None = None,
    ) -> models.Fitting:
        """Fit a text into a budget."""
        return await self._ask(
            "context.fit",
            models.Fitting,
            options,
            body=models.Fit(
                **present(
                    {
                        "budget": budget,
                        "text": text,
                        "compressor": compressor,
                        "counter": counter,
                        "kind": kind,
                        "query": query,
                    }
                )
            ),
        )

    async def pack(
        self,
        query: str,
        *,
        budget: int | None = None,
        compressor: str | None = None,
        counter: str | None = None,
        inputs: Sequence[str] | None = None,
        memory: str | None = None,
        scopes: Sequence[str] | None = None,
        options: Options | None = None,
    ) -> models.Packed:
        """Pack documents and memories for a query."""
        return await self._ask(
            "context.pack",
            models.Packed,
            options,
            body=models.PackContext(
                **present(
                    {
                        "query": query,
                        "budget": budget,
                        "compressor": compressor,
                        "counter": counter,
                        "inputs": inputs,
                        "memory": memory,
                        "scopes": scopes,
                    }
                )
            ),
        )


class Events(AsyncResource):
    """Operations on events."""

    async def list(
        self,
        *,
        after: int | None = None,
        task: str | None = None,
        limit: int | None = None,
        wait: float | None = None,
        options: Options | None = None,
    ) -> models.EventPage:
        """A page of the log."""
        return await self._ask("events.list", models.EventPage, options, after=after, task=task, limit=limit, wait=wait)

    def stream(
        self,
        *,
        task: str | None = None,
        root: str | None = None,
        thread: str | None = None,
        kinds: Sequence[str] | None = None,
        after: str | None = None,
        live: bool | None = None,
        options: Options | None = None,
    ) -> AsyncStream:
        """Events as they come, resumed without a gap.

        It gives up after as many breaks in a row as a call is tried again. A server that is restarted is away for
        longer: ``Options(retries=20)`` waits for some two minutes at most.
        """
        asked = present({"task": task, "root": root, "thread": thread, "kinds": kinds, "after": after, "live": live})
        return AsyncStream(self._transport, asked, options)

    def each(self, *, after: int = 0, options: Options | None = None, **filters: Any) -> AsyncPages[models.Recorded]:
        """All frames of the log behind ``after``, page by page, up to its end as it is then."""
        return AsyncPages(
            lambda place: self.list(**filters, after=place, options=options),
            "frames",
            lambda page: page.position if page.frames else None,
            after,
        )


class Heads(AsyncResource):
    """Operations on heads."""

    async def export(self, *, options: Options | None = None) -> models.SignedHead:
        """The head of the log, signed, to be kept elsewhere."""
        return await self._ask("heads.export", models.SignedHead, options)


class Http(AsyncResource):
    """Operations on http."""

    async def status(self, *, options: Options | None = None) -> models.HttpStatus:
        """How the HTTP face stands."""
        return await self._ask("http.status", models.HttpStatus, options)


class Jobs(AsyncResource):
    """Operations on jobs."""

    async def list(self, *, options: Options | None = None) -> models.JobList:
        """Jobs, newest first."""
        return await self._ask("jobs.list", models.JobList, options)

    async def get(self, id: str, *, options: Options | None = None) -> models.Job:
        """How far a job is."""
        return await self._ask("jobs.get", models.Job, options, id=id)

    async def backup(self, target: str, *, options: Options | None = None) -> models.Job:
        """Begin to copy memories and log into a folder, while work goes on."""
        return await self._ask("jobs.backup", models.Job, options, body=models.Backup(**present({"target": target})))

    async def rebuild(self, *, since: float | None = None, options: Options | None = None) -> models.Job:
        """Begin to fold the log into fresh tables."""
        return await self._ask("jobs.rebuild", models.Job, options, body=models.Rebuild(**present({"since": since})))

    async def verify(self, *, options: Options | None = None) -> models.Job:
        """Begin to read the whole log and name what is wrong."""
        return await self._ask("jobs.verify", models.Job, options)


class Letters(AsyncResource):
    """Operations on letters."""

    async def list(
        self, *, after: str | None = None, limit: int | None = None, options: Options | None = None
    ) -> models.TaskPage:
        """Dead letters, newest first."""
        return await self._ask("letters.list", models.TaskPage, options, after=after, limit=limit)

    async def get(self, id: str, *, options: Options | None = None) -> models.TaskView:
        """One dead letter."""
        return await self._ask("letters.get", models.TaskView, options, id=id)

    async def discard(self, id: str, *, options: Options | None = None) -> models.TaskView:
        """Put a dead letter away."""
        return await self._ask("letters.discard", models.TaskView, options, id=id)

    async def replay(self, id: str, *, options: Options | None = None) -> models.Submitted:
        """Try a dead letter again, as a new task."""
        return await self._ask("letters.replay", models.Submitted, options, id=id)

    def each(self, *, options: Options | None = None, **filters: Any) -> AsyncPages[models.TaskView]:
        """All dead letters, page by page, as they are asked for."""
        first = filters.pop("after", None)
        return AsyncPages(lambda after: self.list(**filters, after=after, options=options), "tasks", _next, first)


class Log(AsyncResource):
    """Operations on log."""

    async def erase(
        self, *, everything: bool | None = None, task: str | None = None, options: Options | None = None
    ) -> models.Erasure:
        """Erase the content of a task, or of everything that the tenant has."""
        return await self._ask(
            "log.erase", models.Erasure, options, body=models.Erase(**present({"everything": everything, "task": task}))
        )

    async def seal(self, *, before: float, target: str, options: Options | None = None) -> models.Sealing:
        """Move old frames into a segment file."""
        return await self._ask(
            "log.seal", models.Sealing, options, body=models.Seal(**present({"before": before, "target": target}))
        )


class Memory(AsyncResource):
    """Operations on memory."""

    async def remember(
        self, memories: Sequence[models.MemoryInput], *, backend: str | None = None, options: Options | None = None
    ) -> models.Remembered:
        """Remember something."""
        return await self._ask(
            "memory.remember",
            models.Remembered,
            options,
            body=models.Remember(**present({"memories": memories, "backend": backend})),
        )

    async def export(
        self,
        selection: models.Selection,
        *,
        backend: str | None = None,
        limit: int | None = None,
        options: Options | None = None,
    ) -> models.Exported:
        """Memories as they were remembered."""
        return await self._ask(
            "memory.export",
            models.Exported,
            options,
            body=models.Export(**present({"selection": selection, "backend": backend, "limit": limit})),
        )

    async def forget(
        self, selection: models.Selection, *, backend: str | None = None, options: Options | None = None
    ) -> models.Forgotten:
        """Forget memories."""
        return await self._ask(
            "memory.forget",
            models.Forgotten,
            options,
            body=models.Forget(**present({"selection": selection, "backend": backend})),
        )

    async def recall(
        self,
        text: str,
        *,
        as_of: float | None = None,
        at: float | None = None,
        backend: str | None = None,
        limit: int | None = None,
        scopes: Sequence[str] | None = None,
        tiers: Sequence[str] | None = None,
        options: Options | None = None,
    ) -> models.Recalled:
        """Find what fits a question."""
        return await self._ask(
            "memory.recall",
            models.Recalled,
            options,
            body=models.Recall(
                **present(
                    {
                        "text": text,
                        "as_of": as_of,
                        "at": at,
                        "backend": backend,
                        "limit": limit,
                        "scopes": scopes,
                        "tiers": tiers,
                    }
                )
            ),
        )

    async def get(
        self, scope: str, id: str, *, backend: str | None = None, options: Options | None = None
    ) -> models.Memory:
        """One memory."""
        return await self._ask("memory.get", models.Memory, options, scope=scope, id=id, backend=backend)

    async def use(
        self, *, ids: Sequence[str], scope: str, backend: str | None = None, options: Options | None = None
    ) -> models.Used:
        """Count a use of memories."""
        return await self._ask(
            "memory.use",
            models.Used,
            options,
            body=models.Use(**present({"ids": ids, "scope": scope, "backend": backend})),
        )


class Plugins(AsyncResource):
    """Operations on plugins."""

    async def list(self, *, options: Options | None = None) -> models.PluginList:
        """Installed plugins."""
        return await self._ask("plugins.list", models.PluginList, options)


class Schedules(AsyncResource):
    """Operations on schedules."""

    async def list(self, *, options: Options | None = None) -> models.Schedules:
        """Schedules, by id."""
        return await self._ask("schedules.list", models.Schedules, options)

    async def remove(self, id: str, *, options: Options | None = None) -> models.Schedules:
        """Fire a schedule no more."""
        return await self._ask("schedules.remove", models.Schedules, options, id=id)

    async def get(self, id: str, *, options: Options | None = None) -> models.ScheduleView:
        """One schedule."""
        return await self._ask("schedules.get", models.ScheduleView, options, id=id)

    async def set(
        self,
        id: str,
        *,
        request: models.SubmitInput,
        cron: str | None = None,
        every: float | None = None,
        paused: bool | None = None,
        zone: str | None = None,
        options: Options | None = None,
    ) -> models.ScheduleView:
        """Submit a task again and again."""
        return await self._ask(
            "schedules.set",
            models.ScheduleView,
            options,
            id=id,
            body=models.SetScheduleBody(
                **present({"request": request, "cron": cron, "every": every, "paused": paused, "zone": zone})
            ),
        )

    async def pause(self, id: str, *, options: Options | None = None) -> models.ScheduleView:
        """Let a schedule rest."""
        return await self._ask("schedules.pause", models.ScheduleView, options, id=id)

    async def resume(self, id: str, *, options: Options | None = None) -> models.ScheduleView:
        """Let a schedule that rests go on."""
        return await self._ask("schedules.resume", models.ScheduleView, options, id=id)


class System(AsyncResource):
    """Operations on system."""

    async def health(self, *, options: Options | None = None) -> models.Health:
        """Look at everything and say what to mend."""
        return await self._ask("system.health", models.Health, options)


class Tasks(AsyncResource):
    """Operations on tasks."""

    async def list(
        self,
        *,
        statuses: Sequence[str] | None = None,
        thread: str | None = None,
        agent: str | None = None,
        root: str | None = None,
        parent: str | None = None,
        after: str | None = None,
        limit: int | None = None,
        options: Options | None = None,
    ) -> models.TaskPage:
        """Tasks, newest first."""
        return await self._ask(
            "tasks.list",
            models.TaskPage,
            options,
            statuses=statuses,
            thread=thread,
            agent=agent,
            root=root,
            parent=parent,
            after=after,
            limit=limit,
        )

    async def submit(
        self,
        description: str,
        *,
        agent: str | None = None,
        budget: int | None = None,
        compressor: str | None = None,
        context: str | None = None,
        deadline: float | None = None,
        depth: int | None = None,
        fan_out: int | None = None,
        inputs: Sequence[str] | None = None,
        material: Sequence[models.MaterialInput] | None = None,
        memory: str | None = None,
        model: str | None = None,
        money: int | None = None,
        needs: Sequence[str] | None = None,
        not_before: float | None = None,
        origin: str | None = None,
        priority: int | None = None,
        scopes: Sequence[str] | None = None,
        seconds: float | None = None,
        thread: str | None = None,
        tokens: int | None = None,
        tools: Sequence[str] | None = None,
        workspace: str | None = None,
        options: Options | None = None,
    ) -> models.Submitted:
        """Queue a task; answered once it is on disk."""
        return await self._ask(
            "tasks.submit",
            models.Submitted,
            options,
            body=models.SubmitInput(
                **present(
                    {
                        "description": description,
                        "agent": agent,
                        "budget": budget,
                        "compressor": compressor,
                        "context": context,
                        "deadline": deadline,
                        "depth": depth,
                        "fan_out": fan_out,
                        "inputs": inputs,
                        "material": material,
                        "memory": memory,
                        "model": model,
                        "money": money,
                        "needs": needs,
                        "not_before": not_before,
                        "origin": origin,
                        "priority": priority,
                        "scopes": scopes,
                        "seconds": seconds,
                        "thread": thread,
                        "tokens": tokens,
                        "tools": tools,
                        "workspace": workspace,
                    }
                )
            ),
        )

    async def submit_all(
        self, tasks: Sequence[models.SubmitInput], *, options: Options | None = None
    ) -> models.SubmittedAll:
        """Queue up to 100 tasks, all or none."""
        return await self._ask(
            "tasks.submit_all", models.SubmittedAll, options, body=models.SubmitAll(**present({"tasks": tasks}))
        )

    async def get(self, id: str, *, options: Options | None = None) -> models.TaskView:
        """One task as it stands."""
        return await self._ask("tasks.get", models.TaskView, options, id=id)

    async def cancel(self, id: str, *, reason: str | None = None, options: Options | None = None) -> models.TaskView:
        """Ask a task and all below it to end."""
        return await self._ask(
            "tasks.cancel", models.TaskView, options, id=id, body=models.CancelBody(**present({"reason": reason}))
        )

    async def fork(
        self,
        id: str,
        *,
        agent: str | None = None,
        budget: int | None = None,
        context: str | None = None,
        description: str | None = None,
        model: str | None = None,
        tokens: int | None = None,
        turn: int | None = None,
        options: Options | None = None,
    ) -> models.Submitted:
        """Go on from any turn of a task, with changes."""
        return await self._ask(
            "tasks.fork",
            models.Submitted,
            options,
            id=id,
            body=models.ForkBody(
                **present(
                    {
                        "agent": agent,
                        "budget": budget,
                        "context": context,
                        "description": description,
                        "model": model,
                        "tokens": tokens,
                        "turn": turn,
                    }
                )
            ),
        )

    async def message(self, id: str, *, text: str, options: Options | None = None) -> models.TaskView:
        """Say something to a task."""
        return await self._ask(
            "tasks.message", models.TaskView, options, id=id, body=models.MessageBody(**present({"text": text}))
        )

    async def expand(self, id: str, passage: str, *, options: Options | None = None) -> models.Expanded:
        """Bring back a passage that a context dropped."""
        return await self._ask("tasks.expand", models.Expanded, options, id=id, passage=passage)

    async def retry(self, id: str, *, options: Options | None = None) -> models.Submitted:
        """Try a task that failed or was cancelled again, as a new task."""
        return await self._ask("tasks.retry", models.Submitted, options, id=id)

    async def tree(self, id: str, *, options: Options | None = None) -> models.TaskPage:
        """A task and everything it delegated."""
        return await self._ask("tasks.tree", models.TaskPage, options, id=id)

    async def turns(self, id: str, *, options: Options | None = None) -> models.Turns:
        """The turns of a task with their ledgers."""
        return await self._ask("tasks.turns", models.Turns, options, id=id)

    async def wait(self, id: str, *, seconds: float | None = None, options: Options | None = None) -> models.TaskView:
        """One task, once it has an outcome; or as it stands after ``seconds``, where they are given."""
        until = None if seconds is None else time.monotonic() + seconds
        while True:
            left = POLL if until is None else max(0.0, min(POLL, until - time.monotonic()))
            patient = _patient(self._transport.settings.timeout, left, options)
            task = await self._ask("tasks.wait", models.TaskView, patient, id=id, seconds=left)
            if task.status in FINAL or (until is not None and time.monotonic() >= until):
                return task

    async def run(
        self, description: str, *, seconds: float | None = None, options: Options | None = None, **more: Any
    ) -> models.TaskView:
        """Submit a task (``more`` is what ``submit`` takes) and wait for its outcome."""
        submitted = await self.submit(description, **more, options=options)
        return await self.wait(submitted.id, seconds=seconds)

    def stream(
        self, id: str, *, after: str | None = None, live: bool | None = None, options: Options | None = None
    ) -> AsyncStream:
        """The events of one task from its first on, or from behind ``after``, to its last.

        It gives up after as many breaks in a row as a call is tried again. A server that is restarted is away for
        longer: ``Options(retries=20)`` waits for some two minutes at most.
        """
        return AsyncStream(self._transport, present({"task": id, "after": after, "live": live}), options)

    def each(self, *, options: Options | None = None, **filters: Any) -> AsyncPages[models.TaskView]:
        """All tasks that ``list`` would show, page by page, as they are asked for."""
        first = filters.pop("after", None)
        return AsyncPages(lambda after: self.list(**filters, after=after, options=options), "tasks", _next, first)


class Tenants(AsyncResource):
    """Operations on tenants."""

    async def list(self, *, options: Options | None = None) -> models.TenantList:
        """Tenants, by id."""
        return await self._ask("tenants.list", models.TenantList, options)

    async def create(
        self, id: str, *, queue: int | None = None, rate: float | None = None, options: Options | None = None
    ) -> models.TenantView:
        """Make a tenant."""
        return await self._ask(
            "tenants.create",
            models.TenantView,
            options,
            body=models.SetTenant(**present({"id": id, "queue": queue, "rate": rate})),
        )

    async def erase(self, id: str, *, options: Options | None = None) -> models.Erasure:
        """Erase all content of a tenant, and revoke its tokens."""
        return await self._ask("tenants.erase", models.Erasure, options, id=id)

    async def limit(
        self, id: str, *, queue: int | None = None, rate: float | None = None, options: Options | None = None
    ) -> models.TenantView:
        """Change what a tenant may ask for."""
        return await self._ask(
            "tenants.limit",
            models.TenantView,
            options,
            id=id,
            body=models.SetTenantBody(**present({"queue": queue, "rate": rate})),
        )


class Tokens(AsyncResource):
    """Operations on tokens."""

    async def list(self, *, options: Options | None = None) -> models.TokenList:
        """Tokens, without their secrets."""
        return await self._ask("tokens.list", models.TokenList, options)

    async def create(
        self,
        *,
        days: float | None = None,
        name: str | None = None,
        scopes: Sequence[str] | None = None,
        tenant: str | None = None,
        options: Options | None = None,
    ) -> models.TokenCreated:
        """Make a token."""
        return await self._ask(
            "tokens.create",
            models.TokenCreated,
            options,
            body=models.CreateToken(**present({"days": days, "name": name, "scopes": scopes, "tenant": tenant})),
        )

    async def revoke(self, id: str, *, options: Options | None = None) -> models.TokenView:
        """End a token at once."""
        return await self._ask("tokens.revoke", models.TokenView, options, id=id)

    async def rotate(
        self, id: str, *, overlap_hours: float | None = None, options: Options | None = None
    ) -> models.TokenCreated:
        """Replace a token, with an overlap."""
        return await self._ask(
            "tokens.rotate",
            models.TokenCreated,
            options,
            id=id,
            body=models.RotateTokenBody(**present({"overlap_hours": overlap_hours})),
        )


class Tools(AsyncResource):
    """Operations on tools."""

    async def list(self, *, options: Options | None = None) -> models.ToolList:
        """Tools that agents can be granted."""
        return await self._ask("tools.list", models.ToolList, options)


class Deliveries(AsyncResource):
    """Operations on deliveries."""

    async def list(
        self,
        *,
        endpoint: str | None = None,
        source: str | None = None,
        state: str | None = None,
        before: int | None = None,
        limit: int | None = None,
        options: Options | None = None,
    ) -> models.DeliveryPage:
        """Deliveries in and out, newest first."""
        return await self._ask(
            "deliveries.list",
            models.DeliveryPage,
            options,
            endpoint=endpoint,
            source=source,
            state=state,
            before=before,
            limit=limit,
        )

    async def replay(
        self,
        *,
        dead: bool | None = None,
        endpoint: str | None = None,
        ids: Sequence[str] | None = None,
        source: str | None = None,
        options: Options | None = None,
    ) -> models.Replayed:
        """Deliver again, with the same id."""
        return await self._ask(
            "deliveries.replay",
            models.Replayed,
            options,
            body=models.Replay(**present({"dead": dead, "endpoint": endpoint, "ids": ids, "source": source})),
        )


class Endpoints(AsyncResource):
    """Operations on endpoints."""

    async def list(self, *, options: Options | None = None) -> models.EndpointList:
        """Endpoints, by id."""
        return await self._ask("endpoints.list", models.EndpointList, options)

    async def remove(self, id: str, *, options: Options | None = None) -> models.EndpointList:
        """Forget an endpoint."""
        return await self._ask("endpoints.remove", models.EndpointList, options, id=id)

    async def set(
        self,
        id: str,
        *,
        url: str,
        description: str | None = None,
        events: Sequence[str] | None = None,
        order: str | None = None,
        signing: Sequence[str] | None = None,
        where: Mapping[str, Any] | None = None,
        options: Options | None = None,
    ) -> models.EndpointView:
        """Set up an endpoint for events."""
        return await self._ask(
            "endpoints.set",
            models.EndpointView,
            options,
            id=id,
            body=models.SetEndpointBody(
                **present(
                    {
                        "url": url,
                        "description": description,
                        "events": events,
                        "order": order,
                        "signing": signing,
                        "where": _free(models.SetEndpointBodyWhere, where),
                    }
                )
            ),
        )

    async def disable(
        self, id: str, *, reason: str | None = None, options: Options | None = None
    ) -> models.EndpointView:
        """Send nothing more to an endpoint, and keep its events."""
        return await self._ask(
            "endpoints.disable",
            models.EndpointView,
            options,
            id=id,
            body=models.DisableBody(**present({"reason": reason})),
        )

    async def enable(self, id: str, *, options: Options | None = None) -> models.EndpointView:
        """Send to an endpoint again, what was kept first."""
        return await self._ask("endpoints.enable", models.EndpointView, options, id=id)

    async def rotate(
        self, id: str, *, close: bool | None = None, options: Options | None = None
    ) -> models.EndpointView:
        """Give an endpoint a new key."""
        return await self._ask(
            "endpoints.rotate", models.EndpointView, options, id=id, body=models.RotateBody(**present({"close": close}))
        )


class Sources(AsyncResource):
    """Operations on sources."""

    async def list(self, *, options: Options | None = None) -> models.SourceList:
        """Sources of webhooks, by name."""
        return await self._ask("sources.list", models.SourceList, options)

    async def remove(self, name: str, *, options: Options | None = None) -> models.SourceList:
        """Take no more deliveries of a source."""
        return await self._ask("sources.remove", models.SourceList, options, name=name)

    async def set(
        self,
        name: str,
        *,
        scheme: str,
        secrets: Sequence[str],
        form: models.FormInput | None = None,
        rules: Sequence[models.RuleInput] | None = None,
        tolerance: float | None = None,
        unique: str | None = None,
        options: Options | None = None,
    ) -> models.SourceView:
        """Set up a source of webhooks."""
        return await self._ask(
            "sources.set",
            models.SourceView,
            options,
            name=name,
            body=models.SetSourceBody(
                **present(
                    {
                        "scheme": scheme,
                        "secrets": secrets,
                        "form": form,
                        "rules": rules,
                        "tolerance": tolerance,
                        "unique": unique,
                    }
                )
            ),
        )


class Workers(AsyncResource):
    """Operations on workers."""

    async def list(self, *, options: Options | None = None) -> models.WorkerList:
        """Workers, by id."""
        return await self._ask("workers.list", models.WorkerList, options)

    async def register(
        self,
        *,
        agents: Sequence[models.OfferedAgent] | None = None,
        id: str | None = None,
        name: str | None = None,
        tools: Sequence[models.ToolInput] | None = None,
        ttl: float | None = None,
        options: Options | None = None,
    ) -> models.WorkerView:
        """Offer tools and agents from a process of your own."""
        return await self._ask(
            "workers.register",
            models.WorkerView,
            options,
            body=models.Register(**present({"agents": agents, "id": id, "name": name, "tools": tools, "ttl": ttl})),
        )

    async def leave(self, id: str, *, options: Options | None = None) -> models.WorkerList:
        """Offer nothing any more."""
        return await self._ask("workers.leave", models.WorkerList, options, id=id)

    async def claim(
        self, id: str, *, limit: int | None = None, seconds: float | None = None, options: Options | None = None
    ) -> models.Claimed:
        """Take calls to work on."""
        return await self._ask(
            "workers.claim",
            models.Claimed,
            options,
            id=id,
            body=models.ClaimBody(**present({"limit": limit, "seconds": seconds})),
        )

    async def heartbeat(self, id: str, *, options: Options | None = None) -> models.WorkerView:
        """Say that a worker is alive."""
        return await self._ask("workers.heartbeat", models.WorkerView, options, id=id)

    async def observe(
        self,
        id: str,
        *,
        call: str,
        task: str,
        decision: models.Decision | None = None,
        files: Sequence[models.Made] | None = None,
        observation: models.ObservationInput | None = None,
        options: Options | None = None,
    ) -> models.TaskView:
        """Settle a call that a worker holds."""
        return await self._ask(
            "workers.observe",
            models.TaskView,
            options,
            id=id,
            body=models.SettleBody(
                **present(
                    {"call": call, "task": task, "decision": decision, "files": files, "observation": observation}
                )
            ),
        )


def _next(page: Any) -> Any:
    return page.next_ or None


def _patient(timeout: float, seconds: float, options: Options | None) -> Options:
    """Options for a request that the server holds back for ``seconds``."""
    options = options or DEFAULT
    return replace(options, timeout=(timeout if options.timeout is None else options.timeout) + seconds)


def _free(shape: type[Any], given: Mapping[str, Any] | None) -> Any:
    """An object whose names are the caller's own."""
    return None if given is None else shape.from_dict(given)


OPERATIONS = (
    "agents.list",
    "agents.register",
    "agents.delete",
    "agents.get",
    "agents.update",
    "agents.statistics",
    "agents.personas",
    "artefacts.get",
    "calls.list",
    "calls.reply",
    "calls.observe",
    "context.count",
    "context.fit",
    "context.pack",
    "deliveries.list",
    "deliveries.replay",
    "endpoints.list",
    "endpoints.remove",
    "endpoints.set",
    "endpoints.disable",
    "endpoints.enable",
    "endpoints.rotate",
    "events.list",
    "events.stream",
    "heads.export",
    "http.status",
    "jobs.list",
    "jobs.get",
    "jobs.backup",
    "jobs.rebuild",
    "jobs.verify",
    "letters.list",
    "letters.get",
    "letters.discard",
    "letters.replay",
    "log.erase",
    "log.seal",
    "memory.remember",
    "memory.export",
    "memory.forget",
    "memory.recall",
    "memory.use",
    "memory.get",
    "plugins.list",
    "schedules.list",
    "schedules.remove",
    "schedules.get",
    "schedules.set",
    "schedules.pause",
    "schedules.resume",
    "sources.list",
    "sources.remove",
    "sources.set",
    "system.health",
    "tasks.list",
    "tasks.submit",
    "tasks.submit_all",
    "tasks.get",
    "tasks.cancel",
    "tasks.fork",
    "tasks.message",
    "tasks.expand",
    "tasks.retry",
    "tasks.tree",
    "tasks.turns",
    "tasks.wait",
    "tenants.list",
    "tenants.create",
    "tenants.erase",
    "tenants.limit",
    "tokens.list",
    "tokens.create",
    "tokens.revoke",
    "tokens.rotate",
    "tools.list",
    "workers.list",
    "workers.register",
    "workers.leave",
    "workers.claim",
    "workers.heartbeat",
    "workers.observe",
)
