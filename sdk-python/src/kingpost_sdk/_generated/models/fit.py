from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Fit")


@_attrs_define
class Fit:
    """Any text into a budget. ``kind`` names its form if it is known."""

    budget: int
    text: str
    compressor: str | Unset = UNSET
    counter: str | Unset = UNSET
    kind: str | Unset = UNSET
    query: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        budget = self.budget

        text = self.text

        compressor = self.compressor

        counter = self.counter

        kind = self.kind

        query = self.query

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "budget": budget,
                "text": text,
            }
        )
        if compressor is not UNSET:
            field_dict["compressor"] = compressor
        if counter is not UNSET:
            field_dict["counter"] = counter
        if kind is not UNSET:
            field_dict["kind"] = kind
        if query is not UNSET:
            field_dict["query"] = query

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        budget = d.pop("budget")

        text = d.pop("text")

        compressor = d.pop("compressor", UNSET)

        counter = d.pop("counter", UNSET)

        kind = d.pop("kind", UNSET)

        query = d.pop("query", UNSET)

        fit = cls(
            budget=budget,
            text=text,
            compressor=compressor,
            counter=counter,
            kind=kind,
            query=query,
        )

        return fit
