from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.observation_trust_type_0 import ObservationTrustType0, check_observation_trust_type_0
from ..types import UNSET, Unset

T = TypeVar("T", bound="Observation")


@_attrs_define
class Observation:
    """What came back from a call. A failure is an observation too: ``error`` is its code, ``text`` says the rest."""

    call: str
    text: str
    truncated: bool
    trust: ObservationTrustType0 | str
    error: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        call = self.call

        text = self.text

        truncated = self.truncated

        trust: str
        if isinstance(self.trust, str):
            trust = self.trust
        else:
            trust = self.trust

        error = self.error

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "call": call,
                "text": text,
                "truncated": truncated,
                "trust": trust,
            }
        )
        if error is not UNSET:
            field_dict["error"] = error

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        call = d.pop("call")

        text = d.pop("text")

        truncated = d.pop("truncated")

        def _parse_trust(data: object) -> ObservationTrustType0 | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                trust_type_0 = check_observation_trust_type_0(data)

                return trust_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ObservationTrustType0 | str, data)

        trust = _parse_trust(d.pop("trust"))

        error = d.pop("error", UNSET)

        observation = cls(
            call=call,
            text=text,
            truncated=truncated,
            trust=trust,
            error=error,
        )

        observation.additional_properties = d
        return observation

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
