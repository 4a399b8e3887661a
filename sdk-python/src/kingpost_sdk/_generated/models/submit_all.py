from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.submit_input import SubmitInput


T = TypeVar("T", bound="SubmitAll")


@_attrs_define
class SubmitAll:
    """Up to 100 tasks: all of them are queued, or none."""

    tasks: list[SubmitInput]

    def to_dict(self) -> dict[str, Any]:
        tasks = []
        for tasks_item_data in self.tasks:
            tasks_item = tasks_item_data.to_dict()
            tasks.append(tasks_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "tasks": tasks,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.submit_input import SubmitInput  # noqa: PLC0415

        d = dict(src_dict)
        tasks = []
        _tasks = d.pop("tasks")
        for tasks_item_data in _tasks:
            tasks_item = SubmitInput.from_dict(tasks_item_data)

            tasks.append(tasks_item)

        submit_all = cls(
            tasks=tasks,
        )

        return submit_all
