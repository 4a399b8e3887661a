from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="UsageInput")


@_attrs_define
class UsageInput:
    """What one turn cost, as the model's server reports it; ``None`` where it reports nothing.

    Tokens are the model's own. ``money`` is in micro-units, ``prices`` names where the price comes from.

    """

    input_tokens: int | Unset = UNSET
    money: int | Unset = UNSET
    output_tokens: int | Unset = UNSET
    prices: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        input_tokens = self.input_tokens

        money = self.money

        output_tokens = self.output_tokens

        prices = self.prices

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if input_tokens is not UNSET:
            field_dict["input_tokens"] = input_tokens
        if money is not UNSET:
            field_dict["money"] = money
        if output_tokens is not UNSET:
            field_dict["output_tokens"] = output_tokens
        if prices is not UNSET:
            field_dict["prices"] = prices

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        input_tokens = d.pop("input_tokens", UNSET)

        money = d.pop("money", UNSET)

        output_tokens = d.pop("output_tokens", UNSET)

        prices = d.pop("prices", UNSET)

        usage_input = cls(
            input_tokens=input_tokens,
            money=money,
            output_tokens=output_tokens,
            prices=prices,
        )

        usage_input.additional_properties = d
        return usage_input

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
