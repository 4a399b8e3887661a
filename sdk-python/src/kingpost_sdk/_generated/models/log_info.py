from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.log_info_limits import LogInfoLimits


T = TypeVar("T", bound="LogInfo")


@_attrs_define
class LogInfo:
    """What a log guarantees, honestly. ``chain`` is "log" for one chain over all frames, "stream" for one in each."""

    chain: str
    durability: str
    engine: str
    limits: LogInfoLimits
    place: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        chain = self.chain

        durability = self.durability

        engine = self.engine

        limits = self.limits.to_dict()

        place = self.place

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "chain": chain,
                "durability": durability,
                "engine": engine,
                "limits": limits,
                "place": place,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.log_info_limits import LogInfoLimits  # noqa: PLC0415

        d = dict(src_dict)
        chain = d.pop("chain")

        durability = d.pop("durability")

        engine = d.pop("engine")

        limits = LogInfoLimits.from_dict(d.pop("limits"))

        place = d.pop("place")

        log_info = cls(
            chain=chain,
            durability=durability,
            engine=engine,
            limits=limits,
            place=place,
        )

        log_info.additional_properties = d
        return log_info

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
