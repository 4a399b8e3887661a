from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.tool_input_parameters import ToolInputParameters


T = TypeVar("T", bound="ToolInput")


@_attrs_define
class ToolInput:
    """One thing an executor can do. ``parameters`` is a JSON Schema (2020-12) of type object.

    ``repeatable`` says that doing it twice does no harm, so that a crash may repeat it.

    """

    description: str
    name: str
    parameters: ToolInputParameters
    repeatable: bool | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        name = self.name

        parameters = self.parameters.to_dict()

        repeatable = self.repeatable

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "description": description,
                "name": name,
                "parameters": parameters,
            }
        )
        if repeatable is not UNSET:
            field_dict["repeatable"] = repeatable

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.tool_input_parameters import ToolInputParameters  # noqa: PLC0415

        d = dict(src_dict)
        description = d.pop("description")

        name = d.pop("name")

        parameters = ToolInputParameters.from_dict(d.pop("parameters"))

        repeatable = d.pop("repeatable", UNSET)

        tool_input = cls(
            description=description,
            name=name,
            parameters=parameters,
            repeatable=repeatable,
        )

        tool_input.additional_properties = d
        return tool_input

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
