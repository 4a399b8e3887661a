from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.answer_opaque import AnswerOpaque
    from ..models.artefact import Artefact
    from ..models.source import Source
    from ..models.usage import Usage


T = TypeVar("T", bound="Answer")


@_attrs_define
class Answer:
    """The agent is done. ``opaque`` is the provider's own data, stored and handed back untouched."""

    artefacts: list[Artefact]
    kind: Literal["answer"]
    opaque: AnswerOpaque
    sources: list[Source]
    text: str
    usage: Usage
    """ What one turn cost, as the model's server reports it; ``None`` where it reports nothing.

    Tokens are the model's own. ``money`` is in micro-units, ``prices`` names where the price comes from. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        artefacts = []
        for artefacts_item_data in self.artefacts:
            artefacts_item = artefacts_item_data.to_dict()
            artefacts.append(artefacts_item)

        kind = self.kind

        opaque = self.opaque.to_dict()

        sources = []
        for sources_item_data in self.sources:
            sources_item = sources_item_data.to_dict()
            sources.append(sources_item)

        text = self.text

        usage = self.usage.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "artefacts": artefacts,
                "kind": kind,
                "opaque": opaque,
                "sources": sources,
                "text": text,
                "usage": usage,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.answer_opaque import AnswerOpaque  # noqa: PLC0415
        from ..models.artefact import Artefact  # noqa: PLC0415
        from ..models.source import Source  # noqa: PLC0415
        from ..models.usage import Usage  # noqa: PLC0415

        d = dict(src_dict)
        artefacts = []
        _artefacts = d.pop("artefacts")
        for artefacts_item_data in _artefacts:
            artefacts_item = Artefact.from_dict(artefacts_item_data)

            artefacts.append(artefacts_item)

        kind = cast(Literal["answer"], d.pop("kind"))
        if kind != "answer":
            raise ValueError(f"kind must match const 'answer', got '{kind}'")

        opaque = AnswerOpaque.from_dict(d.pop("opaque"))

        sources = []
        _sources = d.pop("sources")
        for sources_item_data in _sources:
            sources_item = Source.from_dict(sources_item_data)

            sources.append(sources_item)

        text = d.pop("text")

        usage = Usage.from_dict(d.pop("usage"))

        answer = cls(
            artefacts=artefacts,
            kind=kind,
            opaque=opaque,
            sources=sources,
            text=text,
            usage=usage,
        )

        answer.additional_properties = d
        return answer

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
