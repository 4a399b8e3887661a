from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PackContext")


@_attrs_define
class PackContext:
    """Documents and memories for a query, packed into a budget (tokens of ``counter``) for use elsewhere."""

    query: str
    budget: int | Unset = UNSET
    compressor: str | Unset = UNSET
    counter: str | Unset = UNSET
    inputs: list[str] | Unset = UNSET
    memory: str | Unset = UNSET
    scopes: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        query = self.query

        budget = self.budget

        compressor = self.compressor

        counter = self.counter

        inputs: list[str] | Unset = UNSET
        if not isinstance(self.inputs, Unset):
            inputs = self.inputs

        memory = self.memory

        scopes: list[str] | Unset = UNSET
        if not isinstance(self.scopes, Unset):
            scopes = self.scopes

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "query": query,
            }
        )
        if budget is not UNSET:
            field_dict["budget"] = budget
        if compressor is not UNSET:
            field_dict["compressor"] = compressor
        if counter is not UNSET:
            field_dict["counter"] = counter
        if inputs is not UNSET:
            field_dict["inputs"] = inputs
        if memory is not UNSET:
            field_dict["memory"] = memory
        if scopes is not UNSET:
            field_dict["scopes"] = scopes

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        query = d.pop("query")

        budget = d.pop("budget", UNSET)

        compressor = d.pop("compressor", UNSET)

        counter = d.pop("counter", UNSET)

        inputs = cast(list[str], d.pop("inputs", UNSET))

        memory = d.pop("memory", UNSET)

        scopes = cast(list[str], d.pop("scopes", UNSET))

        pack_context = cls(
            query=query,
            budget=budget,
            compressor=compressor,
            counter=counter,
            inputs=inputs,
            memory=memory,
            scopes=scopes,
        )

        return pack_context
