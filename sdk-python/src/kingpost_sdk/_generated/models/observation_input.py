from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.observation_input_trust import ObservationInputTrust, check_observation_input_trust
from ..types import UNSET, Unset

T = TypeVar("T", bound="ObservationInput")


@_attrs_define
class ObservationInput:
    """What came back from a call. A failure is an observation too: ``error`` is its code, ``text`` says the rest."""

    call: str
    text: str
    error: str | Unset = UNSET
    truncated: bool | Unset = UNSET
    trust: ObservationInputTrust | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        call = self.call

        text = self.text

        error = self.error

        truncated = self.truncated

        trust: str | Unset = UNSET
        if not isinstance(self.trust, Unset):
            trust = self.trust

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "call": call,
                "text": text,
            }
        )
        if error is not UNSET:
            field_dict["error"] = error
        if truncated is not UNSET:
            field_dict["truncated"] = truncated
        if trust is not UNSET:
            field_dict["trust"] = trust

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        call = d.pop("call")

        text = d.pop("text")

        error = d.pop("error", UNSET)

        truncated = d.pop("truncated", UNSET)

        _trust = d.pop("trust", UNSET)
        trust: ObservationInputTrust | Unset
        if isinstance(_trust, Unset):
            trust = UNSET
        else:
            trust = check_observation_input_trust(_trust)

        observation_input = cls(
            call=call,
            text=text,
            error=error,
            truncated=truncated,
            trust=trust,
        )

        observation_input.additional_properties = d
        return observation_input

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
