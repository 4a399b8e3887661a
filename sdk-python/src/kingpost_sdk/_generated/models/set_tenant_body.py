from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="SetTenantBody")


@_attrs_define
class SetTenantBody:
    """A tenant with its limits: tasks that may be queued, and requests per second; ``None`` is what all have."""

    queue: int | Unset = UNSET
    rate: float | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        queue = self.queue

        rate = self.rate

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if queue is not UNSET:
            field_dict["queue"] = queue
        if rate is not UNSET:
            field_dict["rate"] = rate

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        queue = d.pop("queue", UNSET)

        rate = d.pop("rate", UNSET)

        set_tenant_body = cls(
            queue=queue,
            rate=rate,
        )

        return set_tenant_body
