from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.finding import Finding
    from ..models.head import Head


T = TypeVar("T", bound="Report")


@_attrs_define
class Report:
    """What ``verify`` or ``rebuild`` read, and what it found wrong: nothing, when the log is sound."""

    erased: int
    events: int
    findings: list[Finding]
    frames: int
    head: Head
    """ The end of the log: the last frame's position (0 for an empty log) and its hash (then 32 zero bytes). """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        erased = self.erased

        events = self.events

        findings = []
        for findings_item_data in self.findings:
            findings_item = findings_item_data.to_dict()
            findings.append(findings_item)

        frames = self.frames

        head = self.head.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "erased": erased,
                "events": events,
                "findings": findings,
                "frames": frames,
                "head": head,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.finding import Finding  # noqa: PLC0415
        from ..models.head import Head  # noqa: PLC0415

        d = dict(src_dict)
        erased = d.pop("erased")

        events = d.pop("events")

        findings = []
        _findings = d.pop("findings")
        for findings_item_data in _findings:
            findings_item = Finding.from_dict(findings_item_data)

            findings.append(findings_item)

        frames = d.pop("frames")

        head = Head.from_dict(d.pop("head"))

        report = cls(
            erased=erased,
            events=events,
            findings=findings,
            frames=frames,
            head=head,
        )

        report.additional_properties = d
        return report

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
