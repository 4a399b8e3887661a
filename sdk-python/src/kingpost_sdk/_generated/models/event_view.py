from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.event_view_header import EventViewHeader
    from ..models.event_view_payload import EventViewPayload


T = TypeVar("T", bound="EventView")


@_attrs_define
class EventView:
    """One event as it is followed. ``id`` is ``position.number``; ``at`` is in seconds since the epoch."""

    at: float
    header: EventViewHeader
    id: str
    kind: str
    position: int
    stream: str
    v: int
    payload: EventViewPayload | Unset = UNSET
    task: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at

        header = self.header.to_dict()

        id = self.id

        kind = self.kind

        position = self.position

        stream = self.stream

        v = self.v

        payload: dict[str, Any] | Unset = UNSET
        if not isinstance(self.payload, Unset):
            payload = self.payload.to_dict()

        task = self.task

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "header": header,
                "id": id,
                "kind": kind,
                "position": position,
                "stream": stream,
                "v": v,
            }
        )
        if payload is not UNSET:
            field_dict["payload"] = payload
        if task is not UNSET:
            field_dict["task"] = task

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event_view_header import EventViewHeader  # noqa: PLC0415
        from ..models.event_view_payload import EventViewPayload  # noqa: PLC0415

        d = dict(src_dict)
        at = d.pop("at")

        header = EventViewHeader.from_dict(d.pop("header"))

        id = d.pop("id")

        kind = d.pop("kind")

        position = d.pop("position")

        stream = d.pop("stream")

        v = d.pop("v")

        _payload = d.pop("payload", UNSET)
        payload: EventViewPayload | Unset
        if isinstance(_payload, Unset):
            payload = UNSET
        else:
            payload = EventViewPayload.from_dict(_payload)

        task = d.pop("task", UNSET)

        event_view = cls(
            at=at,
            header=header,
            id=id,
            kind=kind,
            position=position,
            stream=stream,
            v=v,
            payload=payload,
            task=task,
        )

        event_view.additional_properties = d
        return event_view

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
