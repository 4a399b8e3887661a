from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="TenantView")


@_attrs_define
class TenantView:
    """A tenant, its limits, and what it has: tasks in all, and those that are queued. ``created`` is in seconds."""

    created: float
    id: str
    queued: int
    tasks: int
    queue: int | Unset = UNSET
    rate: float | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created = self.created

        id = self.id

        queued = self.queued

        tasks = self.tasks

        queue = self.queue

        rate = self.rate

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created": created,
                "id": id,
                "queued": queued,
                "tasks": tasks,
            }
        )
        if queue is not UNSET:
            field_dict["queue"] = queue
        if rate is not UNSET:
            field_dict["rate"] = rate

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        created = d.pop("created")

        id = d.pop("id")

        queued = d.pop("queued")

        tasks = d.pop("tasks")

        queue = d.pop("queue", UNSET)

        rate = d.pop("rate", UNSET)

        tenant_view = cls(
            created=created,
            id=id,
            queued=queued,
            tasks=tasks,
            queue=queue,
            rate=rate,
        )

        tenant_view.additional_properties = d
        return tenant_view

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
