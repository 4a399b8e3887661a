from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Replay")


@_attrs_define
class Replay:
    """Sends again, with the same id: events of an ``endpoint`` (``ids``, or all its ``dead`` letters).

    With a ``source``, deliveries of it that became no task meet its rules once more (``ids``, or all of them).

    """

    dead: bool | Unset = UNSET
    endpoint: str | Unset = UNSET
    ids: list[str] | Unset = UNSET
    source: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        dead = self.dead

        endpoint = self.endpoint

        ids: list[str] | Unset = UNSET
        if not isinstance(self.ids, Unset):
            ids = self.ids

        source = self.source

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if dead is not UNSET:
            field_dict["dead"] = dead
        if endpoint is not UNSET:
            field_dict["endpoint"] = endpoint
        if ids is not UNSET:
            field_dict["ids"] = ids
        if source is not UNSET:
            field_dict["source"] = source

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        dead = d.pop("dead", UNSET)

        endpoint = d.pop("endpoint", UNSET)

        ids = cast(list[str], d.pop("ids", UNSET))

        source = d.pop("source", UNSET)

        replay = cls(
            dead=dead,
            endpoint=endpoint,
            ids=ids,
            source=source,
        )

        return replay
