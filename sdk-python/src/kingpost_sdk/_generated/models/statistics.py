from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

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
    seconds: float
    succeeded: int
    tokens: float
    turns: float
    unfinished: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        agent = self.agent

        cancelled = self.cancelled

        failed = self.failed

        samples = self.samples

        seconds = self.seconds

        succeeded = self.succeeded

        tokens = self.tokens

        turns = self.turns

        unfinished = self.unfinished

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "agent": agent,
                "cancelled": cancelled,
                "failed": failed,
                "samples": samples,
                "seconds": seconds,
                "succeeded": succeeded,
                "tokens": tokens,
                "turns": turns,
                "unfinished": unfinished,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        agent = d.pop("agent")

        cancelled = d.pop("cancelled")

        failed = d.pop("failed")

        samples = d.pop("samples")

        seconds = d.pop("seconds")

        succeeded = d.pop("succeeded")

        tokens = d.pop("tokens")

        turns = d.pop("turns")

        unfinished = d.pop("unfinished")

        statistics = cls(
            agent=agent,
            cancelled=cancelled,
            failed=failed,
            samples=samples,
            seconds=seconds,
            succeeded=succeeded,
            tokens=tokens,
            turns=turns,
            unfinished=unfinished,
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
