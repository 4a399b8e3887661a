from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.plugin_view_provides import PluginViewProvides


T = TypeVar("T", bound="PluginView")


@_attrs_define
class PluginView:
    """An installed plugin: what it offers at each door, and what is wrong with it, if anything."""

    enabled: bool
    id: str
    provides: PluginViewProvides
    version: str
    problem: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        enabled = self.enabled

        id = self.id

        provides = self.provides.to_dict()

        version = self.version

        problem = self.problem

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "enabled": enabled,
                "id": id,
                "provides": provides,
                "version": version,
            }
        )
        if problem is not UNSET:
            field_dict["problem"] = problem

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.plugin_view_provides import PluginViewProvides  # noqa: PLC0415

        d = dict(src_dict)
        enabled = d.pop("enabled")

        id = d.pop("id")

        provides = PluginViewProvides.from_dict(d.pop("provides"))

        version = d.pop("version")

        problem = d.pop("problem", UNSET)

        plugin_view = cls(
            enabled=enabled,
            id=id,
            provides=provides,
            version=version,
            problem=problem,
        )

        plugin_view.additional_properties = d
        return plugin_view

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
