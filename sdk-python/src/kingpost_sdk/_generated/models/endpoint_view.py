from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.endpoint_view_where import EndpointViewWhere


T = TypeVar("T", bound="EndpointView")


@_attrs_define
class EndpointView:
    """An endpoint. ``keys`` is what receivers verify with, shown when it is made and never again."""

    description: str
    events: list[str]
    id: str
    keys: list[str]
    order: str
    url: str
    where: EndpointViewWhere
    disabled: str | Unset = UNSET
    rotating_until: float | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        events = self.events

        id = self.id

        keys = self.keys

        order = self.order

        url = self.url

        where = self.where.to_dict()

        disabled = self.disabled

        rotating_until = self.rotating_until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "description": description,
                "events": events,
                "id": id,
                "keys": keys,
                "order": order,
                "url": url,
                "where": where,
            }
        )
        if disabled is not UNSET:
            field_dict["disabled"] = disabled
        if rotating_until is not UNSET:
            field_dict["rotating_until"] = rotating_until

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.endpoint_view_where import EndpointViewWhere  # noqa: PLC0415

        d = dict(src_dict)
        description = d.pop("description")

        events = cast(list[str], d.pop("events"))

        id = d.pop("id")

        keys = cast(list[str], d.pop("keys"))

        order = d.pop("order")

        url = d.pop("url")

        where = EndpointViewWhere.from_dict(d.pop("where"))

        disabled = d.pop("disabled", UNSET)

        rotating_until = d.pop("rotating_until", UNSET)

        endpoint_view = cls(
            description=description,
            events=events,
            id=id,
            keys=keys,
            order=order,
            url=url,
            where=where,
            disabled=disabled,
            rotating_until=rotating_until,
        )

        endpoint_view.additional_properties = d
        return endpoint_view

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
