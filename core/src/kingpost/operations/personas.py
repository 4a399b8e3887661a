"""Operations on personas: agents as data, each resolved onto the code of another agent."""

from __future__ import annotations

from ..errors import InvalidRequest, NotFound, UnknownName
from ..records.record import Record
from .bounds import More, Name, Positive
from .table import Operation


class SetPersona(Record, kw_only=True):
    """An agent as data. ``agent`` is the code that decides for it; ``instructions`` go before what a task hands along.

    ``tools`` are patterns that bound what its tasks may use; ``tokens``, ``money`` (micro-units) and ``seconds`` are
    the most that one may spend. ``model``, ``budget`` and ``scopes`` are for tasks that name none themselves.
    """

    name: Name
    agent: Name | None = None
    description: str = ""
    instructions: str = ""
    model: Name | None = None
    tools: tuple[Name, ...] | None = None
    scopes: tuple[Name, ...] | None = None
    budget: Positive | None = None
    tokens: Positive | None = None
    money: Positive | None = None
    seconds: More | None = None


class PersonaName(Record):
    """Names a persona."""

    name: str


class PersonaList(Record):
    """The personas of the tenant, by name."""

    personas: tuple[SetPersona, ...]


class ListPersonas(Record):
    """No question is needed."""


REGISTER = Operation(
    id="agents.register", summary="Make an agent out of data.", request=SetPersona, response=SetPersona,
    scope="agents:write", errors=(InvalidRequest, UnknownName), route="POST /agents", success=201,
)  # fmt: skip
UPDATE = Operation(
    id="agents.update", summary="Change an agent that was made out of data.", request=SetPersona, response=SetPersona,
    scope="agents:write", errors=(InvalidRequest, NotFound, UnknownName), route="PUT /agents/{name}",
)  # fmt: skip
DELETE = Operation(
    id="agents.delete", summary="Remove an agent that was made out of data.", request=PersonaName,
    response=PersonaList, scope="agents:write", errors=(NotFound,), route="DELETE /agents/{name}",
)  # fmt: skip
PERSONAS = Operation(
    id="agents.personas", summary="Agents that were made out of data, by name.", request=ListPersonas,
    response=PersonaList, scope="system:read", route="GET /personas",
)  # fmt: skip
