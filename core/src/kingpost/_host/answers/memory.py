"""Answers to operations on memories and contexts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from pydantic_core import to_json

from ..._walk.context import Want, fit, gather, prompt_of, recall_limit
from ..._walk.inputs import Root, Shelf, read_in
from ...errors import InvalidRequest, NotFound
from ...operations import memory as op
from ...operations.bounds import check_limit
from ...protocols import Compressor, MemoryBackend, Tended, TokenCounter
from ...records.codec import dump
from ...records.context import Passage
from ...records.event import Event
from ...records.memory import Memory, Query, Tier
from ...records.record import replace
from ..draft import DEFAULT_SCOPE, default_budget
from ..equip import finder
from ..home import made
from ..intake import check_inputs
from ..keep import check_memory
from ..offered import counter_of
from .house import House


async def _backend(house: House, name: str | None) -> MemoryBackend:
    made(house.home)
    backend: MemoryBackend = await house.plugins.use("memory", name or house.config.memory)
    return backend


async def _counter(house: House, name: str | None) -> TokenCounter:
    return await counter_of(house.plugins, name or house.config.counter)


async def _compressor(house: House, name: str | None) -> Compressor:
    compressor: Compressor = await house.plugins.use("compressors", name or house.config.compressor)
    return compressor


async def _remember(house: House, request: op.Remember, tenant: str) -> op.Remembered:
    memories = [_complete(house, memory, tenant) for memory in request.memories]
    backend = await _backend(house, request.backend)
    new = await backend.remember(memories)
    ids = tuple(memory.id for memory in memories)
    await _record(house, tenant, "memory.remembered", {"count": len(memories), "new": new}, memories)
    return op.Remembered(ids=ids, new=new)


def _complete(house: House, memory: Memory, tenant: str) -> Memory:
    """A memory with its tenant, id and time; the tenant is the caller's, whatever the memory says."""
    check_memory(memory)
    key = f"{memory.scope}\0{memory.body}"
    # The same text said of another time, or for another length of time, is another memory.
    if memory.tier is not Tier.LONG or (memory.valid_from, memory.valid_to) != (None, None):
        key += f"\0{memory.tier}\0{memory.valid_from}\0{memory.valid_to}"
    return replace(
        memory,
        tenant=tenant,
        id=memory.id or sha256(key.encode()).hexdigest()[:32],
        created=memory.created or house.ports.clock.now(),
    )


async def _record(house: House, tenant: str, kind: str, header: Mapping[str, Any], memories: Sequence[Memory]) -> None:
    """The log keeps ids and a digest of what was remembered; the words stay in the memory, where they can be erased."""
    salt = house.ports.entropy(16).hex()
    listed = [
        [memory.scope, memory.id, sha256(salt.encode() + to_json(dump(memory))).hexdigest()] for memory in memories
    ]
    payload = {"salt": salt, "memories": listed}
    await (await house.log()).append(f"memory/{tenant}", None, [Event(kind, header, payload)])


async def _recall(house: House, request: op.Recall, tenant: str) -> op.Recalled:
    check_limit(request.limit)
    backend = await _backend(house, request.backend)
    query = Query(
        text=request.text,
        scopes=(DEFAULT_SCOPE,) if request.scopes is None else request.scopes,
        tenant=tenant,
        limit=request.limit,
        tiers=request.tiers,
        now=house.ports.clock.now() if request.at is None else request.at,
        as_of=request.as_of,
    )
    return op.Recalled(found=tuple(await backend.recall(query)))


async def _get(house: House, request: op.MemoryId, tenant: str) -> Memory:
    backend = await _backend(house, request.backend)
    found = [one for one in await backend.get(tenant, request.scope, [request.id]) if one.tenant == tenant]
    if not found:
        raise NotFound("memory", request.id, f"in scope {request.scope!r}; 'kingpost memory export' lists them")
    return found[0]


async def _use(house: House, request: op.Use, tenant: str) -> op.Used:
    backend = await _backend(house, request.backend)
    if not isinstance(backend, Tended):
        raise InvalidRequest(f"the memory {backend.name!r} does not count uses; name another one")
    return op.Used(count=await backend.use(tenant, request.scope, request.ids, house.ports.clock.now()))


async def _forget(house: House, request: op.Forget, tenant: str) -> op.Forgotten:
    backend = await _backend(house, request.backend)
    count = await backend.forget(replace(request.selection, tenant=tenant))
    header = {"scope": request.selection.scope, "source": request.selection.source, "count": count}
    await (await house.log()).append(f"memory/{tenant}", None, [Event("memory.forgotten", header)])
    return op.Forgotten(count=count)


async def _export(house: House, request: op.Export, tenant: str) -> op.Exported:
    check_limit(request.limit)
    backend = await _backend(house, request.backend)
    memories: list[Memory] = []
    async for memory in backend.export(replace(request.selection, tenant=tenant)):
        memories.append(memory)
        if len(memories) == request.limit:
            return op.Exported(memories=tuple(memories), next=(memory.scope, memory.id))
    return op.Exported(memories=tuple(memories))


async def _pack(house: House, request: op.PackContext, tenant: str) -> op.Packed:
    if not request.query.strip():
        raise InvalidRequest("the query is empty; say what the context is for")
    paths = await check_inputs(request.inputs, house.plugins, house.config)
    backend = await _backend(house, request.memory)
    counter = await _counter(house, request.counter)
    budget = request.budget if request.budget is not None else default_budget(counter, house.config)
    if budget < 1:
        raise InvalidRequest(f"budget is {budget}; it must be more than 0")
    now = house.ports.clock.now()
    roots = [Root.of(path) for path in paths]
    shelf = Shelf(backend, tenant, now, house.config.input_bytes, finder(house.plugins))
    await read_in(roots, shelf, lambda progress: house.tell("", progress))
    scopes = (DEFAULT_SCOPE,) if request.scopes is None else request.scopes
    want = Want(
        text=request.query,
        tenant=tenant,
        scopes=(*scopes, *(root.scope for root in roots)),
        limit=recall_limit(house.config.recall, budget),
        seconds=house.config.recall_seconds,
    )
    stock = await gather(want, [], backend, house.ports, (await house.outfitter()).breakers)
    pack = await fit(stock, budget, request.query, await _compressor(house, request.compressor), counter)
    return op.Packed(prompt=prompt_of(pack), ledger=pack)


async def _fit(house: House, request: op.Fit, tenant: str) -> op.Fitting:
    if request.budget < 1:
        raise InvalidRequest(f"budget is {request.budget}; it must be more than 0")
    counter = await _counter(house, request.counter)
    compressor = await _compressor(house, request.compressor)
    before = counter.count(request.text)
    passage = Passage(id="1", text=request.text, source="text", kind=request.kind, tokens=before)
    fitted = await compressor.fit([passage], request.budget, request.query, counter)
    text = "".join(kept.text for kept in fitted.kept)
    return op.Fitting(
        text=text, tokens=counter.count(text), before=before, counter=counter.name, dropped=fitted.dropped
    )


async def _count(house: House, request: op.Count, tenant: str) -> op.Counted:
    counter = await _counter(house, request.counter)
    return op.Counted(tokens=counter.count(request.text), counter=counter.name, exact=counter.exact)


ANSWERS: Mapping[str, Any] = {
    op.REMEMBER.id: _remember,
    op.RECALL.id: _recall,
    op.USE.id: _use,
    op.FORGET.id: _forget,
    op.EXPORT.id: _export,
    op.PACK.id: _pack,
    op.FIT.id: _fit,
    op.COUNT.id: _count,
    op.GET.id: _get,
}
