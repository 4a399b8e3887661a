from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.tier_input import TierInput, check_tier_input
from ..types import UNSET, Unset

T = TypeVar("T", bound="Recall")


@_attrs_define
class Recall:
    """A question to the memory. ``None`` scopes mean the default one.

    ``as_of`` (seconds since the epoch) asks what was believed then, ``at`` what was true then; without it, now.

    """

    text: str
    as_of: float | Unset = UNSET
    at: float | Unset = UNSET
    backend: str | Unset = UNSET
    limit: int | Unset = UNSET
    scopes: list[str] | Unset = UNSET
    tiers: list[TierInput] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        text = self.text

        as_of = self.as_of

        at = self.at

        backend = self.backend

        limit = self.limit

        scopes: list[str] | Unset = UNSET
        if not isinstance(self.scopes, Unset):
            scopes = self.scopes

        tiers: list[str] | Unset = UNSET
        if not isinstance(self.tiers, Unset):
            tiers = []
            for tiers_item_data in self.tiers:
                tiers_item: str = tiers_item_data
                tiers.append(tiers_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "text": text,
            }
        )
        if as_of is not UNSET:
            field_dict["as_of"] = as_of
        if at is not UNSET:
            field_dict["at"] = at
        if backend is not UNSET:
            field_dict["backend"] = backend
        if limit is not UNSET:
            field_dict["limit"] = limit
        if scopes is not UNSET:
            field_dict["scopes"] = scopes
        if tiers is not UNSET:
            field_dict["tiers"] = tiers

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        text = d.pop("text")

        as_of = d.pop("as_of", UNSET)

        at = d.pop("at", UNSET)

        backend = d.pop("backend", UNSET)

        limit = d.pop("limit", UNSET)

        scopes = cast(list[str], d.pop("scopes", UNSET))

        _tiers = d.pop("tiers", UNSET)
        tiers: list[TierInput] | Unset = UNSET
        if _tiers is not UNSET:
            tiers = []
            for tiers_item_data in _tiers:
                tiers_item = check_tier_input(tiers_item_data)

                tiers.append(tiers_item)

        recall = cls(
            text=text,
            as_of=as_of,
            at=at,
            backend=backend,
            limit=limit,
            scopes=scopes,
            tiers=tiers,
        )

        return recall
