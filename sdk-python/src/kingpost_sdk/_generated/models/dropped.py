from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Dropped")


@_attrs_define
class Dropped:
    """A passage, or a part of one, that is not in the prompt, and why, in words that a user understands.

    ``tokens`` is what was saved. ``whole`` is false when a shorter form of the passage was kept.

    """

    id: str
    place: str
    reason: str
    source: str
    tokens: int
    whole: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        place = self.place

        reason = self.reason

        source = self.source

        tokens = self.tokens

        whole = self.whole

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "place": place,
                "reason": reason,
                "source": source,
                "tokens": tokens,
                "whole": whole,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        place = d.pop("place")

        reason = d.pop("reason")

        source = d.pop("source")

        tokens = d.pop("tokens")

        whole = d.pop("whole")

        dropped = cls(
            id=id,
            place=place,
            reason=reason,
            source=source,
            tokens=tokens,
            whole=whole,
        )

        dropped.additional_properties = d
        return dropped

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
