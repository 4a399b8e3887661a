from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.event_header import EventHeader
    from ..models.event_payload import EventPayload


T = TypeVar("T", bound="Event")


@_attrs_define
class Event:
    """One fact. ``header`` holds all that the fold needs and is never erased; ``payload`` is content and can be.

    ``payload`` is ``None`` when there is none, or when it was erased (then ``erased`` is true). ``v`` is the version
    of the shape of this kind.

    """

    erased: bool
    header: EventHeader
    kind: str
    v: int
    payload: EventPayload | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        erased = self.erased

        header = self.header.to_dict()

        kind = self.kind

        v = self.v

        payload: dict[str, Any] | Unset = UNSET
        if not isinstance(self.payload, Unset):
            payload = self.payload.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "erased": erased,
                "header": header,
                "kind": kind,
                "v": v,
            }
        )
        if payload is not UNSET:
            field_dict["payload"] = payload

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event_header import EventHeader  # noqa: PLC0415
        from ..models.event_payload import EventPayload  # noqa: PLC0415

        d = dict(src_dict)
        erased = d.pop("erased")

        header = EventHeader.from_dict(d.pop("header"))

        kind = d.pop("kind")

        v = d.pop("v")

        _payload = d.pop("payload", UNSET)
        payload: EventPayload | Unset
        if isinstance(_payload, Unset):
            payload = UNSET
        else:
            payload = EventPayload.from_dict(_payload)

        event = cls(
            erased=erased,
            header=header,
            kind=kind,
            v=v,
            payload=payload,
        )

        event.additional_properties = d
        return event

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
