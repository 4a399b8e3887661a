from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.set_endpoint_body_order import SetEndpointBodyOrder, check_set_endpoint_body_order
from ..models.set_endpoint_body_signing_item import SetEndpointBodySigningItem, check_set_endpoint_body_signing_item
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.set_endpoint_body_where import SetEndpointBodyWhere


T = TypeVar("T", bound="SetEndpointBody")


@_attrs_define
class SetEndpointBody:
    """Sets an endpoint up, or anew; its keys and its place in the log stay.

    ``signing`` is what a new one signs with: ``v1`` a shared secret, ``v1a`` an Ed25519 key, or both.

    """

    url: str
    description: str | Unset = UNSET
    events: list[str] | Unset = UNSET
    order: SetEndpointBodyOrder | Unset = UNSET
    signing: list[SetEndpointBodySigningItem] | Unset = UNSET
    where: SetEndpointBodyWhere | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        url = self.url

        description = self.description

        events: list[str] | Unset = UNSET
        if not isinstance(self.events, Unset):
            events = self.events

        order: str | Unset = UNSET
        if not isinstance(self.order, Unset):
            order = self.order

        signing: list[str] | Unset = UNSET
        if not isinstance(self.signing, Unset):
            signing = []
            for signing_item_data in self.signing:
                signing_item: str = signing_item_data
                signing.append(signing_item)

        where: dict[str, Any] | Unset = UNSET
        if not isinstance(self.where, Unset):
            where = self.where.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "url": url,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description
        if events is not UNSET:
            field_dict["events"] = events
        if order is not UNSET:
            field_dict["order"] = order
        if signing is not UNSET:
            field_dict["signing"] = signing
        if where is not UNSET:
            field_dict["where"] = where

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.set_endpoint_body_where import SetEndpointBodyWhere  # noqa: PLC0415

        d = dict(src_dict)
        url = d.pop("url")

        description = d.pop("description", UNSET)

        events = cast(list[str], d.pop("events", UNSET))

        _order = d.pop("order", UNSET)
        order: SetEndpointBodyOrder | Unset
        if isinstance(_order, Unset):
            order = UNSET
        else:
            order = check_set_endpoint_body_order(_order)

        _signing = d.pop("signing", UNSET)
        signing: list[SetEndpointBodySigningItem] | Unset = UNSET
        if _signing is not UNSET:
            signing = []
            for signing_item_data in _signing:
                signing_item = check_set_endpoint_body_signing_item(signing_item_data)

                signing.append(signing_item)

        _where = d.pop("where", UNSET)
        where: SetEndpointBodyWhere | Unset
        if isinstance(_where, Unset):
            where = UNSET
        else:
            where = SetEndpointBodyWhere.from_dict(_where)

        set_endpoint_body = cls(
            url=url,
            description=description,
            events=events,
            order=order,
            signing=signing,
            where=where,
        )

        return set_endpoint_body
