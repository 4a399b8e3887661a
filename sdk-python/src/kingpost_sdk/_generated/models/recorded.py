from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.event import Event


T = TypeVar("T", bound="Recorded")


@_attrs_define
class Recorded:
    """A frame as it stands in the log: several events of one stream, written as one.

    ``position`` counts frames from 1 over the whole log. ``at`` is in microseconds since the epoch. ``hash`` is the
    SHA-256 of the frame before it and of this frame's body.

    """

    at: int
    events: list[Event]
    hash_: str
    position: int
    stream: str
    version: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at

        events = []
        for events_item_data in self.events:
            events_item = events_item_data.to_dict()
            events.append(events_item)

        hash_ = self.hash_

        position = self.position

        stream = self.stream

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "events": events,
                "hash": hash_,
                "position": position,
                "stream": stream,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event import Event  # noqa: PLC0415

        d = dict(src_dict)
        at = d.pop("at")

        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = Event.from_dict(events_item_data)

            events.append(events_item)

        hash_ = d.pop("hash")

        position = d.pop("position")

        stream = d.pop("stream")

        version = d.pop("version")

        recorded = cls(
            at=at,
            events=events,
            hash_=hash_,
            position=position,
            stream=stream,
            version=version,
        )

        recorded.additional_properties = d
        return recorded

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
