"""Answers to operations on personas, and what they and workers add to the agents and tools of a tenant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._walk.sound import is_name
from ...errors import InvalidRequest, NotFound
from ...operations import personas as op
from ...records.record import replace
from ..guests import GuestBook, persona_removed, persona_set
from ..intake import check_text
from .house import House

LONGEST_WORDS = 64 * 1024


def check_agent_name(house: House, name: str) -> None:
    """Refuse a name that no task could use.

    Raises:
        InvalidRequest: it is none, or a plugin's agent has it.
    """
    check_text("name", name)
    if not is_name(name, 100) or "/" in name:
        raise InvalidRequest(f"agent name {name[:80]!r}: use up to 100 printable characters and no '/'")
    if name in house.plugins.names("agents"):
        raise InvalidRequest(f"a plugin offers the agent {name!r} already; take another name")


async def _check(house: House, request: op.SetPersona, tenant: str, book: GuestBook) -> op.SetPersona:
    check_agent_name(house, request.name)
    guests = await book.of(tenant)
    if request.name in guests.agents():
        raise InvalidRequest(f"a worker offers the agent {request.name!r} already; take another name")
    for field, text in (("instructions", request.instructions), ("description", request.description)):
        check_text(field, text)
        if len(text.encode()) > LONGEST_WORDS:
            raise InvalidRequest(f"the {field} has more than {LONGEST_WORDS:,} bytes; shorten it")
    for field in ("model", "agent"):
        check_text(field, getattr(request, field) or "")
    for entry in (*(request.tools or ()), *(request.scopes or ())):
        check_text("tools and scopes", entry)
    for field in ("budget", "tokens", "money", "seconds"):
        value = getattr(request, field)
        if value is not None and value <= 0:
            raise InvalidRequest(f"{field} is {value}; it must be more than 0")
    behind = request.agent or house.config.agent
    if behind in guests.personas and behind not in house.plugins.names("agents"):
        raise InvalidRequest(f"{behind!r} is made of data itself; name the agent that is to decide")
    await house.drafter().part(behind, tenant)
    # Resolved now: another default later makes no other agent of it.
    return replace(request, agent=behind)


async def _register(house: House, request: op.SetPersona, tenant: str) -> op.SetPersona:
    book = await house.guests()
    if request.name in (await book.of(tenant)).personas:
        raise InvalidRequest(f"there is an agent {request.name!r} already; update it instead")
    persona = await _check(house, request, tenant, book)
    await book.record(tenant, persona_set(persona))
    return persona


async def _update(house: House, request: op.SetPersona, tenant: str) -> op.SetPersona:
    book = await house.guests()
    await _known(book, request.name, tenant)
    persona = await _check(house, request, tenant, book)
    await book.record(tenant, persona_set(persona))
    return persona


async def _delete(house: House, request: op.PersonaName, tenant: str) -> op.PersonaList:
    book = await house.guests()
    await _known(book, request.name, tenant)
    await book.record(tenant, persona_removed(request.name))
    return await _list(house, op.ListPersonas(), tenant)


async def _known(book: GuestBook, name: str, tenant: str) -> None:
    if name not in (await book.of(tenant)).personas:
        raise NotFound("agent made of data", name, "'agents.personas' lists them")


async def _list(house: House, request: op.ListPersonas, tenant: str) -> op.PersonaList:
    personas = (await (await house.guests()).of(tenant)).personas
    return op.PersonaList(tuple(personas[name] for name in sorted(personas)))


ANSWERS: Mapping[str, Any] = {
    op.REGISTER.id: _register,
    op.UPDATE.id: _update,
    op.DELETE.id: _delete,
    op.PERSONAS.id: _list,
}
