from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Statistics")


@_attrs_define
class Statistics:
    """What an agent's tasks came to. ``samples`` is how many ended tasks the figures are made of.

    ``succeeded``, ``failed`` and ``cancelled`` add up to it; means are ``None`` where there is no sample. ``seconds``
    is from the submit to the end.

    """

    agent: str
    cancelled: int
    failed: int
    samples: int
    succeeded: int
    unfinished: int
    seconds: float | Unset = UNSET
    tokens: float | Unset = UNSET
    turns: float | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        agent = self.agent

        cancelled = self.cancelled

        failed = self.failed

        samples = self.samples

        succeeded = self.succeeded

        unfinished = self.unfinished

        seconds = self.seconds

        tokens = self.tokens

        turns = self.turns

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "agent": agent,
                "cancelled": cancelled,
                "failed": failed,
                "samples": samples,
                "succeeded": succeeded,
                "unfinished": unfinished,
            }
        )
        if seconds is not UNSET:
            field_dict["seconds"] = seconds
        if tokens is not UNSET:
            field_dict["tokens"] = tokens
        if turns is not UNSET:
            field_dict["turns"] = turns

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        agent = d.pop("agent")

        cancelled = d.pop("cancelled")

        failed = d.pop("failed")

        samples = d.pop("samples")

        succeeded = d.pop("succeeded")

        unfinished = d.pop("unfinished")

        seconds = d.pop("seconds", UNSET)

        tokens = d.pop("tokens", UNSET)

        turns = d.pop("turns", UNSET)

        statistics = cls(
            agent=agent,
            cancelled=cancelled,
            failed=failed,
            samples=samples,
            succeeded=succeeded,
            unfinished=unfinished,
            seconds=seconds,
            tokens=tokens,
            turns=turns,
        )

        statistics.additional_properties = d
        return statistics

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
