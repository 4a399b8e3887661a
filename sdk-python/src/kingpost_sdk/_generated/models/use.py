from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Use")


@_attrs_define
class Use:
    """Memories of one scope that were of use."""

    ids: list[str]
    scope: str
    backend: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        ids = self.ids

        scope = self.scope

        backend = self.backend

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "ids": ids,
                "scope": scope,
            }
        )
        if backend is not UNSET:
            field_dict["backend"] = backend

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        ids = cast(list[str], d.pop("ids"))

        scope = d.pop("scope")

        backend = d.pop("backend", UNSET)

        use = cls(
            ids=ids,
            scope=scope,
            backend=backend,
        )

        return use
