from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.offered_agent import OfferedAgent
    from ..models.tool_input import ToolInput


T = TypeVar("T", bound="Register")


@_attrs_define
class Register:
    """A worker with the tools and agents that it offers to its tenant; an ``id`` that exists begins anew.

    What was held under that ``id`` is put back at once, for it and for others; of a tool that is not repeatable the
    agent is told that nobody knows what came of it. A worker counts as dead when it has not been heard of for ``ttl``
    seconds. Several workers may offer the same.

    """

    agents: list[OfferedAgent] | Unset = UNSET
    id: str | Unset = UNSET
    name: str | Unset = UNSET
    tools: list[ToolInput] | Unset = UNSET
    ttl: float | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        agents: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.agents, Unset):
            agents = []
            for agents_item_data in self.agents:
                agents_item = agents_item_data.to_dict()
                agents.append(agents_item)

        id = self.id

        name = self.name

        tools: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.tools, Unset):
            tools = []
            for tools_item_data in self.tools:
                tools_item = tools_item_data.to_dict()
                tools.append(tools_item)

        ttl = self.ttl

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if agents is not UNSET:
            field_dict["agents"] = agents
        if id is not UNSET:
            field_dict["id"] = id
        if name is not UNSET:
            field_dict["name"] = name
        if tools is not UNSET:
            field_dict["tools"] = tools
        if ttl is not UNSET:
            field_dict["ttl"] = ttl

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.offered_agent import OfferedAgent  # noqa: PLC0415
        from ..models.tool_input import ToolInput  # noqa: PLC0415

        d = dict(src_dict)
        _agents = d.pop("agents", UNSET)
        agents: list[OfferedAgent] | Unset = UNSET
        if _agents is not UNSET:
            agents = []
            for agents_item_data in _agents:
                agents_item = OfferedAgent.from_dict(agents_item_data)

                agents.append(agents_item)

        id = d.pop("id", UNSET)

        name = d.pop("name", UNSET)

        _tools = d.pop("tools", UNSET)
        tools: list[ToolInput] | Unset = UNSET
        if _tools is not UNSET:
            tools = []
            for tools_item_data in _tools:
                tools_item = ToolInput.from_dict(tools_item_data)

                tools.append(tools_item)

        ttl = d.pop("ttl", UNSET)

        register = cls(
            agents=agents,
            id=id,
            name=name,
            tools=tools,
            ttl=ttl,
        )

        return register
