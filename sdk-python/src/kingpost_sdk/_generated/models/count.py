from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Count")


@_attrs_define
class Count:
    """A text to count."""

    text: str
    counter: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        text = self.text

        counter = self.counter

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "text": text,
            }
        )
        if counter is not UNSET:
            field_dict["counter"] = counter

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        text = d.pop("text")

        counter = d.pop("counter", UNSET)

        count = cls(
            text=text,
            counter=counter,
        )

        return count
