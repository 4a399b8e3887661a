from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.delivery_view_reply import DeliveryViewReply
    from ..models.delivery_view_request import DeliveryViewRequest


T = TypeVar("T", bound="DeliveryView")


@_attrs_define
class DeliveryView:
    """One delivery. ``at`` is in seconds since the epoch; ``request`` and ``reply`` are those of an attempt."""

    at: float
    attempt: int
    endpoint: str
    event: str
    id: str
    place: list[int]
    position: int
    source: str
    state: str
    task: str
    why: str
    ms: int | Unset = UNSET
    reply: DeliveryViewReply | Unset = UNSET
    request: DeliveryViewRequest | Unset = UNSET
    status: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at

        attempt = self.attempt

        endpoint = self.endpoint

        event = self.event

        id = self.id

        place = self.place

        position = self.position

        source = self.source

        state = self.state

        task = self.task

        why = self.why

        ms = self.ms

        reply: dict[str, Any] | Unset = UNSET
        if not isinstance(self.reply, Unset):
            reply = self.reply.to_dict()

        request: dict[str, Any] | Unset = UNSET
        if not isinstance(self.request, Unset):
            request = self.request.to_dict()

        status = self.status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "attempt": attempt,
                "endpoint": endpoint,
                "event": event,
                "id": id,
                "place": place,
                "position": position,
                "source": source,
                "state": state,
                "task": task,
                "why": why,
            }
        )
        if ms is not UNSET:
            field_dict["ms"] = ms
        if reply is not UNSET:
            field_dict["reply"] = reply
        if request is not UNSET:
            field_dict["request"] = request
        if status is not UNSET:
            field_dict["status"] = status

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.delivery_view_reply import DeliveryViewReply  # noqa: PLC0415
        from ..models.delivery_view_request import DeliveryViewRequest  # noqa: PLC0415

        d = dict(src_dict)
        at = d.pop("at")

        attempt = d.pop("attempt")

        endpoint = d.pop("endpoint")

        event = d.pop("event")

        id = d.pop("id")

        place = cast(list[int], d.pop("place"))

        position = d.pop("position")

        source = d.pop("source")

        state = d.pop("state")

        task = d.pop("task")

        why = d.pop("why")

        ms = d.pop("ms", UNSET)

        _reply = d.pop("reply", UNSET)
        reply: DeliveryViewReply | Unset
        if isinstance(_reply, Unset):
            reply = UNSET
        else:
            reply = DeliveryViewReply.from_dict(_reply)

        _request = d.pop("request", UNSET)
        request: DeliveryViewRequest | Unset
        if isinstance(_request, Unset):
            request = UNSET
        else:
            request = DeliveryViewRequest.from_dict(_request)

        status = d.pop("status", UNSET)

        delivery_view = cls(
            at=at,
            attempt=attempt,
            endpoint=endpoint,
            event=event,
            id=id,
            place=place,
            position=position,
            source=source,
            state=state,
            task=task,
            why=why,
            ms=ms,
            reply=reply,
            request=request,
            status=status,
        )

        delivery_view.additional_properties = d
        return delivery_view

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
