from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.dropped import Dropped


T = TypeVar("T", bound="Expanded")


@_attrs_define
class Expanded:
    """A passage as it was before it was fitted, and what was said when it was dropped."""

    passage: str
    text: str
    dropped: Dropped | Unset = UNSET
    """ A passage, or a part of one, that is not in the prompt, and why, in words that a user understands.

    ``tokens`` is what was saved. ``whole`` is false when a shorter form of the passage was kept. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        passage = self.passage

        text = self.text

        dropped: dict[str, Any] | Unset = UNSET
        if not isinstance(self.dropped, Unset):
            dropped = self.dropped.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "passage": passage,
                "text": text,
            }
        )
        if dropped is not UNSET:
            field_dict["dropped"] = dropped

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.dropped import Dropped  # noqa: PLC0415

        d = dict(src_dict)
        passage = d.pop("passage")

        text = d.pop("text")

        _dropped = d.pop("dropped", UNSET)
        dropped: Dropped | Unset
        if isinstance(_dropped, Unset):
            dropped = UNSET
        else:
            dropped = Dropped.from_dict(_dropped)

        expanded = cls(
            passage=passage,
            text=text,
            dropped=dropped,
        )

        expanded.additional_properties = d
        return expanded

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
