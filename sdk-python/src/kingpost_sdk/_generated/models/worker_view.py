from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WorkerView")


@_attrs_define
class WorkerView:
    """A worker. ``seen`` is when it was last heard of, in seconds since the epoch; ``beat`` how often it should beat.

    ``holds`` are the calls that it has claimed and not yet observed, as ``task/turn.call``.

    """

    agents: list[str]
    alive: bool
    beat: float
    holds: list[str]
    id: str
    name: str
    seen: float
    tools: list[str]
    ttl: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        agents = self.agents

        alive = self.alive

        beat = self.beat

        holds = self.holds

        id = self.id

        name = self.name

        seen = self.seen

        tools = self.tools

        ttl = self.ttl

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "agents": agents,
                "alive": alive,
                "beat": beat,
                "holds": holds,
                "id": id,
                "name": name,
                "seen": seen,
                "tools": tools,
                "ttl": ttl,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        agents = cast(list[str], d.pop("agents"))

        alive = d.pop("alive")

        beat = d.pop("beat")

        holds = cast(list[str], d.pop("holds"))

        id = d.pop("id")

        name = d.pop("name")

        seen = d.pop("seen")

        tools = cast(list[str], d.pop("tools"))

        ttl = d.pop("ttl")

        worker_view = cls(
            agents=agents,
            alive=alive,
            beat=beat,
            holds=holds,
            id=id,
            name=name,
            seen=seen,
            tools=tools,
            ttl=ttl,
        )

        worker_view.additional_properties = d
        return worker_view

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
