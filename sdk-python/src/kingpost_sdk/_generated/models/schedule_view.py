from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.submit import Submit


T = TypeVar("T", bound="ScheduleView")


@_attrs_define
class ScheduleView:
    """A schedule, and when it fires next (seconds since the epoch), unless it is paused."""

    id: str
    paused: bool
    request: Submit
    """ A task to be queued. What is ``None`` comes from the settings. Paths in ``inputs`` are absolute or from
    here.

    ``tokens``, ``money`` (micro-units), ``seconds`` (active), ``depth`` and ``fan_out`` bound its whole tree.
    ``deadline`` and ``not_before`` are seconds since the epoch. ``needs`` are capabilities that a worker must have.
    ``material`` is text of somebody outside, which the task sees as data; ``origin`` names where the request came
    from. """
    zone: str
    cron: str | Unset = UNSET
    every: float | Unset = UNSET
    next_: float | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        paused = self.paused

        request = self.request.to_dict()

        zone = self.zone

        cron = self.cron

        every = self.every

        next_ = self.next_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "paused": paused,
                "request": request,
                "zone": zone,
            }
        )
        if cron is not UNSET:
            field_dict["cron"] = cron
        if every is not UNSET:
            field_dict["every"] = every
        if next_ is not UNSET:
            field_dict["next"] = next_

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.submit import Submit  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        paused = d.pop("paused")

        request = Submit.from_dict(d.pop("request"))

        zone = d.pop("zone")

        cron = d.pop("cron", UNSET)

        every = d.pop("every", UNSET)

        next_ = d.pop("next", UNSET)

        schedule_view = cls(
            id=id,
            paused=paused,
            request=request,
            zone=zone,
            cron=cron,
            every=every,
            next_=next_,
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
