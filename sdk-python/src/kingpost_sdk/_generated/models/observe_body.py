from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.made import Made
    from ..models.observation_input import ObservationInput


T = TypeVar("T", bound="ObserveBody")


@_attrs_define
class ObserveBody:
    """Settles a call that a tool of the outside has left pending.

    With ``token``, the call's own, no other right is needed; the token settles this call, once. ``files`` are kept as
    artefacts of the task, as a tool's are: what is more than it may hand in is refused, and the agent is told so.

    """

    observation: ObservationInput
    """ What came back from a call. A failure is an observation too: ``error`` is its code, ``text`` says the rest.
    """
    files: list[Made] | Unset = UNSET
    token: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        observation = self.observation.to_dict()

        files: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.files, Unset):
            files = []
            for files_item_data in self.files:
                files_item = files_item_data.to_dict()
                files.append(files_item)

        token = self.token

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "observation": observation,
            }
        )
        if files is not UNSET:
            field_dict["files"] = files
        if token is not UNSET:
            field_dict["token"] = token

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.made import Made  # noqa: PLC0415
        from ..models.observation_input import ObservationInput  # noqa: PLC0415

        d = dict(src_dict)
        observation = ObservationInput.from_dict(d.pop("observation"))

        _files = d.pop("files", UNSET)
        files: list[Made] | Unset = UNSET
        if _files is not UNSET:
            files = []
            for files_item_data in _files:
                files_item = Made.from_dict(files_item_data)

                files.append(files_item)

        token = d.pop("token", UNSET)

        observe_body = cls(
            observation=observation,
            files=files,
            token=token,
        )

        return observe_body
