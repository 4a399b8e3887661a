from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="RotateBody")


@_attrs_define
class RotateBody:
    """Gives an endpoint a new key; the old one signs beside it for a day, or until ``close`` ends that."""

    close: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        close = self.close

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if close is not UNSET:
            field_dict["close"] = close

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        close = d.pop("close", UNSET)

        rotate_body = cls(
            close=close,
        )

        return rotate_body
