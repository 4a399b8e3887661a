from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.selection import Selection


T = TypeVar("T", bound="Export")


@_attrs_define
class Export:
    """What to export, at most ``limit`` memories."""

    selection: Selection
    """ Which memories to forget or export: all of a scope, narrowed by ``ids``, ``source`` or ``kind``.

    ``None`` for ``scope`` means every scope, for ``tenant`` every tenant. ``but`` spares ids: with ``source`` it
    forgets what a changed file no longer says. ``after`` goes on behind the memory with this scope and id: for
    pages. """
    backend: str | Unset = UNSET
    limit: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        selection = self.selection.to_dict()

        backend = self.backend

        limit = self.limit

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "selection": selection,
            }
        )
        if backend is not UNSET:
            field_dict["backend"] = backend
        if limit is not UNSET:
            field_dict["limit"] = limit

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.selection import Selection  # noqa: PLC0415

        d = dict(src_dict)
        selection = Selection.from_dict(d.pop("selection"))

        backend = d.pop("backend", UNSET)

        limit = d.pop("limit", UNSET)

        export = cls(
            selection=selection,
            backend=backend,
            limit=limit,
        )

        return export
