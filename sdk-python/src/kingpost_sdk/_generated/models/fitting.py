from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.dropped import Dropped


T = TypeVar("T", bound="Fitting")


@_attrs_define
class Fitting:
    """The text that fits, its tokens and those before, and the loss report."""

    before: int
    counter: str
    dropped: list[Dropped]
    text: str
    tokens: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        before = self.before

        counter = self.counter

        dropped = []
        for dropped_item_data in self.dropped:
            dropped_item = dropped_item_data.to_dict()
            dropped.append(dropped_item)

        text = self.text

        tokens = self.tokens

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "before": before,
                "counter": counter,
                "dropped": dropped,
                "text": text,
                "tokens": tokens,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.dropped import Dropped  # noqa: PLC0415

        d = dict(src_dict)
        before = d.pop("before")

        counter = d.pop("counter")

        dropped = []
        _dropped = d.pop("dropped")
        for dropped_item_data in _dropped:
            dropped_item = Dropped.from_dict(dropped_item_data)

            dropped.append(dropped_item)

        text = d.pop("text")

        tokens = d.pop("tokens")

        fitting = cls(
            before=before,
            counter=counter,
            dropped=dropped,
            text=text,
            tokens=tokens,
        )

        fitting.additional_properties = d
        return fitting

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
