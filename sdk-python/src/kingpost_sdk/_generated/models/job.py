from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.report import Report


T = TypeVar("T", bound="Job")


@_attrs_define
class Job:
    """Long work: ``state`` is running, done or failed. ``done`` of ``total`` frames are through. Times in seconds."""

    began: float
    done: int
    ended: float
    id: str
    kind: str
    problem: str
    report: Report
    """ What ``verify`` or ``rebuild`` read, and what it found wrong: nothing, when the log is sound. """
    state: str
    total: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        began = self.began

        done = self.done

        ended = self.ended

        id = self.id

        kind = self.kind

        problem = self.problem

        report = self.report.to_dict()

        state = self.state

        total = self.total

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "began": began,
                "done": done,
                "ended": ended,
                "id": id,
                "kind": kind,
                "problem": problem,
                "report": report,
                "state": state,
                "total": total,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.report import Report  # noqa: PLC0415

        d = dict(src_dict)
        began = d.pop("began")

        done = d.pop("done")

        ended = d.pop("ended")

        id = d.pop("id")

        kind = d.pop("kind")

        problem = d.pop("problem")

        report = Report.from_dict(d.pop("report"))

        state = d.pop("state")

        total = d.pop("total")

        job = cls(
            began=began,
            done=done,
            ended=ended,
            id=id,
            kind=kind,
            problem=problem,
            report=report,
            state=state,
            total=total,
        )

        job.additional_properties = d
        return job

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
