from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Seal")


@_attrs_define
class Seal:
    """Moves what is older than ``before`` (seconds since the epoch) into a new file at ``target``."""

    before: float
    target: str

    def to_dict(self) -> dict[str, Any]:
        before = self.before

        target = self.target

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "before": before,
                "target": target,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        before = d.pop("before")

        target = d.pop("target")

        seal = cls(
            before=before,
            target=target,
        )

        return seal
