from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="AgentView")


@_attrs_define
class AgentView:
    """An agent that can be named in a task. ``problem`` says why it cannot be used, if it cannot.

    ``kind`` is ``plugin``, ``worker`` where a process of the tenant's own serves it, or ``persona`` where it is data.

    """

    default: bool
    kind: str
    name: str
    plugin: str
    problem: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        default = self.default

        kind = self.kind

        name = self.name

        plugin = self.plugin

        problem = self.problem

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "default": default,
                "kind": kind,
                "name": name,
                "plugin": plugin,
            }
        )
        if problem is not UNSET:
            field_dict["problem"] = problem

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        default = d.pop("default")

        kind = d.pop("kind")

        name = d.pop("name")

        plugin = d.pop("plugin")

        problem = d.pop("problem", UNSET)

        agent_view = cls(
            default=default,
            kind=kind,
            name=name,
            plugin=plugin,
            problem=problem,
        )

        agent_view.additional_properties = d
        return agent_view

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
