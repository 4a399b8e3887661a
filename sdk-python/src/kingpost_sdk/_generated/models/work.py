from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.asking import Asking
    from ..models.work_arguments import WorkArguments


T = TypeVar("T", bound="Work")


@_attrs_define
class Work:
    """A call that is now this worker's, until it stops beating.

    ``key`` stays the same whoever is given it: with it an effect can be made to happen once. With ``asking`` an agent
    is to decide; otherwise the tool is to be used. ``wake_at`` (seconds since the epoch) is when nobody waits any more.

    """

    arguments: WorkArguments
    call: str
    key: str
    task: str
    tool: str
    turn: int
    asking: Asking | Unset = UNSET
    """ What an agent decides on: the rendered prompt, the turns so far, and the tools that it may call. """
    wake_at: float | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        arguments = self.arguments.to_dict()

        call = self.call

        key = self.key

        task = self.task

        tool = self.tool

        turn = self.turn

        asking: dict[str, Any] | Unset = UNSET
        if not isinstance(self.asking, Unset):
            asking = self.asking.to_dict()

        wake_at = self.wake_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "arguments": arguments,
                "call": call,
                "key": key,
                "task": task,
                "tool": tool,
                "turn": turn,
            }
        )
        if asking is not UNSET:
            field_dict["asking"] = asking
        if wake_at is not UNSET:
            field_dict["wake_at"] = wake_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.asking import Asking  # noqa: PLC0415
        from ..models.work_arguments import WorkArguments  # noqa: PLC0415

        d = dict(src_dict)
        arguments = WorkArguments.from_dict(d.pop("arguments"))

        call = d.pop("call")

        key = d.pop("key")

        task = d.pop("task")

        tool = d.pop("tool")

        turn = d.pop("turn")

        _asking = d.pop("asking", UNSET)
        asking: Asking | Unset
        if isinstance(_asking, Unset):
            asking = UNSET
        else:
            asking = Asking.from_dict(_asking)

        wake_at = d.pop("wake_at", UNSET)

        work = cls(
            arguments=arguments,
            call=call,
            key=key,
            task=task,
            tool=tool,
            turn=turn,
            asking=asking,
            wake_at=wake_at,
        )

        work.additional_properties = d
        return work

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
