from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.submit import Submit


T = TypeVar("T", bound="ScheduleView")


@_attrs_define
class ScheduleView:
    """A schedule, and when it fires next (seconds since the epoch), unless it is paused."""

    cron: str
    every: float
    id: str
    next_: float
    paused: bool
    request: Submit
    """ A task to be queued. What is ``None`` comes from the settings. Paths in ``inputs`` are absolute or from
    here.

    ``tokens``, ``money`` (micro-units), ``seconds`` (active), ``depth`` and ``fan_out`` bound its whole tree.
    ``deadline`` and ``not_before`` are seconds since the epoch. ``needs`` are capabilities that a worker must have.
    """
    zone: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        cron = self.cron

        every = self.every

        id = self.id

        next_ = self.next_

        paused = self.paused

        request = self.request.to_dict()

        zone = self.zone

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cron": cron,
                "every": every,
                "id": id,
                "next": next_,
                "paused": paused,
                "request": request,
                "zone": zone,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.submit import Submit  # noqa: PLC0415

        d = dict(src_dict)
        cron = d.pop("cron")

        every = d.pop("every")

        id = d.pop("id")

        next_ = d.pop("next")

        paused = d.pop("paused")

        request = Submit.from_dict(d.pop("request"))

        zone = d.pop("zone")

        schedule_view = cls(
            cron=cron,
            every=every,
            id=id,
            next_=next_,
            paused=paused,
            request=request,
            zone=zone,
        )

        schedule_view.additional_properties = d
        return schedule_view

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
