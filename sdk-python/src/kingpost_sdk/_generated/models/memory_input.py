from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.memory_input_kind import MemoryInputKind, check_memory_input_kind
from ..models.memory_input_origin import MemoryInputOrigin, check_memory_input_origin
from ..models.tier_input import TierInput, check_tier_input
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.memory_input_meta import MemoryInputMeta


T = TypeVar("T", bound="MemoryInput")


@_attrs_define
class MemoryInput:
    """One thing learned.

    ``id`` is unique within ``(tenant, scope)``. ``source`` and ``place`` say where it comes from (a path relative to
    its input root and ``10-24``). Times are seconds since the epoch. ``origin`` "recalled" is never stored.
    ``kind`` "source" marks a file that was read in whole: kept, exported and forgotten like any other, never recalled.
    ``uses`` is how often it was of use, ``used`` when it last was.

    """

    body: str
    id: str
    scope: str
    created: float | Unset = UNSET
    expires: float | Unset = UNSET
    importance: float | Unset = UNSET
    kind: MemoryInputKind | Unset = UNSET
    meta: MemoryInputMeta | Unset = UNSET
    origin: MemoryInputOrigin | Unset = UNSET
    place: str | Unset = UNSET
    session: str | Unset = UNSET
    source: str | Unset = UNSET
    speaker: str | Unset = UNSET
    tenant: str | Unset = UNSET
    tier: TierInput | Unset = UNSET
    """ How long a memory lives: 30 minutes unless it says otherwise, for good, or as a pattern that worked. """
    used: float | Unset = UNSET
    uses: int | Unset = UNSET
    valid_from: float | Unset = UNSET
    valid_to: float | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        body = self.body

        id = self.id

        scope = self.scope

        created = self.created

        expires = self.expires

        importance = self.importance

        kind: str | Unset = UNSET
        if not isinstance(self.kind, Unset):
            kind = self.kind

        meta: dict[str, Any] | Unset = UNSET
        if not isinstance(self.meta, Unset):
            meta = self.meta.to_dict()

        origin: str | Unset = UNSET
        if not isinstance(self.origin, Unset):
            origin = self.origin

        place = self.place

        session = self.session

        source = self.source

        speaker = self.speaker

        tenant = self.tenant

        tier: str | Unset = UNSET
        if not isinstance(self.tier, Unset):
            tier = self.tier

        used = self.used

        uses = self.uses

        valid_from = self.valid_from

        valid_to = self.valid_to

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "body": body,
                "id": id,
                "scope": scope,
            }
        )
        if created is not UNSET:
            field_dict["created"] = created
        if expires is not UNSET:
            field_dict["expires"] = expires
        if importance is not UNSET:
            field_dict["importance"] = importance
        if kind is not UNSET:
            field_dict["kind"] = kind
        if meta is not UNSET:
            field_dict["meta"] = meta
        if origin is not UNSET:
            field_dict["origin"] = origin
        if place is not UNSET:
            field_dict["place"] = place
        if session is not UNSET:
            field_dict["session"] = session
        if source is not UNSET:
            field_dict["source"] = source
        if speaker is not UNSET:
            field_dict["speaker"] = speaker
        if tenant is not UNSET:
            field_dict["tenant"] = tenant
        if tier is not UNSET:
            field_dict["tier"] = tier
        if used is not UNSET:
            field_dict["used"] = used
        if uses is not UNSET:
            field_dict["uses"] = uses
        if valid_from is not UNSET:
            field_dict["valid_from"] = valid_from
        if valid_to is not UNSET:
            field_dict["valid_to"] = valid_to

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.memory_input_meta import MemoryInputMeta  # noqa: PLC0415

        d = dict(src_dict)
        body = d.pop("body")

        id = d.pop("id")

        scope = d.pop("scope")

        created = d.pop("created", UNSET)

        expires = d.pop("expires", UNSET)

        importance = d.pop("importance", UNSET)

        _kind = d.pop("kind", UNSET)
        kind: MemoryInputKind | Unset
        if isinstance(_kind, Unset):
            kind = UNSET
        else:
            kind = check_memory_input_kind(_kind)

        _meta = d.pop("meta", UNSET)
        meta: MemoryInputMeta | Unset
        if isinstance(_meta, Unset):
            meta = UNSET
        else:
            meta = MemoryInputMeta.from_dict(_meta)

        _origin = d.pop("origin", UNSET)
        origin: MemoryInputOrigin | Unset
        if isinstance(_origin, Unset):
            origin = UNSET
        else:
            origin = check_memory_input_origin(_origin)

        place = d.pop("place", UNSET)

        session = d.pop("session", UNSET)

        source = d.pop("source", UNSET)

        speaker = d.pop("speaker", UNSET)

        tenant = d.pop("tenant", UNSET)

        _tier = d.pop("tier", UNSET)
        tier: TierInput | Unset
        if isinstance(_tier, Unset):
            tier = UNSET
        else:
            tier = check_tier_input(_tier)

        used = d.pop("used", UNSET)

        uses = d.pop("uses", UNSET)

        valid_from = d.pop("valid_from", UNSET)

        valid_to = d.pop("valid_to", UNSET)

        memory_input = cls(
            body=body,
            id=id,
            scope=scope,
            created=created,
            expires=expires,
            importance=importance,
            kind=kind,
            meta=meta,
            origin=origin,
            place=place,
            session=session,
            source=source,
            speaker=speaker,
            tenant=tenant,
            tier=tier,
            used=used,
            uses=uses,
            valid_from=valid_from,
            valid_to=valid_to,
        )

        memory_input.additional_properties = d
        return memory_input

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
