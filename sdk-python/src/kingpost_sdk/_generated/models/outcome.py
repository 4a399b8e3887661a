from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.status_type_0 import StatusType0, check_status_type_0
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.artefact import Artefact
    from ..models.source import Source


T = TypeVar("T", bound="Outcome")


@_attrs_define
class Outcome:
    """How a task ended. ``reason`` is set when it failed or was cancelled; ``error`` is a code of ``errors``."""

    answer: str
    artefacts: list[Artefact]
    detail: str
    sources: list[Source]
    status: StatusType0 | str
    """ Where a task stands. The last three are final. """
    error: str | Unset = UNSET
    reason: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        answer = self.answer

        artefacts = []
        for artefacts_item_data in self.artefacts:
            artefacts_item = artefacts_item_data.to_dict()
            artefacts.append(artefacts_item)

        detail = self.detail

        sources = []
        for sources_item_data in self.sources:
            sources_item = sources_item_data.to_dict()
            sources.append(sources_item)

        status: str
        if isinstance(self.status, str):
            status = self.status
        else:
            status = self.status

        error = self.error

        reason = self.reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "answer": answer,
                "artefacts": artefacts,
                "detail": detail,
                "sources": sources,
                "status": status,
            }
        )
        if error is not UNSET:
            field_dict["error"] = error
        if reason is not UNSET:
            field_dict["reason"] = reason

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.artefact import Artefact  # noqa: PLC0415
        from ..models.source import Source  # noqa: PLC0415

        d = dict(src_dict)
        answer = d.pop("answer")

        artefacts = []
        _artefacts = d.pop("artefacts")
        for artefacts_item_data in _artefacts:
            artefacts_item = Artefact.from_dict(artefacts_item_data)

            artefacts.append(artefacts_item)

        detail = d.pop("detail")

        sources = []
        _sources = d.pop("sources")
        for sources_item_data in _sources:
            sources_item = Source.from_dict(sources_item_data)

            sources.append(sources_item)

        def _parse_status(data: object) -> StatusType0 | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_status_type_0 = check_status_type_0(data)

                return componentsschemas_status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(StatusType0 | str, data)

        status = _parse_status(d.pop("status"))

        error = d.pop("error", UNSET)

        reason = d.pop("reason", UNSET)

        outcome = cls(
            answer=answer,
            artefacts=artefacts,
            detail=detail,
            sources=sources,
            status=status,
            error=error,
            reason=reason,
        )

        outcome.additional_properties = d
        return outcome

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
