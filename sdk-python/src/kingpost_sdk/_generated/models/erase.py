from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Erase")


@_attrs_define
class Erase:
    """Names the task whose content goes; ``everything`` of the tenant instead, memories too. It cannot be undone."""

    everything: bool | Unset = UNSET
    task: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        everything = self.everything

        task = self.task

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if everything is not UNSET:
            field_dict["everything"] = everything
        if task is not UNSET:
            field_dict["task"] = task

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        everything = d.pop("everything", UNSET)

        task = d.pop("task", UNSET)

        erase = cls(
            everything=everything,
            task=task,
        )

        return erase
