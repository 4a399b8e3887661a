from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ClaimBody")


@_attrs_define
class ClaimBody:
    """Asks for up to ``limit`` calls that wait for what this worker offers; waits up to ``seconds`` for the first."""

    limit: int | Unset = UNSET
    seconds: float | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        limit = self.limit

        seconds = self.seconds

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if limit is not UNSET:
            field_dict["limit"] = limit
        if seconds is not UNSET:
            field_dict["seconds"] = seconds

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        limit = d.pop("limit", UNSET)

        seconds = d.pop("seconds", UNSET)

        claim_body = cls(
            limit=limit,
            seconds=seconds,
        )

        return claim_body
