from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.pack import Pack


T = TypeVar("T", bound="Packed")


@_attrs_define
class Packed:
    """The rendered prompt and its ledger."""

    ledger: Pack
    """ The passages of one prompt with their account, all in tokens of ``counter``.

    ``used`` is the count of the rendered prompt: the sum over ``kept`` plus ``framing`` (headings, labels, and
    what tokens merge over the joins, so it can be negative). ``exact`` is false where ``counter`` is an upper
    bound, or
    was calibrated by what a server reported; then ``error`` is the part that it was off by, and it is counted in.
    """
    prompt: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ledger = self.ledger.to_dict()

        prompt = self.prompt

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ledger": ledger,
                "prompt": prompt,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.pack import Pack  # noqa: PLC0415

        d = dict(src_dict)
        ledger = Pack.from_dict(d.pop("ledger"))

        prompt = d.pop("prompt")

        packed = cls(
            ledger=ledger,
            prompt=prompt,
        )

        packed.additional_properties = d
        return packed

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
