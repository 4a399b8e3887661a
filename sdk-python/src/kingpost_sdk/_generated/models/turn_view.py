from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.pack import Pack
    from ..models.turn import Turn


T = TypeVar("T", bound="TurnView")


@_attrs_define
class TurnView:
    """One turn with the ledger of its context."""

    turn: Turn
    """ One decision and what came back, never split from each other.

    ``messages`` came from the user behind this decision, and no decision has seen them before the next one. """
    ledger: Pack | Unset = UNSET
    """ The passages of one prompt with their account, all in tokens of ``counter``.

    ``used`` is the count of the rendered prompt: the sum over ``kept`` plus ``framing`` (headings, labels, and
    what tokens merge over the joins, so it can be negative). ``exact`` is false where ``counter`` is an upper
    bound, or
    was calibrated by what a server reported; then ``error`` is the part that it was off by, and it is counted in.
    """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        turn = self.turn.to_dict()

        ledger: dict[str, Any] | Unset = UNSET
        if not isinstance(self.ledger, Unset):
            ledger = self.ledger.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "turn": turn,
            }
        )
        if ledger is not UNSET:
            field_dict["ledger"] = ledger

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.pack import Pack  # noqa: PLC0415
        from ..models.turn import Turn  # noqa: PLC0415

        d = dict(src_dict)
        turn = Turn.from_dict(d.pop("turn"))

        _ledger = d.pop("ledger", UNSET)
        ledger: Pack | Unset
        if isinstance(_ledger, Unset):
            ledger = UNSET
        else:
            ledger = Pack.from_dict(_ledger)

        turn_view = cls(
            turn=turn,
            ledger=ledger,
        )

        turn_view.additional_properties = d
        return turn_view

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
