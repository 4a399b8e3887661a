from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.call_view_arguments import CallViewArguments


T = TypeVar("T", bound="CallView")


@_attrs_define
class CallView:
    """A call that waits. ``reference`` is the outside system's own name for it, or the question that is asked.

    ``wake_at`` (seconds since the epoch) is when the wait is given up.

    """

    arguments: CallViewArguments
    call: str
    reference: str
    task: str
    tool: str
    turn: int
    waits: str
    wake_at: float | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        arguments = self.arguments.to_dict()

        call = self.call

        reference = self.reference

        task = self.task

        tool = self.tool

        turn = self.turn

        waits = self.waits

        wake_at = self.wake_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "arguments": arguments,
                "call": call,
                "reference": reference,
                "task": task,
                "tool": tool,
                "turn": turn,
                "waits": waits,
            }
        )
        if wake_at is not UNSET:
            field_dict["wake_at"] = wake_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.call_view_arguments import CallViewArguments  # noqa: PLC0415

        d = dict(src_dict)
        arguments = CallViewArguments.from_dict(d.pop("arguments"))

        call = d.pop("call")

        reference = d.pop("reference")

        task = d.pop("task")

        tool = d.pop("tool")

        turn = d.pop("turn")

        waits = d.pop("waits")

        wake_at = d.pop("wake_at", UNSET)

        call_view = cls(
            arguments=arguments,
            call=call,
            reference=reference,
            task=task,
            tool=tool,
            turn=turn,
            waits=waits,
            wake_at=wake_at,
        )

        call_view.additional_properties = d
        return call_view

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
