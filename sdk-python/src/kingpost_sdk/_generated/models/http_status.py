from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="HttpStatus")


@_attrs_define
class HttpStatus:
    """The face since it was opened. ``since`` is in seconds since the epoch."""

    connections: int
    delivered: int
    requests: int
    since: float
    streams: int
    url: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        connections = self.connections

        delivered = self.delivered

        requests = self.requests

        since = self.since

        streams = self.streams

        url = self.url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "connections": connections,
                "delivered": delivered,
                "requests": requests,
                "since": since,
                "streams": streams,
                "url": url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        connections = d.pop("connections")

        delivered = d.pop("delivered")

        requests = d.pop("requests")

        since = d.pop("since")

        streams = d.pop("streams")

        url = d.pop("url")

        http_status = cls(
            connections=connections,
            delivered=delivered,
            requests=requests,
            since=since,
            streams=streams,
            url=url,
        )

        http_status.additional_properties = d
        return http_status

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
