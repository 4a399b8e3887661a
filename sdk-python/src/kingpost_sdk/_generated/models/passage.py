from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.trust_type_0 import TrustType0, check_trust_type_0

T = TypeVar("T", bound="Passage")


@_attrs_define
class Passage:
    """One piece of the prompt.

    ``id`` is its number in this task, stable from turn to turn. ``source`` and ``place`` say where it stands
    (a path and ``10-24`` for lines, ``p. 3`` for pages). ``tokens`` counts ``text`` alone. ``reason`` says in a
    user's words why it is here. ``pinned`` passages are never dropped and never shortened. ``kind`` names the
    form of the text where the source tells it (``python``, ``json``, ``markdown`` ...), empty where it does not.

    """

    id: str
    kind: str
    pinned: bool
    place: str
    reason: str
    score: float
    source: str
    text: str
    tokens: int
    trust: str | TrustType0
    """ Whose words a passage holds; the label goes into the prompt with it. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        kind = self.kind

        pinned = self.pinned

        place = self.place

        reason = self.reason

        score = self.score

        source = self.source

        text = self.text

        tokens = self.tokens

        trust: str
        if isinstance(self.trust, str):
            trust = self.trust
        else:
            trust = self.trust

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "pinned": pinned,
                "place": place,
                "reason": reason,
                "score": score,
                "source": source,
                "text": text,
                "tokens": tokens,
                "trust": trust,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        kind = d.pop("kind")

        pinned = d.pop("pinned")

        place = d.pop("place")

        reason = d.pop("reason")

        score = d.pop("score")

        source = d.pop("source")

        text = d.pop("text")

        tokens = d.pop("tokens")

        def _parse_trust(data: object) -> str | TrustType0:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_trust_type_0 = check_trust_type_0(data)

                return componentsschemas_trust_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(str | TrustType0, data)

        trust = _parse_trust(d.pop("trust"))

        passage = cls(
            id=id,
            kind=kind,
            pinned=pinned,
            place=place,
            reason=reason,
            score=score,
            source=source,
            text=text,
            tokens=tokens,
            trust=trust,
        )

        passage.additional_properties = d
        return passage

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
