from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.dropped import Dropped
    from ..models.passage import Passage


T = TypeVar("T", bound="Pack")


@_attrs_define
class Pack:
    """The passages of one prompt with their account, all in tokens of ``counter``.

    ``used`` is the count of the rendered prompt: the sum over ``kept`` plus ``framing`` (headings, labels, and
    what tokens merge over the joins, so it can be negative). ``exact`` is false where ``counter`` is an upper bound, or
    was calibrated by what a server reported; then ``error`` is the part that it was off by, and it is counted in.

    """

    budget: int
    counter: str
    dropped: list[Dropped]
    exact: bool
    framing: int
    kept: list[Passage]
    used: int
    error: float | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        budget = self.budget

        counter = self.counter

        dropped = []
        for dropped_item_data in self.dropped:
            dropped_item = dropped_item_data.to_dict()
            dropped.append(dropped_item)

        exact = self.exact

        framing = self.framing

        kept = []
        for kept_item_data in self.kept:
            kept_item = kept_item_data.to_dict()
            kept.append(kept_item)

        used = self.used

        error = self.error

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "budget": budget,
                "counter": counter,
                "dropped": dropped,
                "exact": exact,
                "framing": framing,
                "kept": kept,
                "used": used,
            }
        )
        if error is not UNSET:
            field_dict["error"] = error

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.dropped import Dropped  # noqa: PLC0415
        from ..models.passage import Passage  # noqa: PLC0415

        d = dict(src_dict)
        budget = d.pop("budget")

        counter = d.pop("counter")

        dropped = []
        _dropped = d.pop("dropped")
        for dropped_item_data in _dropped:
            dropped_item = Dropped.from_dict(dropped_item_data)

            dropped.append(dropped_item)

        exact = d.pop("exact")

        framing = d.pop("framing")

        kept = []
        _kept = d.pop("kept")
        for kept_item_data in _kept:
            kept_item = Passage.from_dict(kept_item_data)

            kept.append(kept_item)

        used = d.pop("used")

        error = d.pop("error", UNSET)

        pack = cls(
            budget=budget,
            counter=counter,
            dropped=dropped,
            exact=exact,
            framing=framing,
            kept=kept,
            used=used,
            error=error,
        )

        pack.additional_properties = d
        return pack

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
