from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.decision import Decision
    from ..models.made import Made
    from ..models.observation_input import ObservationInput


T = TypeVar("T", bound="SettleBody")


@_attrs_define
class SettleBody:
    """What came of a call that this worker holds: an ``observation``, or the ``decision`` of an agent.

    ``files`` of a tool are kept as artefacts of the task: what is more than it may hand in is refused, and the agent is
    told so.

    """

    call: str
    task: str
    decision: Decision | Unset = UNSET
    """ What an agent decided: an answer, or calls of tools. ``until`` says whether it needs all of them or any. """
    files: list[Made] | Unset = UNSET
    observation: ObservationInput | Unset = UNSET
    """ What came back from a call. A failure is an observation too: ``error`` is its code, ``text`` says the rest.
    """

    def to_dict(self) -> dict[str, Any]:
        call = self.call

        task = self.task

        decision: dict[str, Any] | Unset = UNSET
        if not isinstance(self.decision, Unset):
            decision = self.decision.to_dict()

        files: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.files, Unset):
            files = []
            for files_item_data in self.files:
                files_item = files_item_data.to_dict()
                files.append(files_item)

        observation: dict[str, Any] | Unset = UNSET
        if not isinstance(self.observation, Unset):
            observation = self.observation.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "call": call,
                "task": task,
            }
        )
        if decision is not UNSET:
            field_dict["decision"] = decision
        if files is not UNSET:
            field_dict["files"] = files
        if observation is not UNSET:
            field_dict["observation"] = observation

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.decision import Decision  # noqa: PLC0415
        from ..models.made import Made  # noqa: PLC0415
        from ..models.observation_input import ObservationInput  # noqa: PLC0415

        d = dict(src_dict)
        call = d.pop("call")

        task = d.pop("task")

        _decision = d.pop("decision", UNSET)
        decision: Decision | Unset
        if isinstance(_decision, Unset):
            decision = UNSET
        else:
            decision = Decision.from_dict(_decision)

        _files = d.pop("files", UNSET)
        files: list[Made] | Unset = UNSET
        if _files is not UNSET:
            files = []
            for files_item_data in _files:
                files_item = Made.from_dict(files_item_data)

                files.append(files_item)

        _observation = d.pop("observation", UNSET)
        observation: ObservationInput | Unset
        if isinstance(_observation, Unset):
            observation = UNSET
        else:
            observation = ObservationInput.from_dict(_observation)

        settle_body = cls(
            call=call,
            task=task,
            decision=decision,
            files=files,
            observation=observation,
        )

        return settle_body
