from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.head import Head


T = TypeVar("T", bound="Copied")


@_attrs_define
class Copied:
    """The head of the log that the copy holds, and the memories in it."""

    head: Head
    """ The end of the log: the last frame's position (0 for an empty log) and its hash (then 32 zero bytes). """
    memories: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        head = self.head.to_dict()

        memories = self.memories

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "head": head,
                "memories": memories,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.head import Head  # noqa: PLC0415

        d = dict(src_dict)
        head = Head.from_dict(d.pop("head"))

        memories = d.pop("memories")

        copied = cls(
            head=head,
            memories=memories,
        )

        copied.additional_properties = d
        return copied

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
