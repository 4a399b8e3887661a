from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.memory_kind_type_0 import MemoryKindType0, check_memory_kind_type_0
from ..models.memory_origin_type_0 import MemoryOriginType0, check_memory_origin_type_0
from ..models.tier_type_0 import TierType0, check_tier_type_0
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.memory_meta import MemoryMeta


T = TypeVar("T", bound="Memory")


@_attrs_define
class Memory:
    """One thing learned.

    ``id`` is unique within ``(tenant, scope)``. ``source`` and ``place`` say where it comes from (a path relative to
    its input root and ``10-24``). Times are seconds since the epoch. ``origin`` "recalled" is never stored.
    ``kind`` "source" marks a file that was read in whole: kept, exported and forgotten like any other, never recalled.
    ``uses`` is how often it was of use, ``used`` when it last was.

    """

    body: str
    created: float
    id: str
    importance: float
    kind: MemoryKindType0 | str
    meta: MemoryMeta
    origin: MemoryOriginType0 | str
    place: str
    scope: str
    session: str
    source: str
    speaker: str
    tenant: str
    tier: str | TierType0
    """ How long a memory lives: 30 minutes unless it says otherwise, for good, or as a pattern that worked. """
    uses: int
    expires: float | Unset = UNSET
    used: float | Unset = UNSET
    valid_from: float | Unset = UNSET
    valid_to: float | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        body = self.body

        created = self.created

        id = self.id

        importance = self.importance

        kind: str
        if isinstance(self.kind, str):
            kind = self.kind
        else:
            kind = self.kind

        meta = self.meta.to_dict()

        origin: str
        if isinstance(self.origin, str):
            origin = self.origin
        else:
            origin = self.origin

        place = self.place

        scope = self.scope

        session = self.session

        source = self.source

        speaker = self.speaker

        tenant = self.tenant

        tier: str
        if isinstance(self.tier, str):
            tier = self.tier
        else:
            tier = self.tier

        uses = self.uses

        expires = self.expires

        used = self.used

        valid_from = self.valid_from

        valid_to = self.valid_to

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "body": body,
                "created": created,
                "id": id,
                "importance": importance,
                "kind": kind,
                "meta": meta,
                "origin": origin,
                "place": place,
                "scope": scope,
                "session": session,
                "source": source,
                "speaker": speaker,
                "tenant": tenant,
                "tier": tier,
                "uses": uses,
            }
        )
        if expires is not UNSET:
            field_dict["expires"] = expires
        if used is not UNSET:
            field_dict["used"] = used
        if valid_from is not UNSET:
            field_dict["valid_from"] = valid_from
        if valid_to is not UNSET:
            field_dict["valid_to"] = valid_to

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.memory_meta import MemoryMeta  # noqa: PLC0415

        d = dict(src_dict)
        body = d.pop("body")

        created = d.pop("created")

        id = d.pop("id")

        importance = d.pop("importance")

        def _parse_kind(data: object) -> MemoryKindType0 | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                kind_type_0 = check_memory_kind_type_0(data)

                return kind_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(MemoryKindType0 | str, data)

        kind = _parse_kind(d.pop("kind"))

        meta = MemoryMeta.from_dict(d.pop("meta"))

        def _parse_origin(data: object) -> MemoryOriginType0 | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                origin_type_0 = check_memory_origin_type_0(data)

                return origin_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(MemoryOriginType0 | str, data)

        origin = _parse_origin(d.pop("origin"))

        place = d.pop("place")

        scope = d.pop("scope")

        session = d.pop("session")

        source = d.pop("source")

        speaker = d.pop("speaker")

        tenant = d.pop("tenant")

        def _parse_tier(data: object) -> str | TierType0:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_tier_type_0 = check_tier_type_0(data)

                return componentsschemas_tier_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(str | TierType0, data)

        tier = _parse_tier(d.pop("tier"))

        uses = d.pop("uses")

        expires = d.pop("expires", UNSET)

        used = d.pop("used", UNSET)

        valid_from = d.pop("valid_from", UNSET)

        valid_to = d.pop("valid_to", UNSET)

        memory = cls(
            body=body,
            created=created,
            id=id,
            importance=importance,
            kind=kind,
            meta=meta,
            origin=origin,
            place=place,
            scope=scope,
            session=session,
            source=source,
            speaker=speaker,
            tenant=tenant,
            tier=tier,
            uses=uses,
            expires=expires,
            used=used,
            valid_from=valid_from,
            valid_to=valid_to,
        )

        memory.additional_properties = d
        return memory

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
