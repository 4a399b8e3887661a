from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.decision_until import DecisionUntil, check_decision_until
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.call_input import CallInput
    from ..models.usage_input import UsageInput


T = TypeVar("T", bound="Decision")


@_attrs_define
class Decision:
    """What an agent decided: an answer, or calls of tools. ``until`` says whether it needs all of them or any."""

    calls: list[CallInput] | Unset = UNSET
    text: str | Unset = UNSET
    until: DecisionUntil | Unset = UNSET
    usage: UsageInput | Unset = UNSET
    """ What one turn cost, as the model's server reports it; ``None`` where it reports nothing.

    Tokens are the model's own. ``money`` is in micro-units, ``prices`` names where the price comes from. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        calls: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.calls, Unset):
            calls = []
            for calls_item_data in self.calls:
                calls_item = calls_item_data.to_dict()
                calls.append(calls_item)

        text = self.text

        until: str | Unset = UNSET
        if not isinstance(self.until, Unset):
            until = self.until

        usage: dict[str, Any] | Unset = UNSET
        if not isinstance(self.usage, Unset):
            usage = self.usage.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if calls is not UNSET:
            field_dict["calls"] = calls
        if text is not UNSET:
            field_dict["text"] = text
        if until is not UNSET:
            field_dict["until"] = until
        if usage is not UNSET:
            field_dict["usage"] = usage

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.call_input import CallInput  # noqa: PLC0415
        from ..models.usage_input import UsageInput  # noqa: PLC0415

        d = dict(src_dict)
        _calls = d.pop("calls", UNSET)
        calls: list[CallInput] | Unset = UNSET
        if _calls is not UNSET:
            calls = []
            for calls_item_data in _calls:
                calls_item = CallInput.from_dict(calls_item_data)

                calls.append(calls_item)

        text = d.pop("text", UNSET)

        _until = d.pop("until", UNSET)
        until: DecisionUntil | Unset
        if isinstance(_until, Unset):
            until = UNSET
        else:
            until = check_decision_until(_until)

        _usage = d.pop("usage", UNSET)
        usage: UsageInput | Unset
        if isinstance(_usage, Unset):
            usage = UNSET
        else:
            usage = UsageInput.from_dict(_usage)

        decision = cls(
            calls=calls,
            text=text,
            until=until,
            usage=usage,
        )

        decision.additional_properties = d
        return decision

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
