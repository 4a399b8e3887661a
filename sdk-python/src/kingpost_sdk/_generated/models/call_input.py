from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.call_input_arguments import CallInputArguments


T = TypeVar("T", bound="CallInput")


@_attrs_define
class CallInput:
    """One use of one tool. ``id`` is unique within its turn; ``arguments`` obey the tool's JSON Schema."""

    id: str
    tool: str
    arguments: CallInputArguments | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        tool = self.tool

        arguments: dict[str, Any] | Unset = UNSET
        if not isinstance(self.arguments, Unset):
            arguments = self.arguments.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "tool": tool,
            }
        )
        if arguments is not UNSET:
            field_dict["arguments"] = arguments

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.call_input_arguments import CallInputArguments  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        tool = d.pop("tool")

        _arguments = d.pop("arguments", UNSET)
        arguments: CallInputArguments | Unset
        if isinstance(_arguments, Unset):
            arguments = UNSET
        else:
            arguments = CallInputArguments.from_dict(_arguments)

        call_input = cls(
            id=id,
            tool=tool,
            arguments=arguments,
        )

        call_input.additional_properties = d
        return call_input

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
