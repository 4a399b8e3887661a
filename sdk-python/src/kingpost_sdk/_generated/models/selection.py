from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.selection_kind import SelectionKind, check_selection_kind
from ..types import UNSET, Unset

T = TypeVar("T", bound="Selection")


@_attrs_define
class Selection:
    """Which memories to forget or export: all of a scope, narrowed by ``ids``, ``source`` or ``kind``.

    ``None`` for ``scope`` means every scope, for ``tenant`` every tenant. ``but`` spares ids: with ``source`` it
    forgets what a changed file no longer says. ``after`` goes on behind the memory with this scope and id: for pages.

    """

    scope: None | str
    after: list[str] | Unset = UNSET
    but: list[str] | Unset = UNSET
    ids: list[str] | Unset = UNSET
    kind: SelectionKind | Unset = UNSET
    source: str | Unset = UNSET
    tenant: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        scope: None | str
        scope = self.scope

        after: list[str] | Unset = UNSET
        if not isinstance(self.after, Unset):
            after = self.after

        but: list[str] | Unset = UNSET
        if not isinstance(self.but, Unset):
            but = self.but

        ids: list[str] | Unset = UNSET
        if not isinstance(self.ids, Unset):
            ids = self.ids

        kind: str | Unset = UNSET
        if not isinstance(self.kind, Unset):
            kind = self.kind

        source = self.source

        tenant: None | str | Unset
        if isinstance(self.tenant, Unset):
            tenant = UNSET
        else:
            tenant = self.tenant

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "scope": scope,
            }
        )
        if after is not UNSET:
            field_dict["after"] = after
        if but is not UNSET:
            field_dict["but"] = but
        if ids is not UNSET:
            field_dict["ids"] = ids
        if kind is not UNSET:
            field_dict["kind"] = kind
        if source is not UNSET:
            field_dict["source"] = source
        if tenant is not UNSET:
            field_dict["tenant"] = tenant

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_scope(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        scope = _parse_scope(d.pop("scope"))

        after = cast(list[str], d.pop("after", UNSET))

        but = cast(list[str], d.pop("but", UNSET))

        ids = cast(list[str], d.pop("ids", UNSET))

        _kind = d.pop("kind", UNSET)
        kind: SelectionKind | Unset
        if isinstance(_kind, Unset):
            kind = UNSET
        else:
            kind = check_selection_kind(_kind)

        source = d.pop("source", UNSET)

        def _parse_tenant(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tenant = _parse_tenant(d.pop("tenant", UNSET))

        selection = cls(
            scope=scope,
            after=after,
            but=but,
            ids=ids,
            kind=kind,
            source=source,
            tenant=tenant,
        )

        selection.additional_properties = d
        return selection

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
