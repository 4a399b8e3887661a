from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.calls_until_type_0 import CallsUntilType0, check_calls_until_type_0

if TYPE_CHECKING:
    from ..models.call import Call
    from ..models.calls_opaque import CallsOpaque
    from ..models.usage import Usage


T = TypeVar("T", bound="Calls")


@_attrs_define
class Calls:
    """The agent needs the world. The turn closes when all of the calls have an observation, or any of them."""

    calls: list[Call]
    kind: Literal["calls"]
    opaque: CallsOpaque
    text: str
    until: CallsUntilType0 | str
    usage: Usage
    """ What one turn cost, as the model's server reports it; ``None`` where it reports nothing.

    Tokens are the model's own. ``money`` is in micro-units, ``prices`` names where the price comes from. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        calls = []
        for calls_item_data in self.calls:
            calls_item = calls_item_data.to_dict()
            calls.append(calls_item)

        kind = self.kind

        opaque = self.opaque.to_dict()

        text = self.text

        until: str
        if isinstance(self.until, str):
            until = self.until
        else:
            until = self.until

        usage = self.usage.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "calls": calls,
                "kind": kind,
                "opaque": opaque,
                "text": text,
                "until": until,
                "usage": usage,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.call import Call  # noqa: PLC0415
        from ..models.calls_opaque import CallsOpaque  # noqa: PLC0415
        from ..models.usage import Usage  # noqa: PLC0415

        d = dict(src_dict)
        calls = []
        _calls = d.pop("calls")
        for calls_item_data in _calls:
            calls_item = Call.from_dict(calls_item_data)

            calls.append(calls_item)

        kind = cast(Literal["calls"], d.pop("kind"))
        if kind != "calls":
            raise ValueError(f"kind must match const 'calls', got '{kind}'")

        opaque = CallsOpaque.from_dict(d.pop("opaque"))

        text = d.pop("text")

        def _parse_until(data: object) -> CallsUntilType0 | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                until_type_0 = check_calls_until_type_0(data)

                return until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CallsUntilType0 | str, data)

        until = _parse_until(d.pop("until"))

        usage = Usage.from_dict(d.pop("usage"))

        calls = cls(
            calls=calls,
            kind=kind,
            opaque=opaque,
            text=text,
            until=until,
            usage=usage,
        )

        calls.additional_properties = d
        return calls

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
