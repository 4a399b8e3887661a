from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="TokenView")


@_attrs_define
class TokenView:
    """A token, without its secret. Times are seconds since the epoch; ``until`` ends the overlap of a rotated one."""

    created: float
    expires: float
    id: str
    name: str
    revoked: bool
    scopes: list[str]
    tenant: str
    replaced_by: str | Unset = UNSET
    until: float | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created = self.created

        expires = self.expires

        id = self.id

        name = self.name

        revoked = self.revoked

        scopes = self.scopes

        tenant = self.tenant

        replaced_by = self.replaced_by

        until = self.until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created": created,
                "expires": expires,
                "id": id,
                "name": name,
                "revoked": revoked,
                "scopes": scopes,
                "tenant": tenant,
            }
        )
        if replaced_by is not UNSET:
            field_dict["replaced_by"] = replaced_by
        if until is not UNSET:
            field_dict["until"] = until

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        created = d.pop("created")

        expires = d.pop("expires")

        id = d.pop("id")

        name = d.pop("name")

        revoked = d.pop("revoked")

        scopes = cast(list[str], d.pop("scopes"))

        tenant = d.pop("tenant")

        replaced_by = d.pop("replaced_by", UNSET)

        until = d.pop("until", UNSET)

        token_view = cls(
            created=created,
            expires=expires,
            id=id,
            name=name,
            revoked=revoked,
            scopes=scopes,
            tenant=tenant,
            replaced_by=replaced_by,
            until=until,
        )

        token_view.additional_properties = d
        return token_view

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
