from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.memory import Memory
    from ..models.recollection_terms import RecollectionTerms


T = TypeVar("T", bound="Recollection")


@_attrs_define
class Recollection:
    """A memory that fits a query. ``score`` is higher for better; ``terms`` add up to it.

    ``copies`` is how many memories say the same, this one among them.

    """

    copies: int
    memory: Memory
    """ One thing learned.

    ``id`` is unique within ``(tenant, scope)``. ``source`` and ``place`` say where it comes from (a path relative
    to
    its input root and ``10-24``). Times are seconds since the epoch. ``origin`` "recalled" is never stored.
    ``kind`` "source" marks a file that was read in whole: kept, exported and forgotten like any other, never
    recalled.
    ``uses`` is how often it was of use, ``used`` when it last was. """
    score: float
    terms: RecollectionTerms
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        copies = self.copies

        memory = self.memory.to_dict()

        score = self.score

        terms = self.terms.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "copies": copies,
                "memory": memory,
                "score": score,
                "terms": terms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.memory import Memory  # noqa: PLC0415
        from ..models.recollection_terms import RecollectionTerms  # noqa: PLC0415

        d = dict(src_dict)
        copies = d.pop("copies")

        memory = Memory.from_dict(d.pop("memory"))

        score = d.pop("score")

        terms = RecollectionTerms.from_dict(d.pop("terms"))

        recollection = cls(
            copies=copies,
            memory=memory,
            score=score,
            terms=terms,
        )

        recollection.additional_properties = d
        return recollection

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
