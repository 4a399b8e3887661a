from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SignedHead")


@_attrs_define
class SignedHead:
    """A head of the log, meant to be kept elsewhere: whoever rewrites the log later cannot make it fit again.

    ``hash`` is the hex of the frame's hash and ``at`` the time of the signature in microseconds since the epoch.
    ``key`` is the SHA-256 of the raw public key in hex. ``signature`` is Ed25519 (RFC 8032) in base64, over the other
    fields as JSON in RFC 8785's form: sorted by name, without spaces.

    """

    at: int
    hash_: str
    key: str
    position: int
    signature: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at

        hash_ = self.hash_

        key = self.key

        position = self.position

        signature = self.signature

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "hash": hash_,
                "key": key,
                "position": position,
                "signature": signature,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        at = d.pop("at")

        hash_ = d.pop("hash")

        key = d.pop("key")

        position = d.pop("position")

        signature = d.pop("signature")

        signed_head = cls(
            at=at,
            hash_=hash_,
            key=key,
            position=position,
            signature=signature,
        )

        signed_head.additional_properties = d
        return signed_head

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
