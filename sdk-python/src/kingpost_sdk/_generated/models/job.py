from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.copied import Copied
    from ..models.report import Report


T = TypeVar("T", bound="Job")


@_attrs_define
class Job:
    """Long work: ``state`` is running, done, failed or interrupted. ``done`` of ``total`` frames are through.

    A backup goes to ``target``, a folder, and what it holds is ``copied``. It counts the memories that it has copied,
    without a ``total``, and then the pages of the log, or whatever the log is copied by.

    Interrupted is what the end of its process broke off; nothing of it is lost, and it can be begun anew. Times are
    seconds since the epoch; ``ended`` is absent while it runs, and where its process died without a word. While
    another process than the one that is asked works on it, ``done`` is 0.

    """

    began: float
    done: int
    id: str
    kind: str
    state: str
    copied: Copied | Unset = UNSET
    """ The head of the log that the copy holds, and the memories in it. """
    ended: float | Unset = UNSET
    problem: str | Unset = UNSET
    report: Report | Unset = UNSET
    """ What ``verify`` or ``rebuild`` read, and what it found wrong: nothing, when the log is sound. """
    target: str | Unset = UNSET
    total: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        began = self.began

        done = self.done

        id = self.id

        kind = self.kind

        state = self.state

        copied: dict[str, Any] | Unset = UNSET
        if not isinstance(self.copied, Unset):
            copied = self.copied.to_dict()

        ended = self.ended

        problem = self.problem

        report: dict[str, Any] | Unset = UNSET
        if not isinstance(self.report, Unset):
            report = self.report.to_dict()

        target = self.target

        total = self.total

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "began": began,
                "done": done,
                "id": id,
                "kind": kind,
                "state": state,
            }
        )
        if copied is not UNSET:
            field_dict["copied"] = copied
        if ended is not UNSET:
            field_dict["ended"] = ended
        if problem is not UNSET:
            field_dict["problem"] = problem
        if report is not UNSET:
            field_dict["report"] = report
        if target is not UNSET:
            field_dict["target"] = target
        if total is not UNSET:
            field_dict["total"] = total

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.copied import Copied  # noqa: PLC0415
        from ..models.report import Report  # noqa: PLC0415

        d = dict(src_dict)
        began = d.pop("began")

        done = d.pop("done")

        id = d.pop("id")

        kind = d.pop("kind")

        state = d.pop("state")

        _copied = d.pop("copied", UNSET)
        copied: Copied | Unset
        if isinstance(_copied, Unset):
            copied = UNSET
        else:
            copied = Copied.from_dict(_copied)

        ended = d.pop("ended", UNSET)

        problem = d.pop("problem", UNSET)

        _report = d.pop("report", UNSET)
        report: Report | Unset
        if isinstance(_report, Unset):
            report = UNSET
        else:
            report = Report.from_dict(_report)

        target = d.pop("target", UNSET)

        total = d.pop("total", UNSET)

        job = cls(
            began=began,
            done=done,
            id=id,
            kind=kind,
            state=state,
            copied=copied,
            ended=ended,
            problem=problem,
            report=report,
            target=target,
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
